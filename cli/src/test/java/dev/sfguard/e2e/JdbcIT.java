package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.snowflake.client.api.connection.SnowflakeConnection;
import net.snowflake.client.api.exception.SnowflakeSQLException;
import net.snowflake.client.api.resultset.SnowflakeResultSet;
import net.snowflake.client.api.statement.SnowflakeStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snowflake's own JDBC driver, unchanged, through agent and gateway.
class JdbcIT {
    @TempDir static Path folder;
    static Stage stage;

    @BeforeAll
    static void raise() throws Exception {
        stage = Stage.raise(folder);
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    @Test
    void every_type_arrives_as_the_driver_gets_it_from_snowflake() throws Exception {
        String sql =
                """
                select 12345678901::number(38,0), 123.45::number(10,2), 1.5::float, 'héllo ☃',
                  true, '2024-01-02'::date, '03:04:05'::time,
                  '2024-01-02 03:04:05.123'::timestamp_ntz, to_binary('48454C4C4F', 'HEX'),
                  parse_json('{"a":1}'), object_construct('k', 'v'), array_construct(1, 2), null
                """;
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            assertThat(row.getLong(1)).isEqualTo(12_345_678_901L);
            assertThat(row.getBigDecimal(2)).isEqualByComparingTo(new BigDecimal("123.45"));
            assertThat(row.getDouble(3)).isEqualTo(1.5);
            assertThat(row.getString(4)).isEqualTo("héllo ☃");
            assertThat(row.getBoolean(5)).isTrue();
            assertThat(row.getDate(6)).isEqualTo(Date.valueOf("2024-01-02"));
            assertThat(row.getTime(7)).isEqualTo(Time.valueOf("03:04:05"));
            assertThat(row.getTimestamp(8)).isEqualTo(Timestamp.valueOf("2024-01-02 03:04:05.123"));
            assertThat(row.getBytes(9)).isEqualTo("HELLO".getBytes(StandardCharsets.UTF_8));
            assertThat(row.getString(10)).contains("\"a\"");
            assertThat(row.getString(11)).contains("\"k\"");
            assertThat(row.getString(12)).contains("1").contains("2");
            assertThat(row.getObject(13)).isNull();
        }
    }

    @Test
    void binds_keep_their_number_order_and_types() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement =
                        connection.prepareStatement(
                                "select id from customers where id between ? and ? and name <> ?"
                                        + " order by id")) {
            statement.setInt(1, 3);
            statement.setLong(2, 5);
            statement.setString(3, "it's ? nobody; -- really");
            assertThat(column(statement.executeQuery())).containsExactly("3", "4", "5");
        }
    }

    @Test
    void a_batch_inserts_every_row() throws Exception {
        try (var connection = stage.bo().jdbc()) {
            execute(connection, "create temporary table pairs (a int, b varchar)");
            try (var insert = connection.prepareStatement("insert into pairs values (?, ?)")) {
                addPairs(insert, 50);
                assertThat(insert.executeBatch()).hasSize(50).containsOnly(1);
            }
            assertThat(query(connection, "select count(*) from pairs")).containsExactly("50");
        }
    }

    @Test
    void a_rolled_back_transaction_leaves_nothing_and_a_committed_one_everything()
            throws Exception {
        try (var connection = stage.bo().jdbc()) {
            execute(connection, "create temporary table kept (a int)");
            connection.setAutoCommit(false);
            execute(connection, "insert into kept values (1)");
            connection.rollback();
            execute(connection, "insert into kept values (2)");
            connection.commit();
            connection.setAutoCommit(true);
            assertThat(query(connection, "select a from kept")).containsExactly("2");
        }
    }

    @Test
    void a_cancel_reaches_snowflake_and_the_driver_hears_of_it() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            var running =
                    CompletableFuture.supplyAsync(
                            () -> failureOf(() -> statement.execute("select system$wait(50)")));
            Await.until(() -> stage.reachedTheSandbox("select system$wait(50)"));
            statement.cancel();
            SQLException failure = running.get(20, TimeUnit.SECONDS);
            assertThat(failure.getErrorCode()).isEqualTo(604);
            assertThat(failure.getSQLState()).isEqualTo("57014");
            Await.until(() -> stage.sawRequest("abort-request"));
        }
    }

    @Test
    void an_asynchronous_statement_is_fetched_later() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            var result =
                    statement
                            .unwrap(SnowflakeStatement.class)
                            .executeAsyncQuery("select count(*) from orders");
            assertThat(result.unwrap(SnowflakeResultSet.class).getQueryID()).isNotBlank();
            assertThat(column(result)).containsExactly("20000");
        }
    }

    @Test
    void a_blocked_asynchronous_statement_says_so_at_once() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            assertThatThrownBy(
                            () ->
                                    statement
                                            .unwrap(SnowflakeStatement.class)
                                            .executeAsyncQuery("drop table orders"))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("sfguard:")
                    .hasMessageContaining("no-drop");
        }
    }

    @Test
    void the_result_of_a_blocked_asynchronous_statement_is_its_error() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            SQLException refused =
                    failureOf(
                            () ->
                                    statement
                                            .unwrap(SnowflakeStatement.class)
                                            .executeAsyncQuery("drop table orders"));
            String id = ((SnowflakeSQLException) refused).getQueryId();

            SQLException later =
                    failureOf(
                            () ->
                                    connection
                                            .unwrap(SnowflakeConnection.class)
                                            .createResultSet(id)
                                            .next());

            assertThat(later.getErrorCode()).isEqualTo(98_011);
            assertThat(later.getSQLState()).isEqualTo("42501");
            assertThat(later.getMessage()).isEqualTo(refused.getMessage());
        }
        assertThat(stage.reachedTheSandbox("drop table orders")).isFalse();
    }

    @Test
    void several_statements_in_one_request_give_several_results() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            statement.unwrap(SnowflakeStatement.class).setParameter("MULTI_STATEMENT_COUNT", 3);
            assertThat(statement.execute("select 1; select 2; select 3")).isTrue();
            var values = new ArrayList<String>();
            do {
                values.addAll(column(statement.getResultSet()));
            } while (statement.getMoreResults());
            assertThat(values).containsExactly("1", "2", "3");
        }
    }

    @Test
    void a_second_statement_that_was_not_announced_is_refused() throws Exception {
        try (var connection = stage.ana().jdbc()) {
            SQLException failure = failureOf(() -> query(connection, "select 1; select 2"));
            assertThat(failure.getErrorCode()).isEqualTo(8);
            assertThat(failure.getSQLState()).isEqualTo("0A000");
        }
    }

    @Test
    void one_blocked_statement_stops_all_of_its_request() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            statement.unwrap(SnowflakeStatement.class).setParameter("MULTI_STATEMENT_COUNT", 2);
            SQLException failure =
                    failureOf(() -> statement.execute("select 42; drop database shop"));
            assertThat(failure.getErrorCode()).isEqualTo(98_011);
            assertThat(failure.getSQLState()).isEqualTo("42501");
            assertThat(stage.reachedTheSandbox("select 42")).isFalse();
        }
    }

    @Test
    void two_hundred_thousand_rows_arrive_in_chunks_and_are_recorded() throws Exception {
        long rows = 0;
        long sum = 0;
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement();
                var result =
                        statement.executeQuery(
                                "select seq4() n, 'row ' || seq4() t"
                                        + " from table(generator(rowcount => 200000))")) {
            while (result.next()) {
                rows++;
                sum += result.getLong(1);
            }
        }
        assertThat(rows).isEqualTo(200_000);
        assertThat(sum).isEqualTo(199_999L * 200_000 / 2);
        Await.until(() -> Recorded.rows(stage) >= 200_000);
    }

    @Test
    void a_blocked_statement_shows_the_rules_message_and_never_reaches_snowflake()
            throws Exception {
        try (var connection = stage.ana().jdbc()) {
            SQLException failure = failureOf(() -> query(connection, "drop database shop"));
            assertThat(failure.getErrorCode()).isEqualTo(98_011);
            assertThat(failure.getSQLState()).isEqualTo("42501");
            assertThat(failure.getMessage())
                    .startsWith("sfguard:")
                    .contains("Objects are dropped by migrations only");
        }
        assertThat(stage.reachedTheSandbox("drop database shop")).isFalse();
    }

    @Test
    void snowflakes_own_errors_arrive_unchanged() throws Exception {
        // Bo sees nothing masked: to ana a table that nobody knows is refused before.
        try (var connection = stage.bo().jdbc()) {
            SQLException failure =
                    failureOf(() -> query(connection, "select * from no_such_table"));
            assertThat(failure.getErrorCode()).isEqualTo(2003);
            assertThat(failure.getMessage()).contains("does not exist or not authorized");
        }
    }

    @Test
    void metadata_comes_through() throws Exception {
        try (var connection = stage.ana().jdbc();
                var tables = connection.getMetaData().getTables("SHOP", "PUBLIC", "%", null)) {
            var names = new ArrayList<String>();
            while (tables.next()) {
                names.add(tables.getString("TABLE_NAME"));
            }
            assertThat(names).contains("CUSTOMERS", "ORDERS", "EMPLOYEES");
        }
    }

    @Test
    void the_query_id_is_snowflakes_own() throws Exception {
        try (var connection = stage.ana().jdbc()) {
            assertThat(connection.unwrap(SnowflakeConnection.class).getSessionID()).isNotBlank();
            List<String> last = query(connection, "select last_query_id()");
            assertThat(last).hasSize(1);
        }
    }

    private static void addPairs(PreparedStatement insert, int rows) throws SQLException {
        for (int row = 0; row < rows; row++) {
            insert.setInt(1, row);
            insert.setString(2, "value " + row);
            insert.addBatch();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return column(statement.executeQuery(sql));
        }
    }

    private static List<String> column(ResultSet result) throws SQLException {
        try (result) {
            var values = new ArrayList<String>();
            while (result.next()) {
                values.add(result.getString(1));
            }
            return values;
        }
    }

    private static SQLException failureOf(Call call) {
        try {
            call.run();
        } catch (SQLException expected) {
            return expected;
        }
        throw new AssertionError("did not fail");
    }

    @FunctionalInterface
    private interface Call {
        Object run() throws SQLException;
    }
}
