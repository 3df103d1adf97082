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
                              seq INTEGER NOT NULL) STRICT, WITHOUT ROWID"""));

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
