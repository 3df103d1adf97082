package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.recording.RecordingEvent;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestartIT {
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

    @Test
    void client_goes_on_after_a_restart_with_a_new_upstream_session() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "alter session set timezone = 'UTC'");
        gateway.query(tokens, "select 1");

        gateway.stop();
        gateway.start();
        var answer = gateway.query(tokens, "select 2");

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(snowflake.logins).hasSize(2);
        assertThat(snowflake.received())
                .containsExactly(
                        "alter session set timezone = 'UTC'",
                        "select 1",
                        "alter session set timezone = 'UTC'",
                        "select 2");
        assertThat(gateway.events(RecordingEvent.Opened.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Resumed.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Asked.class))
                .extracting(RecordingEvent.Asked::statement)
                .containsExactly(1L, 2L, 3L);
    }

    @Test
    void request_that_was_sent_before_a_restart_is_not_sent_again() throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into t values (1)");
        var before = gateway.query(tokens, requestId, body);
        var id = before.path("data").path("queryId").asText();
        snowflake.paths.put(
                "/queries/" + id + "/result",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(
                                        snowflake.rows(new String[] {"1"}).put("queryId", id))));

        gateway.stop();
        gateway.start();
        var after = gateway.query(tokens, requestId, body);

        assertThat(after.path("data").path("queryId").asText()).isEqualTo(id);
        assertThat(snowflake.received()).hasSize(1);
    }

    @Test
    void session_with_an_open_transaction_ends_with_the_restart() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "begin");

        gateway.stop();
        gateway.start();
        var answer = gateway.query(tokens, "insert into t values (1)");

        assertThat(answer.path("code").asText()).isEqualTo("390111");
        assertThat(answer.path("message").asText()).contains("a transaction was open");
        assertThat(snowflake.received()).containsExactly("begin");
        assertThat(gateway.events(RecordingEvent.Closed.class)).hasSize(1);
        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390111");
    }

    @Test
    void ended_session_stays_ended() throws Exception {
        var tokens = gateway.login();
        gateway.post(
                "/session?delete=true",
                dev.sfguard.gateway.snowflake.Json.mapper().createObjectNode(),
                tokens.token());

        gateway.stop();
        gateway.start();

        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390111");
    }
}
