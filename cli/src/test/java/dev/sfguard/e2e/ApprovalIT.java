package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import net.snowflake.client.api.statement.SnowflakeStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snowflake's own drivers wait for a person, who answers with `sfguard approve` or `deny`.
class ApprovalIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;
    private static Stage stage;

    @BeforeAll
    static void raise() throws Exception {
        stage = Stage.raise(folder, Reviews.POLICY);
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    @BeforeEach
    void fill() throws Exception {
        // Past the gateway, where replacing a table needs no rule.
        try (var connection = stage.warehouse();
                var statement = connection.createStatement()) {
            statement.execute("create or replace table shop.public.kept (a int)");
            statement.execute("insert into shop.public.kept values (1), (2), (3), (4)");
        }
    }

    private interface Attempt<T> {
        T run(Statement statement) throws SQLException;
    }

    /// What bo's driver does, meanwhile.
    private static <T> CompletableFuture<T> meanwhile(Connection connection, Attempt<T> attempt) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (var statement = connection.createStatement()) {
                        return attempt.run(statement);
                    } catch (SQLException failure) {
                        throw new IllegalStateException(failure);
                    }
                });
    }

    private static SQLException failure(CompletableFuture<?> attempt) {
        try {
            attempt.get(60, TimeUnit.SECONDS);
        } catch (Exception failed) {
            if (failed.getCause() != null
                    && failed.getCause().getCause() instanceof SQLException sql) {
                return sql;
            }
        }
        throw new AssertionError("it did not fail with an SQLException");
    }

    private static long rowsLeft() throws Exception {
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select count(*) from kept")) {
            rows.next();
            return rows.getLong(1);
        }
    }

    @Test
    void approved_statement_runs_once_and_its_count_arrives() throws Exception {
        String sql = "delete from kept where a in (1)";
        try (var connection = stage.bo().jdbc()) {
            var deleted = meanwhile(connection, statement -> statement.executeUpdate(sql));
            var id = Reviews.onlyOne(stage.ana());
            assertThat(stage.reachedTheSandbox(sql)).isFalse();
            Reviews.approve(stage.ana(), id);

            assertThat(deleted.get(60, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(stage.timesReceived(sql)).isEqualTo(1);
            Await.until(() -> Reviews.state(stage.ana(), id).equals("done"));
        }
        assertThat(rowsLeft()).isEqualTo(3);
        assertThat(types()).containsSubsequence("asked", "decided", "held", "approved", "sent");
    }

    @Test
    void denial_arrives_with_reviewer_reason_code_and_state() throws Exception {
        try (var connection = stage.bo().jdbc()) {
            var deleted =
                    meanwhile(
                            connection,
                            statement -> statement.executeUpdate("delete from kept where a = 2"));
            Reviews.deny(stage.ana(), Reviews.onlyOne(stage.ana()));

            var failure = failure(deleted);
            assertThat(failure.getErrorCode()).isEqualTo(98_013);
            assertThat(failure.getSQLState()).isEqualTo("42501");
            assertThat(failure.getMessage())
                    .startsWith("sfguard: ana@shop.example denied request ")
                    .contains("\"not on a Friday\"", "writes-need-review");
        }
        assertThat(rowsLeft()).isEqualTo(4);
    }

    @Test
    void prepared_batch_waits_and_every_row_of_binds_goes_with_it() throws Exception {
        try (var connection = stage.bo().jdbc()) {
            var deleted =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try (PreparedStatement statement =
                                        connection.prepareStatement(
                                                "delete from kept where a = ?")) {
                                    for (int i = 1; i <= 2; i++) {
                                        statement.setInt(1, i);
                                        statement.addBatch();
                                    }
                                    return statement.executeBatch().length;
                                } catch (SQLException failure) {
                                    throw new IllegalStateException(failure);
                                }
                            });
            int asked = 0;
            while (!deleted.isDone()) {
                for (var id : open()) {
                    Reviews.approve(stage.ana(), id);
                    asked++;
                }
            }
            deleted.get();
            assertThat(asked).isPositive();
        }
        assertThat(rowsLeft()).isEqualTo(2);
    }

    private static List<String> open() throws Exception {
        try (var api = dev.sfguard.agent.ApiClient.open(stage.ana().home())) {
            return api.get("/v1/requests?limit=10")
                    .path("requests")
                    .valueStream()
                    .map(each -> each.path("id").asText())
                    .toList();
        }
    }

    @Test
    void request_of_several_statements_waits_as_one() throws Exception {
        try (var connection = stage.bo().jdbc()) {
            var second =
                    meanwhile(
                            connection,
                            statement -> {
                                statement
                                        .unwrap(SnowflakeStatement.class)
                                        .setParameter("MULTI_STATEMENT_COUNT", 2);
                                statement.execute("select 1; delete from kept where a in (1, 2)");
                                statement.getMoreResults();
                                return statement.getUpdateCount();
                            });
            Reviews.approve(stage.ana(), Reviews.onlyOne(stage.ana()));

            assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo(2);
        }
        assertThat(rowsLeft()).isEqualTo(2);
    }

    @Test
    void asynchronous_statement_runs_by_itself_once_it_is_approved() throws Exception {
        String sql = "delete from kept where a = 3";
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            var result = statement.unwrap(SnowflakeStatement.class).executeAsyncQuery(sql);
            var id = Reviews.onlyOne(stage.ana());
            assertThat(stage.reachedTheSandbox(sql)).isFalse();
            Reviews.approve(stage.ana(), id);
            Await.until(() -> stage.timesReceived(sql) == 1);

            result.next();
            assertThat(result.getLong(1)).isEqualTo(1);
        }
        assertThat(rowsLeft()).isEqualTo(3);
    }

    @Test
    void asynchronous_statement_that_is_denied_shows_why_when_its_result_is_read()
            throws Exception {
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            var result =
                    statement
                            .unwrap(SnowflakeStatement.class)
                            .executeAsyncQuery("delete from kept where a = 4");
            Reviews.deny(stage.ana(), Reviews.onlyOne(stage.ana()));

            var failure = failure(meanwhile(connection, _ -> result.next()));
            assertThat(failure.getErrorCode()).isEqualTo(98_013);
            assertThat(failure.getSQLState()).isEqualTo("42501");
            assertThat(failure.getMessage()).contains("not on a Friday");
        }
        assertThat(rowsLeft()).isEqualTo(4);
    }

    @Test
    void cancel_takes_the_request_back() throws Exception {
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            var deleted =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return statement.executeUpdate("delete from kept where a = 1");
                                } catch (SQLException failure) {
                                    throw new IllegalStateException(failure);
                                }
                            });
            var id = Reviews.onlyOne(stage.ana());
            statement.cancel();

            var failure = failure(deleted);
            assertThat(failure.getErrorCode()).isEqualTo(604);
            assertThat(failure.getSQLState()).isEqualTo("57014");
            assertThat(Reviews.state(stage.ana(), id)).isEqualTo("withdrawn");
        }
        assertThat(rowsLeft()).isEqualTo(4);
    }

    @Test
    void client_that_does_not_wait_runs_the_same_statement_later() throws Exception {
        String sql = "delete from kept where a = 2";
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            statement.execute("alter session set SFGUARD_APPROVAL_WAIT = '0'");
            var pending = failure(meanwhile(connection, it -> it.executeUpdate(sql)));
            var id = Reviews.onlyOne(stage.ana());
            assertThat(pending.getErrorCode()).isEqualTo(98_012);
            assertThat(pending.getMessage()).contains("sfguard requests " + id);
            Reviews.approve(stage.ana(), id);
        }
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
        assertThat(stage.timesReceived(sql)).isEqualTo(1);
    }

    @Test
    void node_waits_too() throws Exception {
        var judges = NpmProject.install("node", "the Node driver is not tested");
        var outcome = CompletableFuture.supplyAsync(() -> judge(judges, "held"));
        Reviews.approve(stage.ana(), Reviews.onlyOne(stage.ana()));

        assertThat(outcome.get(60, TimeUnit.SECONDS).at("/ok/deleted").asInt()).isEqualTo(1);
        assertThat(rowsLeft()).isEqualTo(3);
    }

    @Test
    void node_shows_a_denial() throws Exception {
        var judges = NpmProject.install("node", "the Node driver is not tested");
        var outcome = CompletableFuture.supplyAsync(() -> judge(judges, "held"));
        Reviews.deny(stage.ana(), Reviews.onlyOne(stage.ana()));

        var failure = outcome.get(60, TimeUnit.SECONDS).path("ok");
        assertThat(failure.path("code").asText()).isEqualTo("098013");
        assertThat(failure.path("sqlState").asText()).isEqualTo("42501");
        assertThat(failure.path("message").asText())
                .startsWith("sfguard: ana@shop.example denied request ");
    }

    @Test
    void node_cancels_what_waits() throws Exception {
        var judges = NpmProject.install("node", "the Node driver is not tested");
        var outcome = judge(judges, "heldCancelled").path("ok");

        assertThat(outcome.path("code").asText()).isEqualTo("000604");
        assertThat(rowsLeft()).isEqualTo(4);
    }

    private static JsonNode judge(NpmProject judges, String scenario) {
        try {
            var builder = judges.node("judge.mjs", scenario);
            builder.environment().put("SNOWFLAKE_URL", "http://127.0.0.1:" + stage.bo().port());
            builder.environment().put("SNOWFLAKE_PASSWORD", stage.bo().secret().reveal());
            var process = builder.start();
            return JSON.readTree(process.getInputStream());
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static List<String> types() throws Exception {
        return Recorded.events(stage).stream().map(each -> each.path("type").asText()).toList();
    }
}
