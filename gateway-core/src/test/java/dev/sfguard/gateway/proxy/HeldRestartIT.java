package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Held statements when the gateway goes down, as by a crash, and comes back.
class HeldRestartIT {
    private static final String DELETE = "DELETE FROM orders WHERE id = 7";
    private static final Identity CY =
            new Identity(
                    "sub-cy",
                    "cy@acme.example",
                    Identity.Kind.HUMAN,
                    Set.of("dba"),
                    "https://idp.example",
                    Instant.parse("2100-01-01T00:00:00Z"));

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake, TestGateway.settings(), HeldIT.POLICY);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private void restart() throws Exception {
        gateway.stop();
        gateway.start();
    }

    private String onlyRequest() throws Exception {
        var open = EnumSet.of(State.PENDING, State.APPROVED);
        Await.until(() -> gateway.approvals().list(open).size() == 1);
        return gateway.approvals().list(open).getFirst().id();
    }

    private void answer(String id, boolean approves) throws Exception {
        gateway.approvals().answer(id, CY, approves, "because", Duration.ZERO);
    }

    private JsonNode finish(TestGateway.Tokens tokens, JsonNode first) throws Exception {
        var answer = first;
        while (answer.path("code").asText("").startsWith("33333")) {
            answer = gateway.get(answer.at("/data/getResultUrl").asText(), tokens.token());
        }
        return answer;
    }

    private State state(String id) throws Exception {
        return gateway.approvals().find(id).orElseThrow().state();
    }

    private static ObjectNode async() {
        return TestGateway.body(DELETE).put("asyncExec", true);
    }

    @Test
    void client_that_polls_again_after_a_restart_waits_on_and_its_statement_runs_once()
            throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        restart();
        var poll = gateway.get(first.at("/data/getResultUrl").asText(), tokens.token());
        assertThat(poll.path("code").asText()).isEqualTo("333333");
        answer(onlyRequest(), true);

        assertThat(finish(tokens, poll).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(DELETE);
        assertThat(gateway.events(RecordingEvent.Held.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Approved.class)).hasSize(1);
    }

    @Test
    void repeat_of_the_request_after_a_restart_finds_what_was_answered_meanwhile()
            throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        gateway.query(tokens, requestId, TestGateway.body(DELETE));
        restart();
        answer(onlyRequest(), true);
        restart();

        var answer = gateway.query(tokens, requestId, TestGateway.body(DELETE));

        assertThat(finish(tokens, answer).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(DELETE);
        assertThat(gateway.events(RecordingEvent.Approved.class)).hasSize(1);
    }

    @Test
    void denial_given_while_the_client_was_away_is_told_and_recorded_once() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        restart();
        answer(onlyRequest(), false);

        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098013");
        restart();
        assertThat(
                        gateway.get(first.at("/data/getResultUrl").asText(), tokens.token())
                                .path("code")
                                .asText())
                .isEqualTo("098013");
        assertThat(gateway.events(RecordingEvent.Denied.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Failed.class)).hasSize(1);
    }

    @Test
    void asynchronous_statement_runs_by_itself_after_a_restart() throws Exception {
        var tokens = gateway.login();
        snowflake.statements.put(
                DELETE, (_, _) -> ScriptedSnowflake.running(ScriptedSnowflake.queryId(), "333334"));
        gateway.query(tokens, UUID.randomUUID().toString(), async());
        restart();
        var id = onlyRequest();
        answer(id, true);

        Await.until(() -> state(id) == State.DONE);
        assertThat(snowflake.received()).containsExactly(DELETE);
    }

    @Test
    void asynchronous_statement_that_was_approved_before_the_restart_runs_after_it()
            throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, UUID.randomUUID().toString(), async());
        var id = onlyRequest();
        gateway.stop();
        try (var store = dev.sfguard.gateway.store.Store.open(folder.resolve("sfguard.db"))) {
            new dev.sfguard.gateway.approval.Approvals(store.approvals(), gateway.clock())
                    .answer(id, CY, true, "while it was down", Duration.ZERO);
        }
        gateway.start();

        Await.until(() -> state(id) == State.DONE);
        assertThat(snowflake.received()).containsExactly(DELETE);
    }

    @Test
    void groups_that_were_taken_away_before_the_restart_stay_away_after_it() throws Exception {
        gateway.policy(HeldIT.REPORTERS);
        var tokens = gateway.login();
        gateway.query(tokens, UUID.randomUUID().toString(), async());
        gateway.renewAna(tokens, "analysts");
        restart();
        var id = onlyRequest();
        answer(id, true);

        Await.until(() -> state(id) != State.APPROVED);

        assertThat(state(id)).isEqualTo(State.WITHDRAWN);
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void asynchronous_statement_of_a_session_that_cannot_go_on_is_withdrawn_and_says_so()
            throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "BEGIN");
        gateway.query(tokens, UUID.randomUUID().toString(), async());
        restart();
        var id = onlyRequest();
        answer(id, true);

        Await.until(() -> state(id) == State.WITHDRAWN);
        assertThat(snowflake.received()).containsExactly("BEGIN");
        Await.until(() -> !gateway.events(RecordingEvent.Withdrawn.class).isEmpty());
        assertThat(gateway.events(RecordingEvent.Withdrawn.class).getFirst().by())
                .startsWith("gateway: ")
                .contains("a transaction was open");
    }

    @Test
    void request_of_a_sleeping_session_whose_time_is_over_is_withdrawn() throws Exception {
        gateway.query(gateway.login(), DELETE);
        gateway.stop();
        gateway.time.advance(Duration.ofHours(5));
        gateway.start();

        Await.until(
                () ->
                        gateway.approvals().list(EnumSet.of(State.PENDING)).isEmpty()
                                && !gateway.events(RecordingEvent.Closed.class).isEmpty());
    }

    @Test
    void statement_that_was_being_sent_is_looked_up_and_never_sent_again() throws Exception {
        var tokens = gateway.login();
        snowflake.statements.put(
                DELETE,
                (_, exchange) -> {
                    exchange.close();
                    throw new IOException("dropped");
                });
        snowflake.statements.put(
                "QUERY_HISTORY_BY_USER",
                (_, exchange) -> {
                    exchange.close();
                    throw new IOException("dropped");
                });
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        answer(id, true);
        var polling =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    try {
                                        finish(tokens, first);
                                    } catch (Exception cut) {
                                        // The gateway goes down within it.
                                    }
                                });
        Await.until(() -> !snowflake.received().isEmpty());
        long sent = snowflake.received().size();
        gateway.stop();
        polling.join();
        gateway.start();

        Await.until(() -> state(id) == State.UNKNOWN);
        assertThat(snowflake.received()).hasSize((int) sent);
        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098019");
        assertThat(snowflake.received()).hasSize((int) sent);
    }

    @Test
    void use_that_was_taken_before_a_crash_with_nothing_sent_is_spent() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        gateway.stop();
        try (var store = dev.sfguard.gateway.store.Store.open(folder.resolve("sfguard.db"))) {
            var approvals =
                    new dev.sfguard.gateway.approval.Approvals(store.approvals(), gateway.clock());
            approvals.answer(id, CY, true, "", Duration.ZERO);
            approvals.use(id);
        }
        gateway.start();

        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098015");
        assertThat(snowflake.received()).isEmpty();
        Await.until(() -> state(id) == State.DONE);
    }

    @Test
    void statement_that_waited_while_the_session_was_remembered_is_not_forgotten_once_sent()
            throws Exception {
        var tokens = gateway.login();
        var cells = new String[100][];
        java.util.Arrays.fill(cells, new String[] {"x".repeat(200_000)});
        var large = ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows(cells)));
        snowflake.statements.put("large", (_, _) -> large);
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        gateway.query(tokens, "SELECT 'large'");
        gateway.query(tokens, "SELECT 1");
        assertThat(gateway.events(RecordingEvent.Remembered.class)).hasSize(1);
        answer(id, true);
        finish(tokens, first);
        restart();

        // Its result is fetched from Snowflake again, and the statement is not run again.
        gateway.get(first.at("/data/getResultUrl").asText(), tokens.token());
        assertThat(snowflake.received()).containsOnlyOnce(DELETE);
        assertThat(state(id)).isEqualTo(State.DONE);
        assertThat(gateway.events(RecordingEvent.Approved.class)).hasSize(1);
    }

    @Test
    void statement_that_waits_is_found_by_the_memory_too() throws Exception {
        var tokens = gateway.login();
        var cells = new String[100][];
        java.util.Arrays.fill(cells, new String[] {"x".repeat(200_000)});
        var large = ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows(cells)));
        snowflake.statements.put("large", (_, _) -> large);
        var first = gateway.query(tokens, DELETE);
        gateway.query(tokens, "SELECT 'large'");
        gateway.query(tokens, "SELECT 1");
        restart();
        answer(onlyRequest(), true);

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsOnlyOnce(DELETE);
        assertThat(gateway.events(RecordingEvent.Held.class)).hasSize(1);
    }
}
