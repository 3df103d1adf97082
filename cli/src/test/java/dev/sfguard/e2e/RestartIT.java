package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gateway is killed and started again while Snowflake's own driver is at work.
class RestartIT {
    @TempDir Path folder;
    private Stage stage;

    @BeforeEach
    void raise() throws Exception {
        stage = Stage.raiseApart(folder);
    }

    @AfterEach
    void strike() throws Exception {
        stage.close();
    }

    @Test
    void slow_statement_that_was_sent_runs_once_and_its_driver_gets_the_result() throws Exception {
        String sql =
                "insert into kept select t.seq from (select seq4() as seq from"
                        + " table(generator(rowcount => 30000000))) t where t.seq % 10000000 = 7";
        try (var connection = stage.bo().jdbc()) {
            execute(connection, "create table kept (a int)");
            var inserted =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try (var statement = connection.createStatement()) {
                                    return statement.executeUpdate(sql);
                                } catch (SQLException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            Await.until(() -> stage.reachedTheSandbox(sql));
            stage.process().kill();
            stage.process().start();

            assertThat(inserted.get(60, TimeUnit.SECONDS)).isEqualTo(3);

            assertThat(stage.timesReceived(sql)).isEqualTo(1);
            assertThat(count(connection, "select count(*) from kept")).isEqualTo(3);
        }
        assertThat(types())
                .containsSubsequence("sent", "resumed", "looked_up", "ended")
                .doesNotContain("failed");
    }

    @Test
    void large_result_goes_on_after_the_gateway_was_killed() throws Exception {
        String sql =
                "select seq4() n, 'row ' || seq4() t from table(generator(rowcount => 200000))";
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            long rows = 0;
            long sum = 0;
            while (result.next()) {
                rows++;
                sum += result.getLong(1);
                if (rows == 500) {
                    // The driver fetches only a few parts ahead.
                    stage.process().kill();
                    stage.process().start();
                }
            }

            assertThat(rows).isEqualTo(200_000);
            assertThat(sum).isEqualTo(199_999L * 200_000 / 2);
            assertThat(stage.timesReceived(sql)).isEqualTo(1);
        }
        var seen = new java.util.BitSet();
        for (var event : Recorded.events(stage)) {
            if (event.path("type").asText().equals("rows")) {
                int first = event.path("first").asInt();
                int end = first + event.path("count").asInt();
                assertThat(seen.get(first, end).isEmpty()).as("recorded once: %d", first).isTrue();
                seen.set(first, end);
            }
        }
        assertThat(seen.cardinality()).isEqualTo(200_000);
        assertThat(types()).containsSubsequence("rows", "resumed", "rows", "ended");
    }

    private List<String> types() throws Exception {
        return Recorded.events(stage).stream().map(each -> each.path("type").asText()).toList();
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long count(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }
}
