package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/// What takes longer than any one answer may: Snowflake's own drivers wait for slow statements and
/// for slow people. All of them wait at the same time.
class PatienceIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SLOW = "select system$wait(100)";
    private static final Duration LONG = Duration.ofSeconds(105);

    @TempDir static Path folder;
    private static Stage stage;
    private static Future<Integer> jdbc;
    private static Future<JsonNode> node;
    private static Future<Integer> held;

    @BeforeAll
    static void raise() throws Exception {
        var judges = NpmProject.install("node", "long waits of the Node driver are not tested");
        stage = Stage.raise(folder, Reviews.POLICY);
        // Past the gateway, where replacing a table needs no rule.
        try (var connection = stage.warehouse();
                var statement = connection.createStatement()) {
            statement.execute("create or replace table shop.public.kept (a int)");
            statement.execute("insert into shop.public.kept values (1), (2), (3), (4)");
        }
        held = meanwhile(() -> heldFor(LONG, "delete from kept where a < 3"));
        jdbc = meanwhile(PatienceIT::slow);
        node = meanwhile(() -> slow(judges));
    }

    @AfterAll
    static void strike() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }

    private static <T> Future<T> meanwhile(Callable<T> work) {
        var task = new FutureTask<>(work);
        Thread.ofVirtual().name("patient").start(task);
        return task;
    }

    private static int slow() throws SQLException {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(SLOW)) {
            int count = 0;
            while (rows.next()) {
                count++;
            }
            return count;
        }
    }

    private static JsonNode slow(NpmProject judges) throws Exception {
        var builder = judges.node("judge.mjs", "slow");
        builder.environment().put("SNOWFLAKE_URL", "http://127.0.0.1:" + stage.bo().port());
        builder.environment().put("SNOWFLAKE_PASSWORD", stage.bo().secret().reveal());
        return JSON.readTree(builder.start().getInputStream());
    }

    /// Lets ana approve what bo asks for when the time is over.
    ///
    /// @return how many rows bo's driver was told of
    private static int heldFor(Duration time, String sql) throws Exception {
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            var changed = meanwhile(() -> statement.executeUpdate(sql));
            var id = Reviews.onlyOne(stage.ana());
            assertWaits(changed, sql, time);
            Reviews.approve(stage.ana(), id);
            return changed.get(60, TimeUnit.SECONDS);
        }
    }

    private static void assertWaits(Future<Integer> changed, String sql, Duration time) {
        assertThatThrownBy(() -> changed.get(time.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(TimeoutException.class);
        assertThat(stage.reachedTheSandbox(sql)).isFalse();
    }

    @Test
    void jdbc_waits_for_a_statement_of_a_hundred_seconds() throws Exception {
        assertThat(jdbc.get()).isEqualTo(1);
    }

    @Test
    void node_waits_for_a_statement_of_a_hundred_seconds() throws Exception {
        assertThat(node.get().at("/ok/rows").size()).as("%s", node.get()).isEqualTo(1);
        jdbc.get();
        assertThat(stage.timesReceived(SLOW)).as("once for each driver").isEqualTo(2);
    }

    @Test
    void jdbc_waits_for_a_yes_of_a_hundred_seconds_later() throws Exception {
        assertThat(held.get()).isEqualTo(2);
        assertThat(stage.timesReceived("delete from kept where a < 3")).isEqualTo(1);
    }

    /// `SFGUARD_LONG_TESTS=1 ./mvnw verify …` also waits as long as people do.
    @Test
    @EnabledIfEnvironmentVariable(named = "SFGUARD_LONG_TESTS", matches = "1")
    void jdbc_waits_for_a_yes_of_more_than_six_minutes_later() throws Exception {
        held.get();
        String sql = "delete from kept where a > 3";
        assertThat(heldFor(Duration.ofSeconds(375), sql)).isEqualTo(1);
        assertThat(stage.timesReceived(sql)).isEqualTo(1);
    }
}
