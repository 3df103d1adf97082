package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatementIT {
    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private void answers(String text, String[]... rows) {
        snowflake.statements.put(
                text,
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows(rows))));
    }

    @Test
    void query_is_decided_recorded_sent_and_answered() throws Exception {
        answers("from customers", new String[] {"Ada", "1"}, new String[] {"Böb \"q\"", null});
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "select name, n from customers");

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(answer.path("data").path("rowset").toString())
                .isEqualTo("[[\"Ada\",\"1\"],[\"Böb \\\"q\\\"\",null]]");
        assertThat(snowflake.received()).containsExactly("select name, n from customers");
        assertThat(gateway.events())
                .extracting(event -> event.getClass().getSimpleName())
                .containsSubsequence(
                        "Opened", "Asked", "Decided", "Sent", "Columns", "Rows", "Ended");
        var rows = gateway.events(RecordingEvent.Rows.class).getFirst();
        assertThat(new String(rows.json(), StandardCharsets.UTF_8))
                .isEqualTo("[[\"Ada\",\"1\"],[\"Böb \\\"q\\\"\",null]]");
        var ended = gateway.events(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(2);
        assertThat(ended.recordedRows()).isEqualTo(2);
        assertThat(ended.sha256())
                .isEqualTo(Tokens.hash("[\"Ada\",\"1\"],[\"Böb \\\"q\\\"\",null]"));
        assertThat(ended.queryId()).isEqualTo(answer.path("data").path("queryId").asText());
    }

    @Test
    void denied_statement_never_reaches_snowflake() throws Exception {
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "drop database shop");

        assertThat(answer.path("success").asBoolean()).isFalse();
        assertThat(answer.path("code").asText()).isEqualTo("098011");
        assertThat(answer.path("data").path("errorCode").asText()).isEqualTo("098011");
        assertThat(answer.path("data").path("sqlState").asText()).isEqualTo("42501");
        assertThat(answer.path("data").path("queryId").asText()).isNotEmpty();
        assertThat(answer.path("message").asText())
                .startsWith("sfguard: ")
                .contains("Objects are dropped by migrations only. Ask #data-platform.");
        assertThat(snowflake.received()).isEmpty();
        assertThat(gateway.events(RecordingEvent.Sent.class)).isEmpty();
        assertThat(gateway.events(RecordingEvent.Decided.class).getFirst().rule())
                .isEqualTo("no-drop");
    }

    @Test
    void refused_asynchronous_statement_shows_its_error_by_every_way_to_its_result()
            throws Exception {
        var tokens = gateway.login();
        var body = TestGateway.body("drop database shop").put("asyncExec", true);

        var refused = gateway.query(tokens, UUID.randomUUID().toString(), body);
        var id = refused.path("data").path("queryId").asText();
        var status = gateway.get("/monitoring/queries/" + id, tokens.token());
        var result = gateway.get("/queries/" + id + "/result", tokens.token());
        var scan = gateway.query(tokens, "select * from table(result_scan('" + id + "'))");

        assertThat(status.at("/data/queries/0/status").asText()).isEqualTo("SUCCESS");
        assertThat(status.at("/data/queries/0/id").asText()).isEqualTo(id);
        assertThat(result).isEqualTo(refused);
        assertThat(scan.path("message")).isEqualTo(refused.path("message"));
        assertThat(scan.path("code").asText()).isEqualTo("098011");
        assertThat(scan.path("data").path("sqlState").asText()).isEqualTo("42501");
        assertThat(snowflake.calls).noneMatch(call -> call.path().contains("monitoring"));
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void refused_id_of_another_session_tells_nothing() throws Exception {
        var mine = gateway.login();
        var other = gateway.login();
        var id = gateway.query(mine, "drop database shop").path("data").path("queryId").asText();

        assertThat(gateway.get("/monitoring/queries/" + id, other.token()).path("code").asText())
                .isEqualTo("000709");
        var scan = gateway.query(other, "select * from table(result_scan('" + id + "'))");
        assertThat(scan.toString()).doesNotContain("migrations only");
    }

    @Test
    void one_denied_statement_of_several_denies_all() throws Exception {
        var tokens = gateway.login();
        var body = TestGateway.body("select 1; drop table t; select 2");
        body.putObject("parameters").put("multi_statement_count", 3);

        var answer = gateway.query(tokens, UUID.randomUUID().toString(), body);

        assertThat(answer.path("code").asText()).isEqualTo("098011");
        assertThat(snowflake.received()).isEmpty();
        assertThat(gateway.events(RecordingEvent.Decided.class))
                .extracting(RecordingEvent.Decided::verdict)
                .containsExactly("allow", "block", "allow");
    }

    @Test
    void statement_count_is_guarded_as_snowflake_does() throws Exception {
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "select 1; select 2");

        assertThat(answer.path("code").asText()).isEqualTo("000008");
        assertThat(answer.path("data").path("sqlState").asText()).isEqualTo("0A000");
        assertThat(answer.path("message").asText())
                .isEqualTo("Actual statement count 2 did not match the desired statement count 1.");
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void repeat_of_a_running_request_joins_it_and_runs_once() throws Exception {
        var running = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        snowflake.statements.put(
                "update orders",
                (_, _) -> {
                    running.countDown();
                    goOn.await(20, TimeUnit.SECONDS);
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"1"})));
                });
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("update orders set n = 1 where id = 7");
        var first = CompletableFuture.supplyAsync(() -> ask(tokens, requestId, body));
        running.await(20, TimeUnit.SECONDS);

        // The repeat waits for a while, and is told to ask again.
        var repeat = ask(tokens, requestId, body);
        assertThat(repeat.path("code").asText()).isEqualTo("333333");
        var poll = repeat.path("data").path("getResultUrl").asText();
        assertThat(poll).matches("/queries/[^/]+/result");
        goOn.countDown();

        assertThat(first.get(20, TimeUnit.SECONDS).path("success").asBoolean()).isTrue();
        assertThat(ask(tokens, requestId, body).path("data").path("rowset").toString())
                .isEqualTo("[[\"1\"]]");
        assertThat(gateway.get(poll, tokens.token()).path("data").path("rowset").toString())
                .isEqualTo("[[\"1\"]]");
        assertThat(snowflake.received()).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Asked.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Ended.class)).hasSize(1);
    }

    private JsonNode ask(TestGateway.Tokens tokens, String requestId, JsonNode body) {
        try {
            return gateway.query(tokens, requestId, body);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void long_statement_is_polled_under_an_address_of_ours() throws Exception {
        var id = ScriptedSnowflake.queryId();
        snowflake.statements.put("slow", (_, _) -> ScriptedSnowflake.running(id, "333333"));
        var result = snowflake.rows(new String[] {"done"}).put("queryId", id);
        snowflake.paths.put(
                "/queries/" + id + "/result",
                (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(result)));
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "select 'slow'");
        assertThat(answer.path("code").asText()).isEqualTo("333333");
        var url = answer.path("data").path("getResultUrl").asText();
        assertThat(url).isEqualTo("/queries/" + id + "/result");

        assertThat(gateway.get(url, tokens.token()).path("data").path("rowset").toString())
                .isEqualTo("[[\"done\"]]");
        assertThat(gateway.events(RecordingEvent.Ended.class).getFirst().queryId()).isEqualTo(id);
    }

    @Test
    void cancel_reaches_snowflake_under_the_same_request_id_and_is_recorded() throws Exception {
        var running = new CountDownLatch(1);
        var cancelled = new CountDownLatch(1);
        snowflake.statements.put(
                "forever",
                (_, _) -> {
                    running.countDown();
                    cancelled.await(20, TimeUnit.SECONDS);
                    return ScriptedSnowflake.error("000604", "SQL execution canceled", "57014");
                });
        snowflake.paths.put(
                "/queries/v1/abort-request",
                (_, _) -> {
                    cancelled.countDown();
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(null));
                });
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var statement =
                CompletableFuture.supplyAsync(
                        () -> ask(tokens, requestId, TestGateway.body("select 'forever'")));
        running.await(20, TimeUnit.SECONDS);

        var answer =
                gateway.post(
                        "/queries/v1/abort-request?requestId=" + UUID.randomUUID(),
                        Json.mapper().createObjectNode().put("requestId", requestId),
                        tokens.token());

        assertThat(answer.path("success").asBoolean()).isTrue();
        var ended = statement.get(20, TimeUnit.SECONDS);
        assertThat(ended.path("code").asText()).isEqualTo("000604");
        assertThat(ended.path("data").path("sqlState").asText()).isEqualTo("57014");
        var abort =
                snowflake.calls.stream()
                        .filter(call -> call.path().endsWith("abort-request"))
                        .findFirst()
                        .orElseThrow();
        assertThat(abort.body().path("requestId").asText()).isEqualTo(requestId);
        assertThat(gateway.events(RecordingEvent.Cancelled.class).getFirst().by())
                .isEqualTo("client");
    }

    @Test
    void query_tag_ties_the_statement_to_its_recording_and_keeps_the_clients_own()
            throws Exception {
        var tokens = gateway.login();
        var body = TestGateway.body("select 1");
        body.putObject("parameters").put("QUERY_TAG", "nightly").put("SEARCH_PATH", "$public");

        gateway.query(tokens, UUID.randomUUID().toString(), body);

        var parameters = snowflake.lastQuery().body().path("parameters");
        var tag = Json.mapper().readTree(parameters.path("QUERY_TAG").asText());
        var opened = gateway.events(RecordingEvent.Opened.class).getFirst();
        assertThat(tag.path("sfguard").path("s").asText()).isEqualTo(opened.session());
        assertThat(tag.path("sfguard").path("q").asLong()).isEqualTo(1);
        assertThat(tag.path("tag").asText()).isEqualTo("nightly");
        assertThat(parameters.has("SEARCH_PATH")).isFalse();
    }

    @Test
    void describe_carries_no_tag_and_is_recorded_as_one() throws Exception {
        var tokens = gateway.login();

        gateway.query(
                tokens,
                UUID.randomUUID().toString(),
                TestGateway.body("select 1").put("describeOnly", true));
        var denied =
                gateway.query(
                        tokens,
                        UUID.randomUUID().toString(),
                        TestGateway.body("drop table t").put("describeOnly", true));

        assertThat(snowflake.lastQuery().body().path("parameters").has("QUERY_TAG")).isFalse();
        assertThat(gateway.events(RecordingEvent.Described.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Ended.class)).isEmpty();
        assertThat(denied.path("code").asText()).isEqualTo("098011");
    }

    @Test
    void prompt_comes_in_by_parameter_statement_and_comment() throws Exception {
        var tokens = gateway.login();

        var set = gateway.query(tokens, "ALTER SESSION SET SFGUARD_PROMPT = 'which customers?'");
        gateway.query(tokens, "select 1");
        gateway.query(tokens, "select 2");
        gateway.query(tokens, "/* sfguard: {\"prompt\":\"why\",\"tool_call\":\"7\"} */ select 3");

        assertThat(set.path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).hasSize(3).noneMatch(sql -> sql.contains("ALTER"));
        assertThat(gateway.events(RecordingEvent.Prompt.class))
                .extracting(RecordingEvent.Prompt::text)
                .containsExactly("which customers?", "why");
        assertThat(gateway.events(RecordingEvent.Prompt.class).getLast().toolCall()).isEqualTo("7");
    }

    @Test
    void result_formats_cannot_be_changed_by_the_client() throws Exception {
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "alter session set jdbc_query_result_format = 'ARROW'");

        assertThat(answer.path("code").asText()).isEqualTo("098011");
        assertThat(snowflake.received()).isEmpty();
        assertThat(
                        snowflake
                                .logins
                                .getFirst()
                                .path("SESSION_PARAMETERS")
                                .path("JDBC_QUERY_RESULT_FORMAT")
                                .asText())
                .isEqualTo("JSON");
    }

    @Test
    void arrow_and_stage_credentials_do_not_pass() throws Exception {
        snowflake.statements.put(
                "arrow",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(
                                        snowflake
                                                .rows(new String[] {"1"})
                                                .put("queryResultFormat", "arrow")
                                                .put("rowsetBase64", "QUJD"))));
        snowflake.statements.put(
                "stage",
                (_, _) -> {
                    var data = snowflake.rows(new String[] {"1"});
                    data.putObject("stageInfo").put("creds", "canary-credential");
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
                });
        var tokens = gateway.login();

        for (var sql : new String[] {"select 'arrow'", "select 'stage'"}) {
            var answer = gateway.query(tokens, sql);
            assertThat(answer.path("success").asBoolean()).isFalse();
            assertThat(answer.path("code").asText()).isEqualTo("098011");
            assertThat(answer.toString()).doesNotContain("canary-credential", "QUJD");
        }
    }

    @Test
    void several_results_of_one_request_are_fetched_and_recorded_one_by_one() throws Exception {
        var ids = new String[] {ScriptedSnowflake.queryId(), ScriptedSnowflake.queryId()};
        snowflake.statements.put(
                "select 'a'",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(
                                        snowflake
                                                .rows(new String[] {"done"})
                                                .put("resultIds", ids[0] + "," + ids[1])
                                                .put("resultTypes", "4096,4096"))));
        for (var id : ids) {
            snowflake.paths.put(
                    "/queries/" + id + "/result",
                    (_, _) ->
                            ScriptedSnowflake.bytes(
                                    ScriptedSnowflake.ok(
                                            snowflake.rows(new String[] {id}).put("queryId", id))));
        }
        var tokens = gateway.login();
        var body = TestGateway.body("select 'a'; select 'b'");
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 2);
        gateway.query(tokens, UUID.randomUUID().toString(), body);

        for (var id : ids) {
            var child = gateway.get("/queries/" + id + "/result", tokens.token());
            assertThat(child.path("data").path("rowset").toString())
                    .isEqualTo("[[\"" + id + "\"]]");
            gateway.get("/queries/" + id + "/result", tokens.token());
        }

        // JDBC fetches the first one more than once: it is recorded once.
        assertThat(gateway.events(RecordingEvent.Ended.class))
                .extracting(RecordingEvent.Ended::queryId)
                .contains(ids)
                .hasSize(3);
        assertThat(gateway.events(RecordingEvent.Rows.class)).hasSize(3);
    }

    @Test
    void large_inline_result_streams_and_is_recorded_whole() throws Exception {
        var rows = new String[20_000][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = new String[] {"row " + i, "x".repeat(30)};
        }
        answers("big", rows);
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "select 'big'");

        var rowset = answer.path("data").path("rowset");
        assertThat(rowset.size()).isEqualTo(20_000);
        assertThat(rowset.path(19_999).path(0).asText()).isEqualTo("row 19999");
        var recorded = new java.util.ArrayList<JsonNode>();
        long expected = 0;
        for (var batch : gateway.events(RecordingEvent.Rows.class)) {
            assertThat(batch.first()).isEqualTo(expected);
            expected += batch.count();
            Json.mapper().readTree(batch.json()).forEach(recorded::add);
        }
        assertThat(recorded).hasSize(20_000);
        assertThat(recorded.get(12_345)).isEqualTo(rowset.get(12_345));
        var text = rowset.toString();
        assertThat(gateway.events(RecordingEvent.Ended.class).getFirst().sha256())
                .isEqualTo(Tokens.hash(text.substring(1, text.length() - 1)));
    }

    @Test
    void agent_mark_raises_and_is_recorded() throws Exception {
        var login = TestGateway.loginBody(gateway.secret());
        ((com.fasterxml.jackson.databind.node.ObjectNode)
                        login.path("data").path("SESSION_PARAMETERS"))
                .put("SFGUARD_AGENT", "{\"agent\":\"claude\",\"model\":\"m1\"}");

        var answer = gateway.post("/session/v1/login-request", login, null);

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(gateway.events(RecordingEvent.Opened.class).getFirst().kind())
                .isEqualTo("agent");
        assertThat(snowflake.logins.getFirst().toString()).doesNotContain("SFGUARD_AGENT");
    }

    @Test
    void sessions_parameters_are_filtered_and_answers_forced() throws Exception {
        var login = TestGateway.loginBody(gateway.secret());
        ((com.fasterxml.jackson.databind.node.ObjectNode)
                        login.path("data").path("SESSION_PARAMETERS"))
                .put("timezone", "UTC")
                .put("QUOTED_IDENTIFIERS_IGNORE_CASE", "true");

        var answer = gateway.post("/session/v1/login-request", login, null);

        var sent = snowflake.logins.getFirst().path("SESSION_PARAMETERS");
        assertThat(sent.path("TIMEZONE").asText()).isEqualTo("UTC");
        assertThat(sent.has("QUOTED_IDENTIFIERS_IGNORE_CASE")).isFalse();
        var told = new java.util.HashMap<String, JsonNode>();
        answer.path("data")
                .path("parameters")
                .forEach(p -> told.put(p.path("name").asText(), p.path("value")));
        assertThat(told.get("CLIENT_TELEMETRY_ENABLED").asBoolean(true)).isFalse();
        assertThat(told.get("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD").asInt(-1)).isZero();
        assertThat(told.get("AUTOCOMMIT").isBoolean()).isTrue();
        assertThat(Map.copyOf(told)).containsKeys("CLIENT_MEMORY_LIMIT", "BINARY_OUTPUT_FORMAT");
    }
}
