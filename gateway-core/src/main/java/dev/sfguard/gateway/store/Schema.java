package dev.sfguard.gateway.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// The tables, as the steps that led to them. A step that was released is never changed.
final class Schema {

    private static final List<List<String>> STEPS =
            List.of(
                    List.of(
                            """
                            CREATE TABLE session (
                              id TEXT PRIMARY KEY,
                              token_hash TEXT NOT NULL,
                              master_hash TEXT NOT NULL,
                              previous_token_hash TEXT,
                              previous_master_hash TEXT,
                              token_expires INTEGER NOT NULL,
                              expires INTEGER NOT NULL,
                              facts TEXT NOT NULL) STRICT""",
                            """
                            CREATE TABLE query (
                              session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
                              query_id TEXT NOT NULL,
                              request_id TEXT NOT NULL,
                              statement INTEGER NOT NULL,
                              part INTEGER NOT NULL,
                              PRIMARY KEY (session, query_id)) STRICT, WITHOUT ROWID""",
                            """
                            CREATE TABLE used_token (
                              token TEXT PRIMARY KEY,
                              expires INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
                            "CREATE INDEX used_token_expires ON used_token(expires)"),
                    List.of(
                            """
                            CREATE TABLE result (
                              id TEXT PRIMARY KEY,
                              session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
                              ticket_hash TEXT NOT NULL,
                              query_id TEXT NOT NULL,
                              shape TEXT NOT NULL,
                              expires INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
                            "CREATE INDEX result_session ON result(session)",
                            """
                            CREATE TABLE memory (
                              session TEXT PRIMARY KEY REFERENCES session(id) ON DELETE CASCADE,
                              seq INTEGER NOT NULL) STRICT, WITHOUT ROWID"""),
                    List.of(
                            """
                            CREATE TABLE approval (
                              id TEXT PRIMARY KEY,
                              fingerprint TEXT NOT NULL,
                              state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'denied',
                                'expired', 'withdrawn', 'sent', 'done', 'unknown')),
                              subject TEXT NOT NULL,
                              issuer TEXT NOT NULL,
                              name TEXT NOT NULL,
                              session TEXT NOT NULL,
                              statement INTEGER NOT NULL,
                              request_id TEXT NOT NULL,
                              query_id TEXT NOT NULL,
                              attached INTEGER NOT NULL,
                              needed TEXT NOT NULL CHECK (length(needed) > 0),
                              created INTEGER NOT NULL,
                              expires INTEGER NOT NULL,
                              changed INTEGER NOT NULL,
                              until INTEGER NOT NULL,
                              facts TEXT NOT NULL,
                              request BLOB NOT NULL) STRICT""",
                            "CREATE INDEX approval_fingerprint ON approval(fingerprint)",
                            "CREATE INDEX approval_session ON approval(session, request_id)",
                            "CREATE INDEX approval_state ON approval(state, created)",
                            """
                            CREATE TABLE vote (
                              approval TEXT NOT NULL REFERENCES approval(id),
                              subject TEXT NOT NULL,
                              issuer TEXT NOT NULL,
                              name TEXT NOT NULL,
                              approves INTEGER NOT NULL,
                              meets INTEGER NOT NULL,
                              reason TEXT NOT NULL,
                              at INTEGER NOT NULL,
                              PRIMARY KEY (approval, subject, issuer)) STRICT, WITHOUT ROWID""",
                            """
                            CREATE TABLE told (
                              approval TEXT NOT NULL REFERENCES approval(id),
                              state TEXT NOT NULL,
                              place TEXT NOT NULL,
                              PRIMARY KEY (approval, state, place)) STRICT, WITHOUT ROWID""",
                            """
                            CREATE TRIGGER nobody_reviews_his_own BEFORE INSERT ON vote
                            WHEN EXISTS (SELECT 1 FROM approval WHERE id = NEW.approval
                              AND (subject = NEW.subject AND issuer = NEW.issuer
                                OR lower(name) = lower(NEW.name)))
                            BEGIN
                              SELECT RAISE(ABORT, 'nobody reviews a request of his own');
                            END""",
                            """
                            CREATE TRIGGER states_only_go_on BEFORE UPDATE OF state ON approval
                            WHEN NOT (OLD.state = 'pending' AND NEW.state IN ('approved', 'denied',
                                'expired', 'withdrawn')
                              OR OLD.state = 'approved' AND NEW.state IN ('sent', 'expired',
                                'withdrawn')
                              OR OLD.state = 'sent' AND NEW.state IN ('done', 'unknown'))
                            BEGIN
                              SELECT RAISE(ABORT, 'this step does not exist');
                            END"""),
                    List.of(
                            """
                            CREATE TABLE usage (
                              issuer TEXT NOT NULL,
                              subject TEXT NOT NULL,
                              minute INTEGER NOT NULL,
                              statements INTEGER NOT NULL,
                              day INTEGER NOT NULL,
                              rows INTEGER NOT NULL,
                              PRIMARY KEY (issuer, subject)) STRICT, WITHOUT ROWID""",
                            "ALTER TABLE result ADD COLUMN cut_at INTEGER NOT NULL DEFAULT -1",
                            "ALTER TABLE result ADD COLUMN cut_by TEXT"),
                    List.of(
                            """
                            CREATE TABLE revocation (
                              approval TEXT PRIMARY KEY REFERENCES approval(id),
                              subject TEXT NOT NULL,
                              issuer TEXT NOT NULL,
                              name TEXT NOT NULL,
                              reason TEXT NOT NULL,
                              at INTEGER NOT NULL) STRICT, WITHOUT ROWID"""));

    private Schema() {}

    /// @throws SQLException also when the file is of a newer gateway than this one
    static void migrate(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            int version;
            try (var rows = statement.executeQuery("PRAGMA user_version")) {
                version = rows.next() ? rows.getInt(1) : 0;
            }
            if (version > STEPS.size()) {
                throw new SQLException(
                        "it was written by a newer sfguard (schema "
                                + version
                                + ", this one knows "
                                + STEPS.size()
                                + "): run that one, or restore an older file");
            }
            connection.setAutoCommit(false);
            for (var step : STEPS.subList(version, STEPS.size())) {
                for (var sql : step) {
                    statement.execute(sql);
                }
            }
            statement.execute("PRAGMA user_version = " + STEPS.size());
            connection.commit();
        }
    }
}
