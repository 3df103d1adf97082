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

/// The gateway is killed by SIGKILL around an approval, while Snowflake's own driver waits.
class ApprovalRestartIT {
    @TempDir Path folder;
    private Stage stage;

    @BeforeEach
    void raise() throws Exception {
        stage = Stage.raiseApart(folder, Reviews.POLICY);
    }

    @AfterEach
    void strike() throws Exception {
        stage.close();
    }

    private static CompletableFuture<Integer> update(Connection connection, String sql) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (var statement = connection.createStatement()) {
                        return statement.executeUpdate(sql);
                    } catch (SQLException failure) {
                        throw new IllegalStateException(failure);
                    }
                });
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private List<String> types() throws Exception {
        return Recorded.events(stage).stream().map(each -> each.path("type").asText()).toList();
    }

    @Test
    void driver_that_waits_finds_its_request_again_and_the_statement_runs_once() throws Exception {
        String sql = "delete from kept where a = 1";
        try (var connection = stage.bo().jdbc()) {
            execute(connection, "create table kept (a int)");
            execute(connection, "insert into kept values (1), (2)");
            var deleted = update(connection, sql);
            var id = Reviews.onlyOne(stage.ana());
            stage.process().kill();
            stage.process().start();
            assertThat(Reviews.onlyOne(stage.ana())).isEqualTo(id);
            Reviews.approve(stage.ana(), id);

            assertThat(deleted.get(120, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(stage.timesReceived(sql)).isEqualTo(1);
            Await.until(() -> Reviews.state(stage.ana(), id).equals("done"));
        }
        assertThat(types()).containsSubsequence("held", "resumed", "approved", "sent", "ended");
        assertThat(types()).containsOnlyOnce("held", "approved");
    }

    @Test
    void statement_that_was_approved_and_sent_is_not_sent_again() throws Exception {
        String sql =
                "update kept set a = (select max(t.seq) from (select seq4() as seq from"
                        + " table(generator(rowcount => 30000000))) t)";
        try (var connection = stage.bo().jdbc()) {
            execute(connection, "create table kept (a int)");
            execute(connection, "insert into kept values (1)");
            var updated = update(connection, sql);
            var id = Reviews.onlyOne(stage.ana());
            Reviews.approve(stage.ana(), id);
            Await.until(() -> stage.reachedTheSandbox(sql));
            stage.process().kill();
            stage.process().start();

            assertThat(updated.get(120, TimeUnit.SECONDS)).isEqualTo(1);
            assertThat(stage.timesReceived(sql)).isEqualTo(1);
            Await.until(() -> Reviews.state(stage.ana(), id).equals("done"));
        }
    }
}
