package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.ApiClient;
import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.approval.Fingerprint;
import dev.sfguard.gateway.approval.HeldRequest;
import dev.sfguard.gateway.approval.Shown;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Limits;
import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.store.Store;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Held statements and those who answer them, with a real agent and gateway: ana asks, bo of dba
/// answers.
class ReviewIT {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir static Path folder;
    static Stage stage;

    @BeforeAll
    static void raise() throws Exception {
        stage = Stage.raise(folder);
        // The very first parse on a busy machine may be given up, and then nobody is asked.
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            Await.until(() -> isUnderstood(statement));
        }
    }

    private static boolean isUnderstood(Statement statement) {
        try {
            return statement.executeUpdate("delete from orders where id = -1") == 0;
        } catch (SQLException givenUp) {
            return false;
        }
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    @AfterEach
    void nothing_waits() throws Exception {
        for (JsonNode each : listed(stage.bo())) {
            as(stage.bo()).run("deny", each.path("id").asText(), "--reason", "the test is over");
        }
    }

    /// In a thread of its own: the common pool may have one only.
    private static <T> CompletableFuture<T> aside(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
    }

    private static CapturedStreams as(Stage.Person who) {
        return new CapturedStreams().variable("SFGUARD_HOME", who.home().folder().toString());
    }

    private static List<JsonNode> listed(Stage.Person who, String... more) throws Exception {
        var words = new ArrayList<>(List.of("requests", "-o", "json"));
        words.addAll(List.of(more));
        var world = as(who);
        assertThat(world.run(words.toArray(new String[0]))).as(world::err).isEqualTo(ExitCode.DONE);
        return JSON.readTree(world.out()).valueStream().toList();
    }

    /// Ana's statement, on its way; the id of its request.
    private record Asked(CompletableFuture<Object> outcome, String id) {}

    private static Asked ask(String sql) throws Exception {
        var outcome =
                aside(
                        () -> {
                            try (var connection = stage.ana().jdbc();
                                    var statement = connection.createStatement()) {
                                return (Object) statement.executeUpdate(sql);
                            } catch (SQLException failed) {
                                return failed;
                            }
                        });
        Await.until(() -> outcome.isDone() || pending(sql).size() == 1);
        assertThat(outcome).as("%s", outcome.getNow(null)).isNotDone();
        return new Asked(outcome, pending(sql).getFirst());
    }

    private static List<String> pending(String sql) throws Exception {
        return listed(stage.bo()).stream()
                .filter(each -> each.path("statement").asText().equals(sql))
                .map(each -> each.path("id").asText())
                .toList();
    }

    @Test
    void a_reviewers_yes_lets_it_run_and_it_runs_once() throws Exception {
        var asked = ask("delete from orders where id = 101");
        assertThat(stage.reachedTheSandbox("delete from orders where id = 101")).isFalse();

        var shown = as(stage.bo());
        assertThat(shown.run("requests", asked.id())).isEqualTo(ExitCode.DONE);
        assertThat(shown.out())
                .contains("ana@shop.example (human; analysts)")
                .contains(
                        "orders-writes-need-review: Changes of orders need a second pair of eyes.")
                .contains("a member of dba: 0 of 1")
                .contains("delete from orders where id = 101")
                .contains("sfguard approve " + asked.id());
        var yes = as(stage.bo());
        assertThat(yes.run("approve", asked.id(), "--reason", "ticket 812"))
                .as(yes::err)
                .isEqualTo(ExitCode.DONE);

        assertThat(yes.err()).isEqualTo("Approved: the statement of ana@shop.example runs now.\n");
        assertThat(asked.outcome().get(60, TimeUnit.SECONDS)).isEqualTo(1);
        assertThat(stage.timesReceived("delete from orders where id = 101")).isEqualTo(1);
        var again = as(stage.bo());
        assertThat(again.run("approve", asked.id())).isEqualTo(ExitCode.USAGE);
        assertThat(again.err()).contains("Request " + asked.id() + " is done already.");
    }

    @Test
    void nobody_answers_their_own_and_others_see_nothing() throws Exception {
        var asked = ask("delete from orders where id = 102");

        var own = as(stage.ana());
        assertThat(own.run("approve", asked.id())).isEqualTo(ExitCode.USAGE);
        assertThat(own.err()).contains("is your own, and nobody answers their own");
        assertThat(listed(stage.ana())).isEmpty();
        assertThat(listed(stage.ana(), "--mine"))
                .extracting(each -> each.path("id").asText())
                .containsExactly(asked.id());
        var unknown = as(stage.ana());
        assertThat(unknown.run("requests", "ZZZZZZZZ")).isEqualTo(ExitCode.USAGE);
        assertThat(unknown.err()).contains("There is no request ZZZZZZZZ for you.");
        assertThat(pending("delete from orders where id = 102")).hasSize(1);
    }

    @Test
    void a_reviewers_no_is_the_clients_error() throws Exception {
        var asked = ask("delete from orders where id = 103");

        assertThat(as(stage.bo()).run("deny", asked.id(), "--reason", "not on a Friday"))
                .isEqualTo(ExitCode.DONE);

        var failure = (SQLException) asked.outcome().get(60, TimeUnit.SECONDS);
        assertThat(failure.getErrorCode()).isEqualTo(98_013);
        assertThat(failure.getMessage())
                .contains("bo@shop.example denied request " + asked.id(), "not on a Friday");
        assertThat(stage.reachedTheSandbox("delete from orders where id = 103")).isFalse();
    }

    @Test
    void of_two_answers_at_once_one_counts() throws Exception {
        var asked = ask("delete from orders where id = 104");

        var yes = aside(() -> as(stage.bo()).run("approve", asked.id()));
        var no = aside(() -> as(stage.bo()).run("deny", asked.id(), "--reason", "x"));

        assertThat(List.of(yes.get(), no.get()))
                .containsExactlyInAnyOrder(ExitCode.DONE, ExitCode.USAGE);
        boolean ran = asked.outcome().get(60, TimeUnit.SECONDS) instanceof Integer;
        assertThat(ran).isEqualTo(yes.get() == ExitCode.DONE);
    }

    @Test
    void a_grant_for_a_time_ends_when_it_is_revoked_and_with_it_what_runs() throws Exception {
        String sql = "delete from orders where id = 105";
        var asked = ask(sql);
        assertThat(as(stage.bo()).run("approve", asked.id(), "--for", "30m"))
                .isEqualTo(ExitCode.DONE);
        assertThat(asked.outcome().get(60, TimeUnit.SECONDS)).isEqualTo(1);
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isZero();
        }
        assertThat(listed(stage.bo(), "--state", "granted"))
                .extracting(each -> each.path("id").asText())
                .containsExactly(asked.id());

        var revoked = as(stage.bo());
        assertThat(revoked.run("requests", "revoke", asked.id(), "--reason", "enough"))
                .as(revoked::err)
                .isEqualTo(ExitCode.DONE);

        assertThat(listed(stage.bo(), "--state", "granted")).isEmpty();
        var anew = ask(sql);
        assertThat(anew.id()).isNotEqualTo(asked.id());
    }

    @Test
    void a_kill_takes_back_what_waits() throws Exception {
        var asked = ask("delete from orders where id = 106");
        String session =
                Recorded.sessions(stage)
                        .valueStream()
                        .filter(each -> each.path("state").asText().equals("live"))
                        .filter(each -> each.path("user").asText().startsWith("ana"))
                        .map(each -> each.path("id").asText())
                        .findFirst()
                        .orElseThrow();

        var world = as(stage.bo());
        assertThat(world.run("kill", session, "--reason", "enough"))
                .as(world::err)
                .isEqualTo(ExitCode.DONE);

        var failure = (SQLException) asked.outcome().get(60, TimeUnit.SECONDS);
        assertThat(failure.getErrorCode()).isEqualTo(390_111);
        assertThat(failure.getMessage()).contains("bo@shop.example ended the session");
        assertThat(listed(stage.bo(), "--state", "withdrawn"))
                .extracting(each -> each.path("id").asText())
                .contains(asked.id());
        assertThat(stage.reachedTheSandbox("delete from orders where id = 106")).isFalse();
    }

    @Test
    void a_thousand_requests_are_listed_quickly() throws Exception {
        // Straight into the store: that many statements would take their time.
        try (var store = Store.open(folder.resolve("gateway/sfguard.db"))) {
            var approvals = new Approvals(store.approvals(), Clock.systemUTC());
            var ids = new ArrayList<String>();
            for (int i = 0; i < 1_000; i++) {
                ids.add(approvals.hold(held(i)).id());
            }
            var world = as(stage.bo());
            long start = System.nanoTime();
            world.run("requests", "--limit", "1000", "-o", "json");
            var took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(JSON.readTree(world.out())).hasSize(1_000);
            assertThat(took).isLessThan(Duration.ofSeconds(5));
            for (String id : ids) {
                approvals.withdraw(id);
            }
        }
    }

    private static HeldRequest held(int number) {
        var hold =
                new Decision.Hold(
                        "orders-writes-need-review",
                        List.of(
                                new Decision.Approvers(
                                        "orders-writes-need-review",
                                        Set.of("dba"),
                                        1,
                                        Duration.ofMinutes(30))),
                        Optional.empty(),
                        Masks.NONE,
                        Limits.NONE);
        var cy = new Identity("cy", "cy", Identity.Kind.HUMAN, Set.of(), "https://x", Instant.MAX);
        return new HeldRequest(
                Fingerprint.of().part("n", Integer.toString(number)).build(),
                cy,
                "S",
                number,
                "r" + number,
                "q" + number,
                false,
                hold,
                new Shown(
                        "human",
                        List.of(),
                        "app",
                        "shop",
                        "",
                        "delete from orders where id = " + number,
                        null,
                        List.of(),
                        List.of(),
                        List.of(),
                        hold.rule(),
                        null,
                        Shown.demands(hold),
                        "v",
                        null,
                        null,
                        null,
                        false),
                new byte[1_000]);
    }

    @Test
    void a_watcher_over_the_tunnel_hears_of_a_new_request() throws Exception {
        try (var api = ApiClient.open(stage.bo().home())) {
            long step = api.get("/v1/requests").path("step").asLong();
            var news =
                    aside(
                            () -> {
                                try (var watching = ApiClient.open(stage.bo().home())) {
                                    return watching.get("/v1/requests?wait=30&after=" + step);
                                } catch (java.io.IOException failed) {
                                    throw new java.io.UncheckedIOException(failed);
                                }
                            });
            var asked = ask("delete from orders where id = 107");

            assertThat(news.get(40, TimeUnit.SECONDS).path("requests").path(0).path("id").asText())
                    .isEqualTo(asked.id());
        }
    }

    @Test
    void a_body_that_is_huge_or_no_json_is_refused() throws Exception {
        var asked = ask("delete from orders where id = 108");
        try (var api = ApiClient.open(stage.bo().home())) {
            for (Object body :
                    List.of(
                            List.of("a list"),
                            Map.of("reason", "x".repeat(2_001)),
                            Map.of("reason", "x".repeat(300_000)))) {
                String path = "/v1/requests/" + asked.id() + "/approve";
                assertThat(refused(() -> api.post(path, body))).isIn(400, 413);
            }
        }
        assertThat(pending("delete from orders where id = 108")).hasSize(1);
    }

    @FunctionalInterface
    private interface Attempt {
        void run() throws Exception;
    }

    private static int refused(Attempt attempt) throws Exception {
        try {
            attempt.run();
        } catch (dev.sfguard.agent.AgentFailure.ApiRefused refused) {
            return refused.status();
        }
        return 200;
    }
}
