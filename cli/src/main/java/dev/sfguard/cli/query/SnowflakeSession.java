package dev.sfguard.cli.query;

import dev.sfguard.gateway.snowflake.ClientParameters;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import net.snowflake.client.api.connection.SnowflakeConnection;
import net.snowflake.client.api.driver.SnowflakeDriver;
import net.snowflake.client.api.exception.SnowflakeSQLException;
import net.snowflake.client.api.statement.SnowflakeStatement;
import org.jspecify.annotations.Nullable;

/// One login. Statements run one at a time; {@link #abort} may come from any thread.
public final class SnowflakeSession implements AutoCloseable {
    private static final Duration ABORT_AGAIN = Duration.ofMillis(500);

    private final Connection connection;
    private final AtomicReference<@Nullable Statement> running = new AtomicReference<>();

    /// From a run's first moment on: the driver's first statement takes a while to load.
    private volatile boolean busy;

    /// An abort that came before there was a statement to abort.
    private volatile boolean abortWanted;

    private SnowflakeSession(Connection connection) {
        this.connection = connection;
    }

    public static SnowflakeSession open(
            Target target, String application, Map<String, String> parameters) throws QueryFailure {
        try {
            var properties = DriverSettings.properties(target, application, parameters);
            var connection = new SnowflakeDriver().connect(DriverSettings.url(target), properties);
            return new SnowflakeSession(connection);
        } catch (SQLException e) {
            throw QueryFailure.ofLogin(e, target.connection());
        }
    }

    /// Runs one statement and hands its result to the reader.
    ///
    /// @throws QueryFailure when it is refused, fails, is aborted, or breaks while it is read
    public Outcome run(String sql, ResultReader reader) throws QueryFailure {
        abortWanted = false;
        busy = true;
        long start = System.nanoTime();
        try (Statement statement = connection.createStatement()) {
            running.set(statement);
            if (abortWanted) {
                abort();
            }
            boolean rows = execute(statement, sql);
            String id = statement.unwrap(SnowflakeStatement.class).getQueryID();
            if (!rows) {
                return outcome(id, RowCount.affected(statement.getLargeUpdateCount()), start);
            }
            try (ResultSet result = statement.getResultSet()) {
                long count = reader.read(id, new ResultRows(result));
                return outcome(id, RowCount.read(count), start);
            }
        } catch (SQLException e) {
            throw QueryFailure.of(e, sql);
        } finally {
            busy = false;
            running.set(null);
        }
    }

    private static boolean execute(Statement statement, String sql) throws SQLException {
        try {
            return statement.execute(sql);
        } catch (SnowflakeSQLException e) {
            throw e;
        } catch (RuntimeException e) {
            // The driver lets some faults of a malformed reply escape as they are.
            throw new SQLException("The reply could not be read: " + e, e);
        }
    }

    private Outcome outcome(String id, RowCount rows, long start) throws SQLException {
        return new Outcome(id, rows, Duration.ofNanos(System.nanoTime() - start), note(id));
    }

    /// What the gateway has to say of the result; its reply sets it like a session parameter.
    private Optional<String> note(String id) throws SQLException {
        var said =
                connection
                        .unwrap(SnowflakeConnection.class)
                        .getSessionParameter(ClientParameters.NOTE);
        return Optional.ofNullable(said)
                .filter(text -> text.startsWith(id + " "))
                .map(text -> text.substring(id.length() + 1));
    }

    /// Aborts the running statement upstream. One that has not arrived there yet cannot be aborted,
    /// so this is said again until the statement ends.
    ///
    /// @return whether there was one
    public boolean abort() {
        abortWanted = true;
        Statement statement = running.get();
        if (statement == null) {
            return busy;
        }
        cancel(statement);
        Thread.ofVirtual()
                .start(
                        () -> {
                            while (statement.equals(running.get())) {
                                LockSupport.parkNanos(ABORT_AGAIN.toNanos());
                                if (statement.equals(running.get())) {
                                    cancel(statement);
                                }
                            }
                        });
        return true;
    }

    private static void cancel(Statement statement) {
        try {
            statement.cancel();
        } catch (SQLException e) {
            // It ended meanwhile, or the connection is gone: in both cases nothing runs for us.
            return;
        }
    }

    /// The number by which this session is known here and at the gateway; empty when it has none.
    public Optional<String> number() {
        try {
            return Optional.ofNullable(connection.unwrap(SnowflakeConnection.class).getSessionID());
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    /// `DB.SCHEMA` as the last reply named them.
    public Optional<String> place() {
        try {
            String database = connection.getCatalog();
            String schema = connection.getSchema();
            return Optional.ofNullable(database)
                    .map(name -> schema == null ? name : name + "." + schema);
        } catch (SQLException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            // Closing is a courtesy: the gateway ends the session when the tunnel goes.
            return;
        }
    }

    /// What a statement did.
    ///
    /// @param queryId Snowflake's
    /// @param elapsed from sending to the last row read
    /// @param note what else is to know of the result: `cut at 1000 rows by limit "agents"`
    public record Outcome(String queryId, RowCount rows, Duration elapsed, Optional<String> note) {

        /// For people: `2 rows · 38 ms`, `1 row changed · 1.2 s`.
        public String summary() {
            String what = rows.count() == 1 ? " row" : " rows";
            String changed = rows.isResult() ? "" : " changed";
            String count = String.format(Locale.ROOT, "%,d", rows.count());
            double seconds = elapsed.toNanos() / 1e9;
            String time =
                    seconds < 1
                            ? String.format(Locale.ROOT, "%.0f ms", seconds * 1000)
                            : String.format(Locale.ROOT, "%.1f s", seconds);
            return count + what + changed + " · " + time;
        }
    }

    /// Rows that were read, or rows that were changed.
    public record RowCount(boolean isResult, long count) {

        static RowCount read(long count) {
            return new RowCount(true, count);
        }

        /// DDL changes no rows; the driver says 0 or -1.
        static RowCount affected(long count) {
            return new RowCount(false, Math.max(0, count));
        }
    }

    /// Takes a result while it streams.
    @FunctionalInterface
    public interface ResultReader {

        /// @return how many rows were read
        long read(String queryId, ResultRows rows) throws SQLException;
    }
}
