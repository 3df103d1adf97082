package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Bodies that no driver sends: what is decided and recorded is what leaves, or nothing leaves.
class HostileRequestIT {
    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;
    private TestGateway.Tokens tokens;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake);
        tokens = gateway.login();
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private JsonNode send(String body) throws Exception {
        var answer =
                gateway.send(
                        gateway.anaPort(),
                        "POST",
                        "/queries/v1/query-request?requestId=" + UUID.randomUUID(),
                        body.getBytes(StandardCharsets.UTF_8),
                        tokens.token());
        assertThat(answer.statusCode()).isEqualTo(200);
        return Json.mapper().readTree(answer.body());
    }

    private void everythingSentHasAnOutcome() throws Exception {
        var sent = gateway.events(RecordingEvent.Sent.class).size();
        var ended = gateway.events(RecordingEvent.Ended.class).size();
        var failed = gateway.events(RecordingEvent.Failed.class).size();
        assertThat(ended + failed).isGreaterThanOrEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sqlText\": \"delete from t\", \"describeOnly\": \"true\"}",
                "{\"sqlText\": \"delete from t\", \"describeOnly\": 1}",
                "{\"sqlText\": \"delete from t\", \"asyncExec\": \"true\"}",
                "{\"sqlText\": \"delete from t\", \"isInternal\": {\"a\": 1}}",
                "{\"sqlText\": \"delete from t\", \"bindings\": [{\"type\": \"TEXT\", \"value\": \"x\"}]}",
                "{\"sqlText\": \"delete from t\", \"parameters\": {\"TIMEZONE\": {\"a\": 1}}}",
                "{\"sqlText\": \"select '\\ud800'\"}",
                "{\"sqlText\": \"select '\\udc00\\ud800'\"}",
                "{\"sqlText\": \"select ?\", \"bindings\": {\"1\": {\"type\": \"TEXT\", \"value\": \"\\ud800\"}}}",
                "{\"sqlText\": \"select 1\", \"querySubmissionTime\": \"\\ud800\"}"
            })
    void what_snowflake_might_read_in_another_way_is_not_sent(String body) throws Exception {
        var answer = send(body);
        assertThat(answer.path("success").asBoolean()).isFalse();
        assertThat(answer.path("message").asText()).startsWith("sfguard: ");
        assertThat(snowflake.received()).isEmpty();
        everythingSentHasAnOutcome();
    }

    @Test
    void a_result_whose_client_went_away_in_the_middle_has_an_outcome() throws Exception {
        var rows = new String[30_000][];
        Arrays.fill(rows, new String[] {"x".repeat(1_000)});
        var large = ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows(rows)));
        snowflake.statements.put("select large", (_, _) -> large);
        var requestId = UUID.randomUUID().toString();
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.anaPort())) {
            var body = "{\"sqlText\": \"select large\"}";
            var request =
                    "POST /queries/v1/query-request?requestId=%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Snowflake Token=\"%s\"\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(requestId, tokens.token(), body.length(), body);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(1_000)).hasSize(1_000);
        }
        // Answered once the delivery to the first client has ended.
        var again = gateway.query(tokens, requestId, TestGateway.body("select large"));
        assertThat(again.path("code").asText()).isEqualTo("098019");
        var close = "/session?delete=true&requestId=" + UUID.randomUUID();
        gateway.post(close, Json.mapper().createObjectNode(), tokens.token());
        Await.until(() -> !gateway.events(RecordingEvent.Closed.class).isEmpty());
        everythingSentHasAnOutcome();
    }

    @Test
    void of_a_text_that_stands_twice_the_one_that_is_decided_is_sent() throws Exception {
        send("{\"sqlText\": \"select 1\", \"sqlText\": \"drop table t\"}");
        assertThat(snowflake.received()).isEmpty();
        send("{\"sqlText\": \"drop table t\", \"sqlText\": \"select 1\"}");
        assertThat(snowflake.received()).containsExactly("select 1");
        assertThat(gateway.events(RecordingEvent.Asked.class).getLast().text())
                .isEqualTo("select 1");
    }

    @Test
    void snowflake_is_held_to_the_number_of_statements_that_were_decided() throws Exception {
        gateway.query(tokens, "alter session set multi_statement_count = 0");
        gateway.query(tokens, "select 1");
        assertThat(count()).isEqualTo(1);
        send(
                "{\"sqlText\": \"select 1; select 2;\", \"parameters\": {\"multi_statement_count\": 0}}");
        assertThat(count()).isEqualTo(2);
    }

    private int count() {
        return snowflake
                .lastQuery()
                .body()
                .path("parameters")
                .path("MULTI_STATEMENT_COUNT")
                .asInt();
    }

    @Test
    void the_front_does_not_prolong_a_session_of_the_tunnel() throws Exception {
        var body = "{\"requestType\": \"RENEW\"}";
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.frontPort())) {
            var request =
                    "POST /session/token-request?requestId=%s HTTP/1.1\r\nHost: gateway.example\r\nConnection: close\r\nAuthorization: Snowflake Token=\"%s\"\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted(UUID.randomUUID(), tokens.master(), body.length(), body);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).contains("390114").doesNotContain("sessionToken");
        }
        assertThat(gateway.query(tokens, "select 1").path("success").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"use\"SHOP\"", "use/**/shop", "/* x */ use shop", "use\tschema\tshop.x"})
    void a_use_in_any_spelling_reaches_snowflake(String sql) throws Exception {
        assertThat(gateway.query(tokens, sql).path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly(sql);
        everythingSentHasAnOutcome();
    }
}
