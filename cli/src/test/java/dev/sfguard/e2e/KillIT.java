package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import net.snowflake.client.api.statement.SnowflakeStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `sfguard kill`, with a real agent and gateway: what runs is aborted at Snowflake, and the client
/// is told who did it.
class KillIT {
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
    void a_running_statement_is_aborted_and_its_client_told_by_whom() throws Exception {
        String waiting = "select system$wait(51)";
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            var running =
                    CompletableFuture.supplyAsync(
                            () -> failureOf(() -> statement.execute(waiting)));
            Await.until(() -> stage.reachedTheSandbox(waiting));
            String session = live("ana");

            var world = as(stage.bo());
            assertThat(world.run("kill", session, "--reason", "too \"slow\""))
                    .as(world::err)
                    .isEqualTo(ExitCode.DONE);

            assertThat(world.err())
                    .isEqualTo("Session " + session + " is ended; 1 statement was aborted.\n");
            var failure = running.get(20, TimeUnit.SECONDS);
            assertThat(failure.getErrorCode()).isEqualTo(390_111);
            assertThat(failure.getMessage())
                    .contains("bo@shop.example ended the session: too \"slow\"");
            assertThat(status(waiting)).isEqualTo("FAILED_WITH_ERROR");
            var later = failureOf(() -> statement.execute("select 1"));
            assertThat(later.getMessage()).contains("bo@shop.example ended the session");
            assertThat(stage.reachedTheSandbox("select 1")).isFalse();
            var events = types(session);
            assertThat(events).containsSubsequence("sent", "killed", "cancelled", "closed");
            assertThat(Recorded.events(stage, session))
                    .filteredOn(event -> event.path("type").asText().equals("killed"))
                    .singleElement()
                    .satisfies(
                            event -> {
                                assertThat(event.path("by").asText()).isEqualTo("bo@shop.example");
                                assertThat(event.path("reason").asText()).isEqualTo("too \"slow\"");
                            });
        }
    }

    @Test
    void what_was_asked_to_outlive_its_session_does_not_outlive_a_kill() throws Exception {
        String waiting = "select system$wait(52)";
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            statement.unwrap(SnowflakeStatement.class).executeAsyncQuery(waiting);
            Await.until(() -> stage.reachedTheSandbox(waiting));

            var world = as(stage.ana());
            assertThat(world.run("kill", live("ana"), "--reason", "mine"))
                    .as(world::err)
                    .isEqualTo(ExitCode.DONE);

            assertThat(world.err()).contains("1 statement was aborted");
            Await.until(() -> status(waiting).equals("FAILED_WITH_ERROR"));
        }
    }

    @Test
    void nobody_ends_what_is_not_theirs() throws Exception {
        try (var _ = stage.bo().jdbc()) {
            String session = live("bo");
            var world = as(stage.ana());

            assertThat(world.run("kill", session, "--reason", "x")).isEqualTo(ExitCode.USAGE);
            assertThat(world.err())
                    .startsWith(
                            "sfguard: There is no session " + session + " that you may read.\n");
            var unknown = as(stage.ana());
            assertThat(unknown.run("kill", "01KARJ7X0RF5N9QZ3T6V8W2Y4B", "--reason", "x"))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(unknown.err().replace("01KARJ7X0RF5N9QZ3T6V8W2Y4B", session))
                    .isEqualTo(world.err());
            assertThat(live("bo")).isEqualTo(session);
        }
    }

    @Test
    void what_is_over_or_makes_no_sense_is_said() throws Exception {
        String session;
        try (var _ = stage.ana().jdbc()) {
            session = live("ana");
        }
        Await.until(() -> sessions("ana").isEmpty());
        var over = as(stage.bo());
        assertThat(over.run("kill", session, "--reason", "x")).isEqualTo(ExitCode.USAGE);
        assertThat(over.err()).contains("Session " + session + " does not go on any more.");
        assertThat(as(stage.bo()).run("kill", session)).isEqualTo(ExitCode.USAGE);
        assertThat(as(stage.bo()).run("kill", session, "--reason", " ")).isEqualTo(ExitCode.USAGE);
        assertThat(as(stage.bo()).run("kill", "../x", "--reason", "x")).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void of_two_that_kill_at_once_both_find_it_over() throws Exception {
        try (var _ = stage.ana().jdbc()) {
            String session = live("ana");
            var one = aside(() -> kill(stage.ana(), session));
            var other = aside(() -> kill(stage.bo(), session));
            assertThat(List.of(one.get(), other.get()))
                    .containsExactlyInAnyOrder(ExitCode.DONE, ExitCode.USAGE);
        }
        assertThat(sessions("ana")).isEmpty();
    }

    /// In a thread of its own: the common pool may have one only.
    private static <T> CompletableFuture<T> aside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
    }

    private static ExitCode kill(Stage.Person who, String session) {
        return as(who).run("kill", session, "--reason", "x");
    }

    private static CapturedStreams as(Stage.Person who) {
        return new CapturedStreams().variable("SFGUARD_HOME", who.home().folder().toString());
    }

    private static String live(String user) throws Exception {
        return sessions(user).getFirst();
    }

    private static List<String> sessions(String user) throws Exception {
        return Recorded.sessions(stage)
                .valueStream()
                .filter(each -> each.path("state").asText().equals("live"))
                .filter(each -> each.path("user").asText().startsWith(user))
                .map(each -> each.path("id").asText())
                .toList();
    }

    private static List<String> types(String session) throws Exception {
        return Recorded.events(stage, session).stream()
                .map(event -> event.path("type").asText())
                .toList();
    }

    /// What Snowflake's history says of a statement.
    private static String status(String sql) throws Exception {
        try (var warehouse = stage.warehouse();
                var statement = warehouse.createStatement();
                var rows =
                        statement.executeQuery(
                                "select query_text, execution_status from"
                                        + " table(information_schema.query_history_by_user("
                                        + "result_limit => 1000))")) {
            while (rows.next()) {
                if (rows.getString(1).equals(sql)) {
                    return rows.getString(2);
                }
            }
            return "none";
        }
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws SQLException;
    }

    private static SQLException failureOf(Attempt attempt) {
        try {
            attempt.run();
        } catch (SQLException failure) {
            return failure;
        }
        throw new AssertionError("it did not fail");
    }
}
