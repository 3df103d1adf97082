package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.approval.Answer;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/// Statements that a rule holds, on their way through the proxy.
class HeldIT {
    static final String POLICY =
            """
            version: 1
            default: block
            roles:
              shop: {analysts: ANALYST_RO}
            rules:
              - name: two-for-truncate
                match: {statement: [TRUNCATE]}
                effect: approve
                approvers: {groups: [dba], at_least: 2}
              - name: writes-need-review
                match: {statement: [DELETE, UPDATE]}
                effect: approve
                approvers: {groups: [dba]}
                expires: 30m
              - name: work
                match: {statement: [SELECT, INSERT, CREATE, SHOW, USE, USE_ROLE, BEGIN, COMMIT, ALTER_SESSION, SET]}
                effect: allow
            """;

    private static final String DELETE = "DELETE FROM orders WHERE id = 7";
    private static final Identity CY = reviewer("cy", "dba");
    private static final Identity DI = reviewer("di", "dba");

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;

    private static Identity reviewer(String name, String... groups) {
        return new Identity(
                "sub-" + name,
                name + "@acme.example",
                Identity.Kind.HUMAN,
                Set.of(groups),
                "https://idp.example",
                Instant.parse("2100-01-01T00:00:00Z"));
    }

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake, TestGateway.settings(), POLICY);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    /// Polls as drivers do, until the answer is no "still running".
    private JsonNode finish(TestGateway.Tokens tokens, JsonNode first) throws Exception {
        var answer = first;
        while (answer.path("code").asText("").startsWith("33333")) {
            answer = gateway.get(answer.at("/data/getResultUrl").asText(), tokens.token());
        }
        return answer;
    }

    private String onlyRequest() throws Exception {
        var open = EnumSet.of(State.PENDING, State.APPROVED);
        Await.until(() -> gateway.approvals().list(open).size() == 1);
        return gateway.approvals().list(open).getFirst().id();
    }

    private Answer approve(String id, Identity by) throws Exception {
        return gateway.approvals().answer(id, by, true, "ticket 812", Duration.ZERO);
    }

    private Answer deny(String id, Identity by) throws Exception {
        return gateway.approvals().answer(id, by, false, "not today", Duration.ZERO);
    }

    private State state(String id) throws Exception {
        return gateway.approvals().find(id).orElseThrow().state();
    }

    private List<String> kinds() throws Exception {
        return gateway.events().stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    @Test
    void statement_waits_until_it_is_approved_and_then_runs_once() throws Exception {
        var tokens = gateway.login();

        var first = gateway.query(tokens, DELETE);
        assertThat(first.path("code").asText()).isEqualTo("333333");
        var poll = gateway.get(first.at("/data/getResultUrl").asText(), tokens.token());
        assertThat(poll.path("code").asText()).isEqualTo("333333");
        assertThat(snowflake.received()).isEmpty();
        var id = onlyRequest();
        approve(id, CY);
        var answer = finish(tokens, poll);

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(answer.at("/data/rowset/0/0").asText()).isEqualTo("1");
        assertThat(snowflake.received()).containsExactly(DELETE);
        Await.until(() -> state(id) == State.DONE);
        assertThat(kinds())
                .containsSubsequence("Asked", "Decided", "Held", "Approved", "Sent", "Ended")
                .doesNotHaveDuplicates();
        var held = gateway.events(RecordingEvent.Held.class).getFirst();
        assertThat(held.request()).isEqualTo(id);
        assertThat(held.rule()).isEqualTo("writes-need-review");
        assertThat(held.groups()).containsExactly("dba");
        var approved = gateway.events(RecordingEvent.Approved.class).getFirst();
        assertThat(approved.by()).isEqualTo("cy@acme.example");
        assertThat(approved.reason()).isEqualTo("ticket 812");
        assertThat(approved.decides()).isTrue();
    }

    @Test
    void denied_statement_tells_who_and_why() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        deny(onlyRequest(), CY);

        var answer = finish(tokens, first);

        assertThat(answer.path("code").asText()).isEqualTo("098013");
        assertThat(answer.at("/data/sqlState").asText()).isEqualTo("42501");
        assertThat(answer.path("message").asText())
                .startsWith("sfguard: cy@acme.example denied request ")
                .contains("\"not today\"", "writes-need-review");
        assertThat(snowflake.received()).isEmpty();
        assertThat(gateway.events(RecordingEvent.Denied.class)).hasSize(1);
    }

    @Test
    void answer_is_recorded_while_no_client_asks() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, DELETE);
        approve(onlyRequest(), CY);

        Await.until(() -> !gateway.events(RecordingEvent.Approved.class).isEmpty());
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void every_demand_has_to_be_met_by_different_people() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, "TRUNCATE TABLE orders");
        var id = onlyRequest();
        approve(id, CY);
        assertThat(approve(id, CY)).isInstanceOf(Answer.Refused.class);
        assertThat(state(id)).isEqualTo(State.PENDING);
        approve(id, DI);

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
        assertThat(gateway.events(RecordingEvent.Approved.class))
                .extracting(RecordingEvent.Approved::decides)
                .containsExactly(false, true);
    }

    @Test
    void describe_of_a_held_statement_asks_nobody() throws Exception {
        var tokens = gateway.login();

        var answer =
                gateway.query(
                        tokens,
                        UUID.randomUUID().toString(),
                        TestGateway.body(DELETE).put("describeOnly", true));

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(gateway.approvals().list(EnumSet.allOf(State.class))).isEmpty();
        assertThat(kinds()).contains("Described").doesNotContain("Held");
    }

    @Test
    void request_of_several_statements_waits_as_a_whole() throws Exception {
        var tokens = gateway.login();
        var text = "SELECT 1; " + DELETE;
        var body = TestGateway.body(text);
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 2);

        var first = gateway.query(tokens, UUID.randomUUID().toString(), body);
        approve(onlyRequest(), CY);

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(text);
    }

    @Test
    void wrong_statement_count_asks_nobody() throws Exception {
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "SELECT 1; " + DELETE);

        assertThat(answer.path("code").asText()).isEqualTo("000008");
        assertThat(gateway.approvals().list(EnumSet.allOf(State.class))).isEmpty();
    }

    @Test
    void binds_of_a_batch_go_with_the_statement() throws Exception {
        var tokens = gateway.login();
        var body = TestGateway.body("DELETE FROM orders WHERE id = ?");
        body.putObject("bindings")
                .putObject("1")
                .put("type", "FIXED")
                .putArray("value")
                .add("1")
                .add("2");

        var first = gateway.query(tokens, UUID.randomUUID().toString(), body);
        var id = onlyRequest();
        assertThat(gateway.approvals().find(id).orElseThrow().shown().binds()).contains("\"1\"");
        approve(id, CY);

        finish(tokens, first);
        assertThat(snowflake.lastQuery().body().at("/bindings/1/value/1").asText()).isEqualTo("2");
    }

    @Test
    void cancel_by_request_id_takes_the_request_back() throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var first = gateway.query(tokens, requestId, TestGateway.body(DELETE));
        var id = onlyRequest();

        var aborted =
                gateway.post(
                        "/queries/v1/abort-request?requestId=" + UUID.randomUUID(),
                        Json.mapper().createObjectNode().put("requestId", requestId),
                        tokens.token());
        var answer = finish(tokens, first);

        assertThat(aborted.path("success").asBoolean()).isTrue();
        assertThat(answer.path("code").asText()).isEqualTo("000604");
        assertThat(state(id)).isEqualTo(State.WITHDRAWN);
        assertThat(approve(id, CY)).isInstanceOf(Answer.Refused.class);
        assertThat(gateway.events(RecordingEvent.Withdrawn.class).getFirst().by())
                .isEqualTo("client");
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void cancel_by_query_id_wakes_the_poll_that_waits() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var polled =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return finish(tokens, first);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });

        gateway.post(
                "/queries/" + first.at("/data/queryId").asText() + "/abort-request",
                Json.mapper().createObjectNode(),
                tokens.token());

        assertThat(polled.get().path("code").asText()).isEqualTo("000604");
    }

    @Test
    void closing_the_session_takes_the_request_back() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, DELETE);
        var id = onlyRequest();

        gateway.post("/session?delete=true", Json.mapper().createObjectNode(), tokens.token());

        assertThat(state(id)).isEqualTo(State.WITHDRAWN);
        assertThat(kinds()).containsSubsequence("Held", "Withdrawn", "Closed");
    }

    @Test
    void request_that_nobody_answers_expires() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        onlyRequest();
        gateway.time.advance(Duration.ofMinutes(31));

        var answer = finish(tokens, first);

        assertThat(answer.path("code").asText()).isEqualTo("098014");
        assertThat(answer.at("/data/sqlState").asText()).isEqualTo("57014");
        assertThat(answer.path("message").asText()).contains("Nobody of dba answered it");
        assertThat(gateway.events(RecordingEvent.Expired.class)).hasSize(1);
    }

    @Test
    void client_that_does_not_wait_gets_the_request_and_the_same_statement_runs_after_approval()
            throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "ALTER SESSION SET SFGUARD_APPROVAL_WAIT = '0'");

        var pending = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        assertThat(pending.path("code").asText()).isEqualTo("098012");
        assertThat(pending.path("message").asText())
                .contains("sfguard requests " + id, "sfguard approve " + id, "dba");
        assertThat(gateway.query(tokens, DELETE).path("message").asText()).contains(id);
        approve(id, CY);
        var other = gateway.query(tokens, DELETE.replace('7', '8'));
        var answer = gateway.query(tokens, DELETE);

        assertThat(other.path("code").asText()).isEqualTo("098012");
        assertThat(other.path("message").asText()).doesNotContain(id);
        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(DELETE);
        assertThat(gateway.query(tokens, DELETE).path("code").asText()).isEqualTo("098012");
        assertThat(snowflake.received()).containsExactly(DELETE);
    }

    @Test
    void waiting_ends_after_the_seconds_of_the_statement_and_the_request_stays() throws Exception {
        var tokens = gateway.login();
        var body = TestGateway.body(DELETE);
        body.putObject("parameters").put("SFGUARD_APPROVAL_WAIT", "60");
        var first = gateway.query(tokens, UUID.randomUUID().toString(), body);
        assertThat(first.path("code").asText()).isEqualTo("333333");
        gateway.time.advance(Duration.ofSeconds(61));

        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098012");
        var found = gateway.approvals().find(onlyRequest()).orElseThrow();
        assertThat(found.state()).isEqualTo(State.PENDING);
        assertThat(found.stored().attached()).isFalse();
    }

    @Test
    void wait_that_is_no_number_is_refused() throws Exception {
        var tokens = gateway.login();
        var body = TestGateway.body("SELECT 1");
        body.putObject("parameters").put("SFGUARD_APPROVAL_WAIT", "soon");

        var answer = gateway.query(tokens, UUID.randomUUID().toString(), body);

        assertThat(answer.path("code").asText()).isEqualTo("098020");
        assertThat(answer.path("message").asText()).contains("whole number of seconds");
    }

    @Test
    void approval_for_a_time_lets_the_same_statement_through_until_it_is_revoked()
            throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        gateway.approvals().answer(id, CY, true, "migration", Duration.ofMinutes(10));
        finish(tokens, first);

        assertThat(gateway.query(tokens, DELETE).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(DELETE, DELETE);
        assertThat(gateway.events(RecordingEvent.Approved.class))
                .extracting(RecordingEvent.Approved::statement)
                .doesNotHaveDuplicates()
                .hasSize(2);
        gateway.approvals().revoke(id, CY, "done");
        assertThat(gateway.query(tokens, DELETE).path("code").asText()).isEqualTo("333333");
    }

    @Test
    void asynchronous_statement_runs_by_itself_and_keeps_the_id_that_its_client_knows()
            throws Exception {
        var tokens = gateway.login();
        snowflake.statements.put(
                DELETE,
                (_, _) ->
                        ScriptedSnowflake.running(
                                "01b00000-0000-0000-0000-0000000000aa", "333334"));
        snowflake.paths.put(
                "/monitoring/queries/.*",
                (call, _) -> {
                    var data = Json.mapper().createObjectNode();
                    data.putArray("queries")
                            .addObject()
                            .put("id", call.path().substring(call.path().length() - 36))
                            .put("status", "SUCCESS");
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
                });
        var body = TestGateway.body(DELETE).put("asyncExec", true);

        var first = gateway.query(tokens, UUID.randomUUID().toString(), body);
        var id = first.at("/data/queryId").asText();
        assertThat(first.path("code").asText()).isEqualTo("333334");
        assertThat(status(tokens, id)).isEqualTo("RUNNING");
        approve(onlyRequest(), CY);
        Await.until(() -> snowflake.received().contains(DELETE));
        Await.until(() -> status(tokens, id).equals("SUCCESS"));
        gateway.query(tokens, "select * from table(result_scan('" + id + "'))");

        assertThat(snowflake.received())
                .containsExactly(
                        DELETE,
                        "select * from table(result_scan('01b00000-0000-0000-0000-0000000000aa'))");
        assertThat(
                        gateway.get("/monitoring/queries/" + id, tokens.token())
                                .at("/data/queries/0/id")
                                .asText())
                .isEqualTo(id);
    }

    private String status(TestGateway.Tokens tokens, String id) throws Exception {
        return gateway.get("/monitoring/queries/" + id, tokens.token())
                .at("/data/queries/0/status")
                .asText();
    }

    @Test
    void asynchronous_statement_that_is_denied_shows_its_error_by_its_result() throws Exception {
        var tokens = gateway.login();
        var body = TestGateway.body(DELETE).put("asyncExec", true);
        var id =
                gateway.query(tokens, UUID.randomUUID().toString(), body)
                        .at("/data/queryId")
                        .asText();

        deny(onlyRequest(), CY);
        Await.until(() -> status(tokens, id).equals("SUCCESS"));

        var scan = gateway.query(tokens, "select * from table(result_scan('" + id + "'))");
        assertThat(scan.path("code").asText()).isEqualTo("098013");
        assertThat(gateway.get("/queries/" + id + "/result", tokens.token()).path("code").asText())
                .isEqualTo("098013");
    }

    @Test
    void statement_in_another_context_than_the_approved_one_does_not_run() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        gateway.query(tokens, "ALTER SESSION SET TIMEZONE = 'UTC'");
        approve(id, CY);

        var answer = finish(tokens, first);

        assertThat(answer.path("code").asText()).isEqualTo("098015");
        assertThat(state(id)).isEqualTo(State.WITHDRAWN);
        assertThat(snowflake.received()).doesNotContain(DELETE);
    }

    @Test
    void transaction_that_begins_meanwhile_changes_what_was_approved() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        gateway.query(tokens, "BEGIN");
        approve(id, CY);

        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098015");
    }

    @Test
    void request_in_a_transaction_ends_when_snowflake_lost_the_session() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "BEGIN");
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        assertThat(gateway.approvals().find(id).orElseThrow().shown().locks()).isTrue();
        snowflake.paths.put(
                "/session/heartbeat", (_, _) -> ScriptedSnowflake.error("390111", "gone", null));
        approve(id, CY);

        var answer = finish(tokens, first);

        assertThat(answer.path("code").asText()).isEqualTo("098015");
        assertThat(answer.path("message").asText()).contains("a transaction was open");
        assertThat(snowflake.received()).doesNotContain(DELETE);
    }

    @Test
    void session_that_snowflake_lost_is_replaced_before_an_approval_is_used() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        snowflake.tokens.clear();
        snowflake.masters.clear();
        approve(onlyRequest(), CY);

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(DELETE);
    }

    @Test
    void policy_that_blocks_meanwhile_blocks() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        gateway.policy(
                POLICY.replace(
                        "  - name: two-for-truncate",
                        "  - {name: frozen, match: {statement: [DELETE]}, effect: block}\n"
                                + "  - name: two-for-truncate"));
        approve(id, CY);

        var answer = finish(tokens, first);

        assertThat(answer.path("code").asText()).isEqualTo("098011");
        assertThat(state(id)).isEqualTo(State.WITHDRAWN);
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void policy_that_asks_others_meanwhile_wants_a_new_request() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        approve(onlyRequest(), CY);
        gateway.policy(POLICY.replace("{groups: [dba]}", "{groups: [security]}"));

        var answer = finish(tokens, first);

        assertThat(answer.path("code").asText()).isEqualTo("098015");
        assertThat(answer.path("message").asText()).contains("the policy was changed meanwhile");
    }

    @Test
    void policy_that_allows_meanwhile_does_not_stand_in_the_way() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        approve(onlyRequest(), CY);
        gateway.policy(
                POLICY.replace(
                        "effect: approve\n    approvers: {groups: [dba]}\n    expires: 30m",
                        "effect: allow"));

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
    }

    @Test
    void repeats_of_the_request_wait_for_the_same_answer() throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        gateway.query(tokens, requestId, TestGateway.body(DELETE));
        var id = onlyRequest();
        var go = new CountDownLatch(1);
        var answers = new ArrayList<CompletableFuture<JsonNode>>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10; i++) {
                answers.add(
                        CompletableFuture.supplyAsync(
                                () -> {
                                    try {
                                        go.await();
                                        return finish(
                                                tokens,
                                                gateway.query(
                                                        tokens,
                                                        requestId,
                                                        TestGateway.body(DELETE)));
                                    } catch (Exception e) {
                                        throw new IllegalStateException(e);
                                    }
                                },
                                clients));
            }
            go.countDown();
            approve(id, CY);
        }

        for (var answer : answers) {
            assertThat(answer.get().path("success").asBoolean()).isTrue();
        }
        assertThat(snowflake.received()).containsExactly(DELETE);
    }

    private JsonNode finished(TestGateway.Tokens tokens, JsonNode first) {
        try {
            return finish(tokens, first);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void of_a_yes_and_a_cancel_at_once_one_counts() throws Exception {
        var tokens = gateway.login();
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 30; i++) {
                var sql = DELETE + " AND " + i + " = " + i;
                var requestId = UUID.randomUUID().toString();
                var first = gateway.query(tokens, requestId, TestGateway.body(sql));
                var id = onlyRequest();
                var go = new CountDownLatch(1);
                var answer = CompletableFuture.supplyAsync(() -> finished(tokens, first), people);
                var approved =
                        people.submit(
                                () -> {
                                    go.await();
                                    return approve(id, CY);
                                });
                var cancelled =
                        people.submit(
                                () -> {
                                    go.await();
                                    return gateway.post(
                                            "/queries/v1/abort-request?requestId="
                                                    + UUID.randomUUID(),
                                            Json.mapper()
                                                    .createObjectNode()
                                                    .put("requestId", requestId),
                                            tokens.token());
                                });
                go.countDown();
                approved.get();
                cancelled.get();

                long ran = snowflake.received().stream().filter(sql::equals).count();
                if (answer.get().path("success").asBoolean()) {
                    assertThat(ran).isEqualTo(1);
                } else {
                    assertThat(answer.get().path("code").asText()).isEqualTo("000604");
                    assertThat(ran).isZero();
                    // Its one use was taken, and nothing sent, when the cancel came last of all.
                    assertThat(state(id)).isIn(State.WITHDRAWN, State.DONE);
                }
            }
        }
    }

    @Test
    void of_a_yes_and_a_no_at_once_the_first_counts() throws Exception {
        var tokens = gateway.login();
        try (var people = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                var sql = DELETE + " AND " + i + " = " + i;
                var first = gateway.query(tokens, sql);
                var id = onlyRequest();
                var yes = people.submit(() -> approve(id, CY));
                var no = people.submit(() -> deny(id, DI));
                boolean approved = yes.get() instanceof Answer.Counted;
                assertThat(no.get() instanceof Answer.Counted).isNotEqualTo(approved);

                assertThat(finish(tokens, first).path("success").asBoolean()).isEqualTo(approved);
                assertThat(snowflake.received().stream().filter(sql::equals).count())
                        .isEqualTo(approved ? 1 : 0);
            }
        }
    }

    @Test
    void reviewer_who_lost_the_group_does_not_count() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, DELETE);
        var id = onlyRequest();

        assertThat(approve(id, reviewer("cy", "analysts")))
                .isInstanceOfSatisfying(
                        Answer.Refused.class, refused -> assertThat(refused.known()).isFalse());
        assertThat(state(id)).isEqualTo(State.PENDING);
    }

    @Test
    void nobody_answers_their_own_request() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, DELETE);
        var id = onlyRequest();

        assertThat(
                        approve(
                                id,
                                new Identity(
                                        "sub-ana",
                                        "ana@acme.example",
                                        Identity.Kind.HUMAN,
                                        Set.of("dba"),
                                        "https://idp.example",
                                        Instant.parse("2100-01-01T00:00:00Z"))))
                .isInstanceOf(Answer.Refused.class);
        assertThat(state(id)).isEqualTo(State.PENDING);
    }

    @Test
    void clock_that_is_set_back_ends_no_wait_and_one_that_jumps_ahead_ends_it_in_time()
            throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        gateway.time.advance(Duration.ofHours(-3));
        assertThat(
                        gateway.get(first.at("/data/getResultUrl").asText(), tokens.token())
                                .path("code")
                                .asText())
                .isEqualTo("333333");
        gateway.time.advance(Duration.ofHours(3).plusMinutes(29));
        approve(id, CY);
        gateway.time.advance(Duration.ofMinutes(2));

        // Too late also for a yes that nobody came for.
        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098014");
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void store_that_is_locked_for_a_while_only_makes_everybody_wait() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        try (var people = Executors.newVirtualThreadPerTaskExecutor();
                var other =
                        JDBC.createConnection(
                                "jdbc:sqlite:" + folder.resolve("sfguard.db"), new Properties());
                var statement = other.createStatement()) {
            statement.execute("BEGIN IMMEDIATE");
            var yes = people.submit(() -> approve(id, CY));
            var poll = gateway.get(first.at("/data/getResultUrl").asText(), tokens.token());
            assertThat(poll.path("code").asText()).isEqualTo("333333");
            assertThat(yes.isDone()).isFalse();
            statement.execute("COMMIT");

            assertThat(yes.get()).isInstanceOf(Answer.Counted.class);
        }
        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(DELETE);
    }

    @Test
    void thousand_statements_wait_at_once_and_each_runs_once() throws Exception {
        var tokens = gateway.login();
        var firsts = new ArrayList<JsonNode>();
        for (int i = 0; i < 1000; i++) {
            firsts.add(gateway.query(tokens, "DELETE FROM orders WHERE id = " + i));
        }
        var open = gateway.approvals().list(EnumSet.of(State.PENDING));
        assertThat(open).hasSize(1000);
        var answers = new ArrayList<CompletableFuture<JsonNode>>();
        try (var clients = Executors.newFixedThreadPool(100, Thread.ofVirtual().factory())) {
            for (var first : firsts) {
                answers.add(CompletableFuture.supplyAsync(() -> finished(tokens, first), clients));
            }
            for (var request : open) {
                approve(request.id(), CY);
            }
        }

        for (var answer : answers) {
            assertThat(answer.get().path("success").asBoolean()).isTrue();
        }
        assertThat(snowflake.received()).hasSize(1000).doesNotHaveDuplicates();
    }

    @Test
    void revoked_yes_that_was_not_used_is_told() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        approve(id, CY);
        gateway.approvals().revoke(id, CY, "wrong ticket");

        var answer = finish(tokens, first);

        assertThat(answer.path("code").asText()).isEqualTo("098015");
        assertThat(answer.path("message").asText())
                .contains("withdrawn by cy@acme.example: wrong ticket");
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void killing_the_session_takes_the_request_back_and_the_client_is_told() throws Exception {
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        var polled = CompletableFuture.supplyAsync(() -> finished(tokens, first));
        var session = gateway.approvals().find(id).orElseThrow().stored().session();

        assertThat(gateway.kill(session, "cy@acme.example", "too long")).hasValue(1);

        assertThat(polled.get().path("code").asText()).isEqualTo("390111");
        assertThat(polled.get().path("message").asText()).contains("cy@acme.example");
        assertThat(state(id)).isEqualTo(State.WITHDRAWN);
        assertThat(gateway.events(RecordingEvent.Withdrawn.class).getFirst().by())
                .startsWith("cy@acme.example");
    }

    private JsonNode several(TestGateway.Tokens tokens, String sql) throws Exception {
        var body = TestGateway.body(sql);
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 0);
        return gateway.query(tokens, UUID.randomUUID().toString(), body);
    }

    private void divides() {
        snowflake.statements.put(
                "1 / 0", (_, _) -> ScriptedSnowflake.error("100051", "Division by zero", "22012"));
    }

    @Test
    void approval_given_where_the_schema_is_unknown_does_not_hold_after_another_use()
            throws Exception {
        divides();
        var tokens = gateway.login();
        several(tokens, "USE SCHEMA SHOP.DEV; SELECT 1 / 0");
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        several(tokens, "USE SCHEMA SHOP.PROD; SELECT 1 / 0");
        approve(id, CY);

        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098015");
        assertThat(snowflake.received()).doesNotContain(DELETE);
    }

    @Test
    void approval_for_a_time_given_where_the_schema_is_unknown_does_not_hold_after_another_use()
            throws Exception {
        divides();
        var tokens = gateway.login();
        several(tokens, "USE SCHEMA SHOP.DEV; SELECT 1 / 0");
        var first = gateway.query(tokens, DELETE);
        gateway.approvals().answer(onlyRequest(), CY, true, "migration", Duration.ofMinutes(10));
        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
        several(tokens, "USE SCHEMA SHOP.PROD; SELECT 1 / 0");

        assertThat(gateway.query(tokens, DELETE).path("code").asText()).isEqualTo("333333");
        assertThat(snowflake.received()).containsOnlyOnce(DELETE);
    }

    @Test
    void approval_given_where_the_schema_is_unknown_holds_while_nothing_moves() throws Exception {
        divides();
        var tokens = gateway.login();
        several(tokens, "USE SCHEMA SHOP.DEV; SELECT 1 / 0");
        var first = gateway.query(tokens, DELETE);
        approve(onlyRequest(), CY);

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
    }

    @Test
    void cancel_of_an_approved_statement_that_waits_for_its_turn_keeps_it_from_running()
            throws Exception {
        gateway.close();
        gateway =
                new TestGateway(
                        folder, snowflake, TestGateway.holding(Duration.ofSeconds(8)), POLICY);
        var here = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        snowflake.statements.put(
                "slow",
                (_, _) -> {
                    here.countDown();
                    assertThat(go.await(10, TimeUnit.SECONDS)).isTrue();
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"done"})));
                });
        var tokens = gateway.login();
        var text = "USE SCHEMA SHOP.OTHER; " + DELETE;
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body(text);
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 2);
        var first = gateway.query(tokens, requestId, body);
        var id = onlyRequest();
        approve(id, CY);
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var slow = clients.submit(() -> gateway.query(tokens, "SELECT 1 /* slow */"));
            assertThat(here.await(10, TimeUnit.SECONDS)).isTrue();
            var answer = clients.submit(() -> finish(tokens, first));
            Await.until(() -> state(id) == State.SENT);

            var cancelled =
                    gateway.post(
                            "/queries/v1/abort-request?requestId=" + UUID.randomUUID(),
                            Json.mapper().createObjectNode().put("requestId", requestId),
                            tokens.token());

            assertThat(cancelled.path("success").asBoolean()).isTrue();
            go.countDown();
            assertThat(slow.get().path("success").asBoolean()).isTrue();
            assertThat(answer.get().path("code").asText()).isEqualTo("000604");
        }
        assertThat(snowflake.received()).doesNotContain(text);
        Await.until(() -> state(id) == State.DONE);
        assertThat(gateway.events(RecordingEvent.Withdrawn.class).getFirst().by())
                .isEqualTo("client");
    }

    @Test
    void use_of_a_warehouse_before_a_statement_that_fails_changes_what_was_approved()
            throws Exception {
        divides();
        var tokens = gateway.login();
        var first = gateway.query(tokens, DELETE);
        var id = onlyRequest();
        several(tokens, "USE WAREHOUSE BIG; SELECT 1 / 0");
        approve(id, CY);

        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098015");
        assertThat(snowflake.received()).doesNotContain(DELETE);
    }

    private static final String OF_THE_LAST =
            "DELETE FROM orders WHERE id IN (SELECT id FROM TABLE(RESULT_SCAN(last_query_id())))";

    @Test
    void approval_of_the_last_result_is_of_no_other_one() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "SELECT 1");
        var first = gateway.query(tokens, OF_THE_LAST);
        var id = onlyRequest();
        gateway.query(tokens, "SELECT id FROM customers");
        approve(id, CY);

        assertThat(finish(tokens, first).path("code").asText()).isEqualTo("098015");
        assertThat(snowflake.received()).doesNotContain(OF_THE_LAST);
    }

    @Test
    void approval_of_the_last_result_holds_while_it_is_the_last() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "SELECT 1");
        var first = gateway.query(tokens, OF_THE_LAST);
        approve(onlyRequest(), CY);

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
    }

    @Test
    @Timeout(30)
    void approved_statement_runs_behind_an_asynchronous_move_whose_end_was_only_looked_at()
            throws Exception {
        var tokens = gateway.login();
        var moving = "01b00000-0000-0000-0000-0000000000ab";
        snowflake.statements.put(
                "USE SCHEMA SHOP.OTHER", (_, _) -> ScriptedSnowflake.running(moving, "333334"));
        snowflake.paths.put(
                "/monitoring/queries/.*",
                (_, _) -> {
                    var data = Json.mapper().createObjectNode();
                    data.putArray("queries").addObject().put("id", moving).put("status", "SUCCESS");
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
                });
        gateway.query(
                tokens,
                UUID.randomUUID().toString(),
                TestGateway.body("USE SCHEMA SHOP.OTHER").put("asyncExec", true));
        assertThat(status(tokens, moving)).isEqualTo("SUCCESS");

        var first = gateway.query(tokens, DELETE);
        approve(onlyRequest(), CY);

        assertThat(finish(tokens, first).path("success").asBoolean()).isTrue();
    }
}
