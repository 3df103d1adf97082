package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What becomes of a statement whose answer was lost.
class LookupIT {
    private static final String ID = "01b2c3d4-0000-0000-0000-000000000001";

    private static final String DETECTORS =
            TestGateway.POLICY + "detectors:\n  - {find: [email], with: redact}\n";

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;
    private final List<String> questions = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake);
        snowflake.statements.put("lost", (_, exchange) -> drop(exchange));
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private static byte[] drop(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 1000);
        exchange.getResponseBody().write('{');
        exchange.getResponseBody().flush();
        throw new IOException("dropped");
    }

    /// What the history answers: id, status, text of each statement.
    private void history(String[]... rows) {
        snowflake.statements.put(
                "QUERY_HISTORY_BY_USER",
                (call, _) -> {
                    questions.add(call.sql());
                    return historyAnswer(rows);
                });
    }

    private byte[] historyAnswer(String[]... rows) throws IOException {
        ObjectNode data = snowflake.rows(rows);
        var rowtype = data.putArray("rowtype");
        for (var name : new String[] {"QUERY_ID", "EXECUTION_STATUS", "STATEMENT"}) {
            rowtype.addObject().put("name", name).put("type", "text");
        }
        return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
    }

    private void result(String id, byte[] answer) {
        snowflake.paths.put("/queries/" + id + "/result", (_, _) -> answer);
    }

    private byte[] inserted(String id) throws IOException {
        return ScriptedSnowflake.bytes(
                ScriptedSnowflake.ok(snowflake.rows(new String[] {"1"}).put("queryId", id)));
    }

    private RecordingEvent.LookedUp lookedUp() throws IOException {
        var found = gateway.events(RecordingEvent.LookedUp.class);
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    @Test
    void statement_that_succeeded_gives_its_real_result_and_runs_once() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "SUCCESS", "insert into lost values (1)"});
        result(ID, inserted(ID));
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into lost values (1)");

        var answer = gateway.query(tokens, requestId, body);
        var repeat = gateway.query(tokens, requestId, body);

        assertThat(answer.path("data").path("rowset").toString()).isEqualTo("[[\"1\"]]");
        assertThat(answer.path("data").path("queryId").asText()).isEqualTo(ID);
        assertThat(repeat).isEqualTo(answer);
        assertThat(snowflake.received()).hasSize(1);
        assertThat(lookedUp()).isEqualTo(new RecordingEvent.LookedUp(1, "succeeded", ID, null));
        assertThat(gateway.events(RecordingEvent.Ended.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Failed.class)).isEmpty();
    }

    @Test
    void question_goes_by_the_tag_on_a_session_of_its_own_and_is_bounded() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "SUCCESS", "x"});
        result(ID, inserted(ID));

        gateway.query(tokens, "insert into lost values (1)");

        assertThat(snowflake.logins).hasSize(2);
        var session = gateway.events(RecordingEvent.Opened.class).getFirst().session();
        assertThat(questions)
                .singleElement()
                .asString()
                .contains(
                        "STARTSWITH(QUERY_TAG, '{\"sfguard\":{\"s\":\"" + session + "\",\"q\":1}')")
                .contains("DATEADD('second', -600, CURRENT_TIMESTAMP())")
                .contains("RESULT_LIMIT => 10000")
                .doesNotContain("insert into");
        // It closes again.
        assertThat(snowflake.calls)
                .anyMatch(
                        call ->
                                call.path().equals("/session")
                                        && ScriptedSnowflake.token(call)
                                                .equals("upstream-session-2"));
    }

    @Test
    void statement_that_still_runs_is_polled_by_its_id() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "QUEUED", "x"});
        var polls = new AtomicInteger();
        snowflake.paths.put(
                "/queries/" + ID + "/result",
                (_, _) ->
                        polls.incrementAndGet() < 3
                                ? ScriptedSnowflake.running(ID, "333333")
                                : inserted(ID));

        var answer = gateway.query(tokens, "insert into lost values (1)");
        while (answer.path("code").asText().equals("333333")) {
            answer = gateway.get(answer.path("data").path("getResultUrl").asText(), tokens.token());
        }

        assertThat(answer.path("data").path("rowset").toString()).isEqualTo("[[\"1\"]]");
        assertThat(polls).hasValue(3);
        assertThat(lookedUp().found()).isEqualTo("running");
        assertThat(snowflake.received()).hasSize(1);
    }

    @Test
    void statement_that_failed_gives_snowflakes_error() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "FAILED_WITH_ERROR", "x"});
        result(
                ID,
                ScriptedSnowflake.error("100038", "Numeric value 'x' is not recognized", "22018"));

        var answer = gateway.query(tokens, "insert into lost values ('x')");

        assertThat(answer.path("code").asText()).isEqualTo("100038");
        assertThat(answer.path("data").path("sqlState").asText()).isEqualTo("22018");
        assertThat(lookedUp().found()).isEqualTo("failed");
        assertThat(gateway.events(RecordingEvent.Failed.class).getFirst().code())
                .isEqualTo("100038");
    }

    @Test
    void success_whose_result_is_gone_does_not_read_as_a_failure() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "SUCCESS", "x"});
        result(ID, ScriptedSnowflake.error("000709", "Statement not found", "02000"));

        var answer = gateway.query(tokens, "insert into lost values (1)");

        assertThat(answer.path("code").asText()).isEqualTo("098019");
        assertThat(answer.path("message").asText()).contains("It ran and succeeded as " + ID);
    }

    @Test
    void statement_that_is_not_in_the_history_is_unknown_and_never_sent_again() throws Exception {
        var tokens = gateway.login();
        history();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into lost values (1)");

        var answer = gateway.query(tokens, requestId, body);
        var repeat = gateway.query(tokens, requestId, body);

        assertThat(answer.path("code").asText()).isEqualTo("098019");
        assertThat(answer.path("message").asText())
                .contains("query history does not show a statement with its tag")
                .contains("may have run; sfguard does not send it again");
        assertThat(repeat).isEqualTo(answer);
        assertThat(snowflake.received()).hasSize(1);
        assertThat(questions).hasSize(5);
        assertThat(lookedUp().found()).isEqualTo("not found");
    }

    @Test
    void statement_that_shows_up_late_is_found() throws Exception {
        var tokens = gateway.login();
        snowflake.statements.put(
                "QUERY_HISTORY_BY_USER",
                (call, _) -> {
                    questions.add(call.sql());
                    return questions.size() < 3
                            ? historyAnswer()
                            : historyAnswer(new String[] {ID, "SUCCESS", "x"});
                });
        result(ID, inserted(ID));

        var answer = gateway.query(tokens, "insert into lost values (1)");

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(lookedUp().found()).isEqualTo("succeeded");
    }

    @Test
    void history_that_cannot_be_asked_is_said() throws Exception {
        var tokens = gateway.login();
        snowflake.statements.put(
                "QUERY_HISTORY_BY_USER",
                (_, _) -> ScriptedSnowflake.error("000606", "No active warehouse", "57P03"));

        var answer = gateway.query(tokens, "insert into lost values (1)");

        assertThat(answer.path("code").asText()).isEqualTo("098019");
        assertThat(answer.path("message").asText())
                .contains("could not be looked up in Snowflake's query history")
                .contains("No active warehouse");
        assertThat(lookedUp().found()).isEqualTo("not asked");
        assertThat(lookedUp().why()).contains("000606");
    }

    @Test
    void malformed_history_is_not_believed() throws Exception {
        var tokens = gateway.login();
        for (var answer :
                new String[] {
                    "[]", "null", "{\"success\":true}", "{\"success\":true,\"data\":{\"rowset\":7}}"
                }) {
            snowflake.statements.put(
                    "QUERY_HISTORY_BY_USER", (_, _) -> answer.getBytes(StandardCharsets.UTF_8));

            assertThat(gateway.query(tokens, "insert into lost values (1)").path("code").asText())
                    .as(answer)
                    .isEqualTo("098019");
        }
        assertThat(gateway.events(RecordingEvent.LookedUp.class))
                .extracting(RecordingEvent.LookedUp::found)
                .containsOnly("not asked");
    }

    @Test
    void request_of_several_statements_is_told_from_its_children() throws Exception {
        var tokens = gateway.login();
        var text = "insert into lost values (1); select 2";
        history(
                new String[] {
                    "01b2c3d4-0000-0000-0000-00000000000a", "SUCCESS", "insert into lost"
                },
                new String[] {ID, "SUCCESS", text},
                new String[] {"01b2c3d4-0000-0000-0000-00000000000b", "SUCCESS", "select 2"});
        var children = "01b2c3d4-0000-0000-0000-00000000000a,01b2c3d4-0000-0000-0000-00000000000b";
        result(
                ID,
                ScriptedSnowflake.bytes(
                        ScriptedSnowflake.ok(
                                snowflake
                                        .rows(new String[] {"done"})
                                        .put("queryId", ID)
                                        .put("resultIds", children)
                                        .put("resultTypes", "12544,4096"))));
        result(
                "01b2c3d4-0000-0000-0000-00000000000b",
                inserted("01b2c3d4-0000-0000-0000-00000000000b"));
        var body = TestGateway.body(text);
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 2);

        var answer = gateway.query(tokens, UUID.randomUUID().toString(), body);
        var child =
                gateway.get("/queries/01b2c3d4-0000-0000-0000-00000000000b/result", tokens.token());

        assertThat(answer.path("data").path("queryId").asText()).isEqualTo(ID);
        assertThat(answer.path("data").path("resultIds").asText()).isEqualTo(children);
        assertThat(child.path("success").asBoolean()).isTrue();
    }

    @Test
    void statements_of_the_same_tag_without_the_request_are_not_taken_for_it() throws Exception {
        var tokens = gateway.login();
        history(
                new String[] {ID, "SUCCESS", "something else"},
                new String[] {"01b2c3d4-0000-0000-0000-00000000000b", "SUCCESS", "and more"});

        assertThat(gateway.query(tokens, "insert into lost values (1)").path("code").asText())
                .isEqualTo("098019");
        assertThat(lookedUp().found()).isEqualTo("not found");
    }

    @Test
    void asynchronous_statement_goes_on_under_the_id_that_was_found() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "RUNNING", "x"});
        result(ID, inserted(ID));
        var body = TestGateway.body("insert into lost values (1)").put("asyncExec", true);

        var answer = gateway.query(tokens, UUID.randomUUID().toString(), body);

        assertThat(answer.path("code").asText()).isEqualTo("333334");
        assertThat(answer.path("data").path("queryId").asText()).isEqualTo(ID);
        assertThat(
                        gateway.get("/queries/" + ID + "/result", tokens.token())
                                .path("success")
                                .asBoolean())
                .isTrue();
    }

    @Test
    void statement_without_a_tag_is_unknown() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "SUCCESS", "x"});

        var answer = gateway.query(tokens, "show parameters like 'lost'");

        assertThat(answer.path("code").asText()).isEqualTo("098019");
        assertThat(answer.path("message").asText()).contains("carried none of sfguard's");
        assertThat(questions).isEmpty();
        assertThat(snowflake.received()).hasSize(1);
    }

    @Test
    void describe_executes_nothing_and_is_asked_again() throws Exception {
        var tokens = gateway.login();
        var times = new AtomicInteger();
        snowflake.statements.put(
                "lost",
                (_, exchange) -> times.incrementAndGet() == 1 ? drop(exchange) : inserted(ID));
        var body = TestGateway.body("select * from lost").put("describeOnly", true);

        var answer = gateway.query(tokens, UUID.randomUUID().toString(), body);

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(times).hasValue(2);
        assertThat(questions).isEmpty();
        assertThat(gateway.events(RecordingEvent.Described.class)).hasSize(1);
    }

    @Test
    void result_that_breaks_off_again_and_again_comes_to_an_end() throws Exception {
        var tokens = gateway.login();
        history(new String[] {ID, "SUCCESS", "x"});
        snowflake.paths.put(
                "/queries/" + ID + "/result",
                (_, _) -> "{\"data\":{\"rowset\":[[".getBytes(StandardCharsets.UTF_8));
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into lost values (1)");

        var answer = gateway.query(tokens, requestId, body);
        int polls = 0;
        while (answer.path("code").asText().equals("333333") && polls++ < 10) {
            answer = gateway.get(answer.path("data").path("getResultUrl").asText(), tokens.token());
        }

        assertThat(polls).isLessThan(5);
        assertThat(answer.path("code").asText()).isEqualTo("098019");
        assertThat(answer.path("message").asText()).contains(ID);
        assertThat(snowflake.received()).hasSize(1);
    }

    /// The gateway stops in the middle of the call, as a crash would have it.
    private void stoppedWhileSent(TestGateway.Tokens tokens, String requestId, JsonNode body)
            throws Exception {
        var arrived = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        snowflake.statements.put(
                "lost",
                (_, exchange) -> {
                    arrived.countDown();
                    goOn.await(30, TimeUnit.SECONDS);
                    return drop(exchange);
                });
        var asked =
                CompletableFuture.runAsync(
                        () -> {
                            try {
                                gateway.query(tokens, requestId, body);
                            } catch (Exception stopped) {
                                throw new IllegalStateException(stopped);
                            }
                        });
        assertThat(arrived.await(30, TimeUnit.SECONDS)).isTrue();
        gateway.recordings().close();
        goOn.countDown();
        try {
            asked.get(30, TimeUnit.SECONDS);
        } catch (ExecutionException stopped) {
            assertThat(stopped).isNotNull();
        }
        gateway.stop();
        gateway.start();
    }

    @Test
    void statement_that_was_sent_before_a_restart_is_looked_up() throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into lost values (1)");
        stoppedWhileSent(tokens, requestId, body);
        history(new String[] {ID, "SUCCESS", "x"});
        result(ID, inserted(ID));

        var answer = gateway.query(tokens, requestId, body);

        assertThat(answer.path("data").path("queryId").asText()).isEqualTo(ID);
        assertThat(snowflake.received()).hasSize(1);
        assertThat(lookedUp()).isEqualTo(new RecordingEvent.LookedUp(1, "succeeded", ID, null));
        assertThat(gateway.events())
                .extracting(event -> event.getClass().getSimpleName())
                .containsSubsequence("Sent", "Resumed", "LookedUp", "Ended");
    }

    private byte[] address() throws IOException {
        var data = snowflake.rows(new String[] {"write to bo@shop.example"}).put("queryId", ID);
        return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
    }

    @Test
    void what_is_found_after_a_restart_goes_through_the_detectors() throws Exception {
        gateway.policy(DETECTORS);
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("select txt from lost");
        stoppedWhileSent(tokens, requestId, body);
        history(new String[] {ID, "SUCCESS", "x"});
        result(ID, address());

        var answer = gateway.query(tokens, requestId, body);
        var fetched = gateway.get("/queries/" + ID + "/result", tokens.token());

        assertThat(lookedUp().found()).isEqualTo("succeeded");
        assertThat(answer.path("data").path("rowset").toString())
                .contains("write to ")
                .doesNotContain("bo@shop.example");
        assertThat(fetched.path("data").path("rowset"))
                .isEqualTo(answer.path("data").path("rowset"));
    }

    @Test
    void what_is_found_when_an_answer_was_lost_goes_through_the_detectors() throws Exception {
        gateway.policy(DETECTORS);
        var tokens = gateway.login();
        history(new String[] {ID, "SUCCESS", "x"});
        result(ID, address());

        assertThat(gateway.query(tokens, "select txt from lost").path("data").path("rowset"))
                .asString()
                .contains("write to ")
                .doesNotContain("bo@shop.example");
    }

    @Test
    void statement_that_nobody_finds_after_a_restart_is_unknown_for_good() throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into lost values (1)");
        stoppedWhileSent(tokens, requestId, body);
        history();

        var answer = gateway.query(tokens, requestId, body);
        gateway.stop();
        gateway.start();
        var later = gateway.query(tokens, requestId, body);

        assertThat(answer.path("code").asText()).isEqualTo("098019");
        assertThat(answer.path("message").asText()).contains("the gateway was restarted");
        assertThat(later.path("code").asText()).isEqualTo("098019");
        assertThat(snowflake.received()).hasSize(1);
    }

    @Test
    void several_clients_that_repeat_at_once_after_a_restart_share_one_look_up() throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into lost values (1)");
        stoppedWhileSent(tokens, requestId, body);
        history(new String[] {ID, "SUCCESS", "x"});
        result(ID, inserted(ID));

        int before = snowflake.logins.size();
        var answers = new ArrayList<CompletableFuture<JsonNode>>();
        for (int i = 0; i < 8; i++) {
            answers.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return gateway.query(tokens, requestId, body);
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            }));
        }
        for (var answer : answers) {
            assertThat(answer.get().path("data").path("queryId").asText()).isEqualTo(ID);
        }

        assertThat(snowflake.received()).hasSize(1);
        assertThat(questions).hasSize(1);
        // One in the place of the client's, and the look-up's.
        assertThat(snowflake.logins).hasSize(before + 2);
    }
}
