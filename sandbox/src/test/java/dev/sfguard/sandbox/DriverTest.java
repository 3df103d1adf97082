package dev.sfguard.sandbox;

import static dev.sfguard.sandbox.TestAccount.rows;
import static dev.sfguard.sandbox.TestAccount.run;
import static dev.sfguard.sandbox.TestAccount.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import net.snowflake.client.api.resultset.SnowflakeResultSet;
import net.snowflake.client.api.statement.SnowflakeStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the vendor's driver does with an account, done with the sandbox.
class DriverTest {
    private static TestAccount account;
    private Connection connection;

    @BeforeAll
    static void start() throws Exception {
        account = TestAccount.start(settings -> settings.withHold(Duration.ofSeconds(1)));
    }

    @AfterAll
    static void stop() {
        account.close();
    }

    @BeforeEach
    void connect() throws Exception {
        connection = account.admin();
    }

    @AfterEach
    void disconnect() throws Exception {
        connection.close();
    }

    @Test
    void every_type_arrives_as_its_own() throws Exception {
        run(
                connection,
                "CREATE OR REPLACE TABLE KINDS (F0 NUMBER(38,0), F2 NUMBER(10,2), R FLOAT, T VARCHAR,"
                        + " B BOOLEAN, D DATE, TI TIME, NTZ TIMESTAMP_NTZ, LTZ TIMESTAMP_LTZ,"
                        + " TZ TIMESTAMP_TZ, BIN BINARY, V VARIANT, O OBJECT, A ARRAY,"
                        + " G GEOGRAPHY, VEC VECTOR(FLOAT, 3))");
        run(
                connection,
                "INSERT INTO KINDS SELECT 12345678901234567890, 123.45, 1.5e10, 'héllo ☃', TRUE,"
                        + " '2023-11-14'::DATE, '12:34:56.123456'::TIME,"
                        + " '2023-11-14 22:13:20.5'::TIMESTAMP_NTZ,"
                        + " '2023-11-14 22:13:20.5+00'::TIMESTAMP_LTZ,"
                        + " '2023-11-14 22:13:20 +0900'::TIMESTAMP_TZ, X'48454C4C4F',"
                        + " PARSE_JSON('{\"a\":1}'), OBJECT_CONSTRUCT('k','v'),"
                        + " ARRAY_CONSTRUCT(1,2), '{\"type\":\"Point\"}', [1,2,3]");
        try (var statement = connection.createStatement();
                var result = statement.executeQuery("SELECT * FROM KINDS")) {
            assertThat(result.next()).isTrue();
            assertThat(result.getObject(1)).hasToString("12345678901234567890");
            assertThat(result.getBigDecimal(2)).isEqualTo(new BigDecimal("123.45"));
            assertThat(result.getDouble(3)).isEqualTo(1.5e10);
            assertThat(result.getString(4)).isEqualTo("héllo ☃");
            assertThat(result.getBoolean(5)).isTrue();
            assertThat(result.getDate(6)).hasToString("2023-11-14");
            assertThat(result.getString(7)).startsWith("12:34:56");
            assertThat(result.getTimestamp(9).toInstant()).hasToString("2023-11-14T22:13:20.500Z");
            assertThat(result.getTimestamp(10).toInstant()).hasToString("2023-11-14T13:13:20Z");
            assertThat(result.getBytes(11)).isEqualTo("HELLO".getBytes(StandardCharsets.US_ASCII));
            assertThat(result.getString(12)).contains("\"a\"");
            assertThat(result.getString(16)).isEqualTo("[1.000000,2.000000,3.000000]");
            var types = result.getMetaData();
            assertThat(
                            List.of(
                                    types.getColumnTypeName(8),
                                    types.getColumnTypeName(9),
                                    types.getColumnTypeName(10),
                                    types.getColumnTypeName(12),
                                    types.getColumnTypeName(13),
                                    types.getColumnTypeName(14),
                                    types.getColumnTypeName(15)))
                    .containsExactly(
                            "TIMESTAMPNTZ",
                            "TIMESTAMPLTZ",
                            "TIMESTAMPTZ",
                            "VARIANT",
                            "OBJECT",
                            "ARRAY",
                            "GEOGRAPHY");
        }
    }

    @Test
    void nulls_stay_null_in_every_type() throws Exception {
        assertThat(rows(connection, "SELECT NULL, NULL::INT, NULL::DATE, NULL::VARIANT"))
                .containsExactly(List.of("null", "null", "null", "null"));
    }

    @Test
    void binds_of_every_type_come_back() throws Exception {
        try (var prepared = connection.prepareStatement("SELECT ?, ?, ?, ?, ?, ?, ?")) {
            prepared.setInt(1, 5);
            prepared.setString(2, "it's");
            prepared.setBigDecimal(3, new BigDecimal("1.25"));
            prepared.setBoolean(4, true);
            prepared.setDate(5, Date.valueOf("2023-11-14"));
            prepared.setTimestamp(
                    6, Timestamp.from(java.time.Instant.ofEpochSecond(1_700_000_000)));
            prepared.setNull(7, java.sql.Types.VARCHAR);
            try (var result = prepared.executeQuery()) {
                assertThat(result.next()).isTrue();
                assertThat(result.getInt(1)).isEqualTo(5);
                assertThat(result.getString(2)).isEqualTo("it's");
                assertThat(result.getBigDecimal(3)).isEqualTo(new BigDecimal("1.25"));
                assertThat(result.getBoolean(4)).isTrue();
                assertThat(result.getDate(5)).hasToString("2023-11-14");
                assertThat(result.getTimestamp(6).toInstant().getEpochSecond())
                        .isEqualTo(1_700_000_000);
                assertThat(result.getString(7)).isNull();
            }
        }
    }

    @Test
    void batch_of_a_prepared_insert_is_one_array_bind() throws Exception {
        run(connection, "CREATE OR REPLACE TABLE BATCH (ID INT, NAME VARCHAR)");
        try (var prepared = connection.prepareStatement("INSERT INTO BATCH VALUES (?, ?)")) {
            for (int i = 0; i < 3; i++) {
                prepared.setInt(1, i);
                prepared.setString(2, "n" + i);
                prepared.addBatch();
            }
            assertThat(prepared.executeBatch()).containsExactly(1, 1, 1);
        }
        assertThat(rows(connection, "SELECT * FROM BATCH ORDER BY ID"))
                .containsExactly(List.of("0", "n0"), List.of("1", "n1"), List.of("2", "n2"));
    }

    @Test
    void rollback_undoes_and_commit_keeps() throws Exception {
        run(connection, "CREATE OR REPLACE TABLE LEDGER (ID INT)");
        connection.setAutoCommit(false);
        run(connection, "INSERT INTO LEDGER VALUES (1)");
        connection.rollback();
        run(connection, "INSERT INTO LEDGER VALUES (2)");
        // A statement that fails does not end the transaction.
        assertThatThrownBy(() -> run(connection, "SELECT * FROM NOWHERE"))
                .isInstanceOf(SQLException.class);
        connection.commit();
        connection.setAutoCommit(true);
        assertThat(rows(connection, "SELECT * FROM LEDGER")).containsExactly(List.of("2"));
    }

    @Test
    void update_counts_are_those_of_the_statement() throws Exception {
        run(
                connection,
                "CREATE OR REPLACE TABLE COUNTED AS SELECT SEQ4() AS ID"
                        + " FROM TABLE(GENERATOR(ROWCOUNT => 10))");
        try (var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate("UPDATE COUNTED SET ID = ID + 1 WHERE ID < 4"))
                    .isEqualTo(4);
            assertThat(statement.executeUpdate("DELETE FROM COUNTED")).isEqualTo(10);
        }
    }

    @Test
    void cancel_ends_a_waiting_statement() throws Exception {
        try (var statement = connection.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = threads.submit(() -> statement.executeQuery("CALL SYSTEM$WAIT(120)"));
            awaitReceived("CALL SYSTEM$WAIT(120)");
            statement.cancel();
            assertThatThrownBy(running::get)
                    .cause()
                    .asInstanceOf(type(SQLException.class))
                    .extracting(SQLException::getErrorCode, SQLException::getSQLState)
                    .isEqualTo(List.of(604, "57014"));
        }
    }

    @Test
    void cancel_ends_a_statement_in_the_engine() throws Exception {
        String endless =
                "SELECT COUNT(*) FROM orders a, orders b, orders c WHERE a.amount + b.amount > c.amount";
        try (var statement = connection.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = threads.submit(() -> statement.executeQuery(endless));
            awaitReceived(endless);
            statement.cancel();
            assertThatThrownBy(running::get)
                    .cause()
                    .asInstanceOf(type(SQLException.class))
                    .extracting(SQLException::getErrorCode)
                    .isEqualTo(604);
        }
        assertThat(value(connection, "SELECT 1")).isEqualTo("1");
    }

    @Test
    void statement_longer_than_a_hold_is_polled_for() throws Exception {
        assertThat(value(connection, "CALL SYSTEM$WAIT(2)")).isEqualTo("waited 2 seconds");
        assertThat(account.server().requests())
                .anyMatch(request -> request.path().endsWith("/result"));
    }

    @Test
    void asynchronous_query_is_found_by_monitoring_and_result_scan() throws Exception {
        try (var statement = connection.createStatement();
                var result =
                        statement
                                .unwrap(SnowflakeStatement.class)
                                .executeAsyncQuery("SELECT COUNT(*) FROM ORDERS")) {
            assertThat(result.unwrap(SnowflakeResultSet.class).getQueryID()).isNotBlank();
            assertThat(rows(result)).containsExactly(List.of("20000"));
        }
    }

    @Test
    void several_statements_run_when_their_number_is_said() throws Exception {
        try (var statement = connection.createStatement()) {
            statement.unwrap(SnowflakeStatement.class).setParameter("MULTI_STATEMENT_COUNT", 2);
            assertThat(statement.execute("SELECT 1; SELECT 'two'")).isTrue();
            assertThat(rows(statement.getResultSet())).containsExactly(List.of("1"));
            assertThat(statement.getMoreResults()).isTrue();
            assertThat(rows(statement.getResultSet())).containsExactly(List.of("two"));
        }
    }

    @Test
    void several_statements_without_their_number_are_refused() {
        assertThatThrownBy(() -> run(connection, "SELECT 1; DROP TABLE ORDERS"))
                .asInstanceOf(type(SQLException.class))
                .extracting(SQLException::getErrorCode, SQLException::getSQLState)
                .isEqualTo(List.of(8, "0A000"));
    }

    @Test
    void two_hundred_thousand_rows_arrive_in_chunks() throws Exception {
        long sum = 0;
        int count = 0;
        try (Statement statement = connection.createStatement();
                var result =
                        statement.executeQuery(
                                "SELECT SEQ4() AS N, 'row ' || SEQ4() AS T"
                                        + " FROM TABLE(GENERATOR(ROWCOUNT => 200000))")) {
            while (result.next()) {
                sum += result.getLong(1);
                count++;
                assertThat(result.getString(2)).isEqualTo("row " + result.getLong(1));
            }
        }
        assertThat(count).isEqualTo(200_000);
        assertThat(sum).isEqualTo(199_999L * 100_000);
        assertThat(account.server().requests())
                .anyMatch(request -> request.path().startsWith("/chunks/"));
    }

    @Test
    void metadata_lists_catalogs_schemas_tables_columns_and_keys() throws Exception {
        var metadata = connection.getMetaData();
        try (var catalogs = metadata.getCatalogs()) {
            assertThat(rows(catalogs)).contains(List.of("SHOP"));
        }
        try (var schemas = metadata.getSchemas("SHOP", "PUBLIC")) {
            assertThat(rows(schemas)).containsExactly(List.of("PUBLIC", "SHOP"));
        }
        try (var tables = metadata.getTables("SHOP", "PUBLIC", "CUST%", new String[] {"TABLE"})) {
            assertThat(tables.next()).isTrue();
            assertThat(tables.getString("TABLE_NAME")).isEqualTo("CUSTOMERS");
            assertThat(tables.next()).isFalse();
        }
        try (var columns = metadata.getColumns("SHOP", "PUBLIC", "EMPLOYEES", "%")) {
            assertThat(columns.next()).isTrue();
            assertThat(columns.getString("COLUMN_NAME")).isEqualTo("ID");
            assertThat(columns.getString("IS_NULLABLE")).isEqualTo("NO");
            assertThat(columns.next()).isTrue();
            assertThat(columns.getString("COLUMN_NAME")).isEqualTo("NAME");
            assertThat(columns.getInt("COLUMN_SIZE")).isEqualTo(100);
        }
        try (var keys = metadata.getPrimaryKeys("SHOP", "PUBLIC", "ORDERS")) {
            assertThat(keys.next()).isTrue();
            assertThat(keys.getString("COLUMN_NAME")).isEqualTo("ID");
        }
    }

    @Test
    void expired_session_token_is_renewed_by_the_driver() throws Exception {
        account.server().faults().expireSessionTokens();
        assertThat(value(connection, "SELECT 7")).isEqualTo("7");
    }

    @Test
    void dropped_connection_is_retried_and_the_statement_runs_once() throws Exception {
        run(connection, "CREATE OR REPLACE TABLE ONCE (ID INT)");
        account.server().faults().dropQuery("INSERT INTO ONCE VALUES (1)");
        run(connection, "INSERT INTO ONCE VALUES (1)");
        assertThat(rows(connection, "SELECT * FROM ONCE")).containsExactly(List.of("1"));
    }

    @Test
    void history_shows_a_users_own_statements_by_their_tag() throws Exception {
        run(connection, "ALTER SESSION SET QUERY_TAG = 'history-test'");
        run(connection, "SELECT 'found me'");
        assertThatThrownBy(() -> run(connection, "SELECT * FROM NO_SUCH_TABLE"));
        run(connection, "ALTER SESSION UNSET QUERY_TAG");

        var found =
                rows(
                        connection,
                        """
                        SELECT QUERY_TEXT, EXECUTION_STATUS, ERROR_CODE
                        FROM TABLE(SHOP.INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(
                          END_TIME_RANGE_START => DATEADD('second', -600, CURRENT_TIMESTAMP()),
                          RESULT_LIMIT => 10000))
                        WHERE STARTSWITH(QUERY_TAG, 'history-') ORDER BY START_TIME LIMIT 10""");

        assertThat(found)
                .contains(
                        List.of("SELECT 'found me'", "SUCCESS", "null"),
                        List.of("SELECT * FROM NO_SUCH_TABLE", "FAILED_WITH_ERROR", "002003"));
        assertThat(
                        rows(
                                connection,
                                "SELECT EXECUTION_STATUS FROM"
                                        + " TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 1))"))
                // The question itself runs, and is the latest.
                .containsExactly(List.of("RUNNING"));
        assertThat(
                        rows(
                                connection,
                                "SELECT 1 FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER("
                                        + "USER_NAME => 'NOBODY'))"))
                .isEmpty();
    }

    @Test
    void server_that_is_unavailable_is_asked_again() throws Exception {
        account.server().faults().answer503(1);
        assertThat(value(connection, "SELECT 8")).isEqualTo("8");
    }

    @Test
    void put_is_refused_as_unsupported() {
        assertThatThrownBy(() -> run(connection, "PUT file:///nowhere/x @~"))
                .hasMessageContaining("Unsupported feature 'PUT")
                .isInstanceOf(SQLException.class);
    }

    private static void awaitReceived(String text) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (account.server().received().stream().noneMatch(s -> s.text().equals(text))) {
            assertThat(System.nanoTime()).as("received in time: " + text).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
