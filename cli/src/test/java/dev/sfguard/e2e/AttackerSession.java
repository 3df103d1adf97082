package dev.sfguard.e2e;

import dev.sfguard.sandbox.ReceivedStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import net.snowflake.client.api.statement.SnowflakeStatement;

/// One session of Snowflake's JDBC driver that tries one row after the other. The sandbox must be
/// asked by nobody else meanwhile but by the gateway for its own ends, which is in another session.
final class AttackerSession implements AutoCloseable {
    /// Stands in the corpus for a query of the session itself.
    static final String OWN_QUERY_ID = "own-query-id";

    /// Nobody will say yes.
    static final String DO_NOT_WAIT = "alter session set SFGUARD_APPROVAL_WAIT = '0'";

    private static final String HOME = "use schema shop.public";

    /// Longer than anything in the corpus takes.
    private static final int SECONDS = 30;

    private final Stage stage;
    private final Connection connection;
    private final long upstream;
    private final String ownQueryId;

    AttackerSession(Stage stage, Stage.Person person) throws Exception {
        this.stage = stage;
        connection = person.jdbc();
        String mark = "select 'a session of " + person.name() + "'";
        try (var statement = connection.createStatement()) {
            statement.execute(DO_NOT_WAIT);
            statement.execute(mark);
            ownQueryId = statement.unwrap(SnowflakeStatement.class).getQueryID();
        }
        upstream =
                stage.sandbox().received().stream()
                        .filter(it -> it.text().equals(mark))
                        .mapToLong(ReceivedStatement::session)
                        .max()
                        .orElseThrow();
    }

    Attempt attempt(BypassRow row) throws SQLException {
        stage.sandbox().forgetReceived();
        String sql = row.sql().replace(OWN_QUERY_ID, ownQueryId);
        var cells = new ArrayList<String>();
        String code = "";
        String failure = "";
        try (var statement = connection.createStatement()) {
            statement.setQueryTimeout(SECONDS);
            statement.unwrap(SnowflakeStatement.class).setParameter("MULTI_STATEMENT_COUNT", 0);
            cells.addAll(results(statement, sql));
        } catch (SQLException refused) {
            code = "%06d".formatted(refused.getErrorCode());
            failure = code + " " + refused.getMessage();
        }
        var received = received();
        if (!received.isEmpty()) {
            home();
        }
        return Attempt.of(sql, cells, code, failure, received);
    }

    private List<String> received() {
        return stage.sandbox().received().stream()
                .filter(it -> it.session() == upstream)
                .map(ReceivedStatement::text)
                .toList();
    }

    private static List<String> results(Statement statement, String sql) throws SQLException {
        var cells = new ArrayList<String>();
        boolean rows = statement.execute(sql);
        while (rows || statement.getUpdateCount() != -1) {
            // Of some statements of several the driver says rows, and has none.
            var result = rows ? statement.getResultSet() : null;
            if (result != null) {
                MaskedShop.rows(result).forEach(row -> cells.add(String.join("\t", row)));
            }
            rows = statement.getMoreResults();
        }
        return cells;
    }

    /// The next row finds the session as the first one did.
    private void home() throws SQLException {
        MaskedShop.run(connection, "rollback");
        MaskedShop.run(connection, HOME);
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
