package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
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
    void of_a_text_that_stands_twice_the_one_that_is_decided_is_sent() throws Exception {
        send("{\"sqlText\": \"select 1\", \"sqlText\": \"drop table t\"}");
        assertThat(snowflake.received()).isEmpty();
        send("{\"sqlText\": \"drop table t\", \"sqlText\": \"select 1\"}");
        assertThat(snowflake.received()).containsExactly("select 1");
        assertThat(gateway.events(RecordingEvent.Asked.class).getLast().text())
                .isEqualTo("select 1");
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
