package dev.sfguard.gateway.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.locks.ReentrantLock;
import org.sqlite.JDBC;

/// Remembers sessions, used tokens, held statements and what people use in one SQLite file (WAL,
/// synchronous=FULL): what a method that writes was given is durable when it returns. One gateway
/// at a time; safe for many threads.
public final class Store implements AutoCloseable {

    private final Connection reading;
    private final Connection writing;
    private final Writer writer;
    private final ReentrantLock readLock = new ReentrantLock();
    private final ApprovalTable approvals = new ApprovalTable(this);
    private final UsageTable usage = new UsageTable(this);

    private Store(Connection reading, Connection writing) {
        this.reading = reading;
        this.writing = writing;
        this.writer = new Writer(writing);
    }

    /// Opens the file, or makes it with mode 0600.
    public static Store open(Path file) throws StoreFailed {
        try {
            if (Files.notExists(file)) {
                Files.createFile(
                        file,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
            }
            var writing = connect(file);
            Schema.migrate(writing);
            return new Store(connect(file), writing);
        } catch (IOException | SQLException e) {
            throw new StoreFailed("Cannot open the store " + file + ": " + e.getMessage(), e);
        }
    }

    private static Connection connect(Path file) throws SQLException {
        // Not by DriverManager: it would load every driver on the class path, and Snowflake's
        // brings a BouncyCastle of its own that SSH must not meet.
        var connection =
                JDBC.createConnection("jdbc:sqlite:" + file.toAbsolutePath(), new Properties());
        try (var statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("PRAGMA foreign_keys = ON");
            statement.execute("PRAGMA busy_timeout = 15000");
        }
        return connection;
    }

    /// Adds a session, or replaces what is known of it.
    public void save(StoredSession session) throws StoreFailed {
        writer.write(
                "Cannot remember a session",
                connection -> {
                    try (var insert =
                            connection.prepareStatement(
                                    """
                                    INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                                    ON CONFLICT (id) DO UPDATE SET
                                      token_hash = excluded.token_hash,
                                      master_hash = excluded.master_hash,
                                      previous_token_hash = excluded.previous_token_hash,
                                      previous_master_hash = excluded.previous_master_hash,
                                      token_expires = excluded.token_expires,
                                      expires = excluded.expires,
                                      facts = excluded.facts""")) {
                        insert.setString(1, session.id());
                        insert.setString(2, session.tokenHash());
                        insert.setString(3, session.masterHash());
                        insert.setString(4, session.previousTokenHash());
                        insert.setString(5, session.previousMasterHash());
                        insert.setLong(6, session.tokenExpires().toEpochMilli());
                        insert.setLong(7, session.expires().toEpochMilli());
                        insert.setString(8, session.facts());
                        return insert.executeUpdate();
                    }
                });
    }

    /// Forgets a session and its queries.
    public void forget(String session) throws StoreFailed {
        writer.write(
                "Cannot forget a session",
                connection -> {
                    try (var delete =
                            connection.prepareStatement("DELETE FROM session WHERE id = ?")) {
                        delete.setString(1, session);
                        return delete.executeUpdate();
                    }
                });
    }

    /// Every session that has not ended by `now`.
    public List<StoredSession> sessions(Instant now) throws StoreFailed {
        return read(
                "SELECT * FROM session WHERE expires > " + now.toEpochMilli() + " ORDER BY id",
                rows ->
                        new StoredSession(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3),
                                rows.getString(4),
                                rows.getString(5),
                                Instant.ofEpochMilli(rows.getLong(6)),
                                Instant.ofEpochMilli(rows.getLong(7)),
                                rows.getString(8)));
    }

    /// Remembers queries of a session, so that their results can be asked for after a restart.
    public void remember(String session, List<StoredQuery> queries) throws StoreFailed {
        writer.write(
                "Cannot remember a query",
                connection -> {
                    try (var insert =
                            connection.prepareStatement(
                                    "INSERT OR IGNORE INTO query VALUES (?, ?, ?, ?, ?)")) {
                        for (var query : queries) {
                            insert.setString(1, session);
                            insert.setString(2, query.queryId());
                            insert.setString(3, query.requestId());
                            insert.setLong(4, query.statement());
                            insert.setInt(5, query.part());
                            insert.addBatch();
                        }
                        return insert.executeBatch();
                    }
                });
    }

    public List<StoredQuery> queries(String session) throws StoreFailed {
        return read(
                "SELECT query_id, request_id, statement, part FROM query WHERE session = '"
                        + session.replace("'", "''")
                        + "' ORDER BY statement, part",
                rows ->
                        new StoredQuery(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getLong(3),
                                rows.getInt(4)));
    }

    /// Remembers up to which line a session's recording need not be read to go on with it.
    public void remembered(String session, long seq) throws StoreFailed {
        writer.write(
                "Cannot remember how far a session is remembered",
                connection -> {
                    try (var insert =
                            connection.prepareStatement(
                                    """
                                    INSERT INTO memory VALUES (?, ?)
                                    ON CONFLICT (session) DO UPDATE SET seq = excluded.seq""")) {
                        insert.setString(1, session);
                        insert.setLong(2, seq);
                        return insert.executeUpdate();
                    }
                });
    }

    /// The line of {@link #remembered}; 0 when all have to be read.
    public long remembered(String session) throws StoreFailed {
        return read(
                        "SELECT seq FROM memory WHERE session = '"
                                + session.replace("'", "''")
                                + "'",
                        rows -> rows.getLong(1))
                .stream()
                .findFirst()
                .orElse(0L);
    }

    /// Remembers a large result, and forgets those whose time is over.
    public void keep(StoredResult result, Instant now) throws StoreFailed {
        writer.write(
                "Cannot remember a result",
                connection -> {
                    try (var delete =
                                    connection.prepareStatement(
                                            "DELETE FROM result WHERE session = ? AND expires < ?");
                            var insert =
                                    connection.prepareStatement(
                                            "INSERT INTO result VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
                        delete.setString(1, result.session());
                        delete.setLong(2, now.toEpochMilli());
                        delete.executeUpdate();
                        insert.setString(1, result.id());
                        insert.setString(2, result.session());
                        insert.setString(3, result.ticketHash());
                        insert.setString(4, result.queryId());
                        insert.setString(5, result.shape());
                        insert.setLong(6, result.expires().toEpochMilli());
                        insert.setLong(7, result.cutAt());
                        insert.setString(8, result.cutBy());
                        return insert.executeUpdate();
                    }
                });
    }

    public void drop(StoredResult result) throws StoreFailed {
        writer.write(
                "Cannot forget a result",
                connection -> {
                    try (var delete =
                            connection.prepareStatement("DELETE FROM result WHERE id = ?")) {
                        delete.setString(1, result.id());
                        return delete.executeUpdate();
                    }
                });
    }

    public Optional<StoredResult> result(String id) throws StoreFailed {
        return read(
                        "SELECT * FROM result WHERE id = '" + id.replace("'", "''") + "'",
                        rows ->
                                new StoredResult(
                                        rows.getString(1),
                                        rows.getString(2),
                                        rows.getString(3),
                                        rows.getString(4),
                                        rows.getString(5),
                                        Instant.ofEpochMilli(rows.getLong(6)),
                                        rows.getLong(7),
                                        rows.getString(8)))
                .stream()
                .findFirst();
    }

    /// Marks a token as used.
    ///
    /// @param token names the token; a hash
    /// @param expires when the token ends by itself; some time after that the mark goes
    /// @return true the first time, false for every other: also across restarts
    public boolean firstUse(String token, Instant expires, Instant now) throws StoreFailed {
        return writer.write(
                "Cannot mark a token as used",
                connection -> {
                    try (var delete =
                                    connection.prepareStatement(
                                            "DELETE FROM used_token WHERE expires < ?");
                            var insert =
                                    connection.prepareStatement(
                                            "INSERT OR IGNORE INTO used_token VALUES (?, ?)")) {
                        // A day of slack: a clock that is set back must not make a token new.
                        delete.setLong(1, now.minusSeconds(86_400).toEpochMilli());
                        delete.executeUpdate();
                        insert.setString(1, token);
                        insert.setLong(2, expires.toEpochMilli());
                        return insert.executeUpdate() == 1;
                    }
                });
    }

    /// Held statements and what people say to them.
    public ApprovalTable approvals() {
        return approvals;
    }

    /// What each identity has used of its limits.
    public UsageTable usage() {
        return usage;
    }

    <T> T write(String what, Writer.Change<T> change) throws StoreFailed {
        return writer.write(what, change);
    }

    <T> T read(Writer.Change<T> reader) throws StoreFailed {
        readLock.lock();
        try {
            return reader.apply(reading);
        } catch (SQLException e) {
            throw new StoreFailed("Cannot read the store: " + e.getMessage(), e);
        } finally {
            readLock.unlock();
        }
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet rows) throws SQLException;
    }

    private <T> List<T> read(String sql, RowReader<T> reader) throws StoreFailed {
        readLock.lock();
        try (var statement = reading.createStatement();
                var rows = statement.executeQuery(sql)) {
            var found = new ArrayList<T>();
            while (rows.next()) {
                found.add(reader.read(rows));
            }
            return found;
        } catch (SQLException e) {
            throw new StoreFailed("Cannot read the store: " + e.getMessage(), e);
        } finally {
            readLock.unlock();
        }
    }

    @Override
    public void close() throws StoreFailed {
        writer.close();
        try {
            writing.close();
            reading.close();
        } catch (SQLException e) {
            throw new StoreFailed("Cannot close the store: " + e.getMessage(), e);
        }
    }
}
