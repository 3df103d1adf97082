package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.store.StoredSession;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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

    private JsonNode renew(String master) throws Exception {
        return gateway.post(
                "/session/token-request",
                Json.mapper().createObjectNode().put("requestType", "RENEW"),
                master);
    }

    private void restart() throws Exception {
        gateway.stop();
        gateway.start();
    }

    @Test
    void token_shown_by_many_at_once_opens_one_upstream_session() throws Exception {
        var tokens = gateway.login();
        restart();

        var answers = new ArrayList<CompletableFuture<JsonNode>>();
        for (int i = 0; i < 16; i++) {
            answers.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return gateway.query(tokens, "select 1");
                                } catch (Exception e) {
                                    throw new IllegalStateException(e);
                                }
                            }));
        }

        for (var answer : answers) {
            assertThat(answer.get().path("success").asBoolean()).isTrue();
        }
        assertThat(snowflake.logins).hasSize(2);
        assertThat(gateway.events(RecordingEvent.Resumed.class)).hasSize(1);
    }

    @Test
    void session_that_wakes_slowly_does_not_hold_up_another() throws Exception {
        var slow = gateway.login();
        var quick = gateway.login();
        restart();
        var hung = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        snowflake.statements.put(
                "USE ROLE",
                (_, _) -> {
                    if (hung.getCount() > 0) {
                        hung.countDown();
                        goOn.await(30, TimeUnit.SECONDS);
                    }
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"done"})));
                });
        var waiting =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return gateway.query(slow, "select 'slow'");
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        assertThat(hung.await(30, TimeUnit.SECONDS)).isTrue();

        assertThat(gateway.query(quick, "select 'quick'").path("success").asBoolean()).isTrue();
        assertThat(waiting.isDone()).isFalse();
        goOn.countDown();

        assertThat(waiting.get().path("success").asBoolean()).isTrue();
    }

    @Test
    void token_that_ended_meanwhile_is_renewed_and_opens_nothing_before() throws Exception {
        var tokens = gateway.login();
        gateway.stop();
        gateway.time.advance(Duration.ofMinutes(61));
        gateway.start();

        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390112");
        assertThat(snowflake.logins).hasSize(1);
        var renewed = renew(tokens.master()).path("data");

        var fresh =
                new TestGateway.Tokens(
                        renewed.path("sessionToken").asText(),
                        renewed.path("masterToken").asText(),
                        null);
        assertThat(gateway.query(fresh, "select 1").path("success").asBoolean()).isTrue();
        assertThat(snowflake.logins).hasSize(2);
    }

    @Test
    void session_whose_time_is_over_is_closed_although_nobody_comes() throws Exception {
        var tokens = gateway.login();
        gateway.stop();
        gateway.time.advance(Duration.ofHours(5));
        gateway.start();

        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390111");
        assertThat(renew(tokens.master()).path("code").asText()).isEqualTo("390114");
        assertThat(snowflake.logins).hasSize(1);
        Await.until(() -> gateway.store().sessions(Instant.EPOCH).isEmpty());
        assertThat(gateway.events(RecordingEvent.Closed.class)).hasSize(1);
    }

    @Test
    void another_identity_neither_wakes_nor_ends_a_sleeping_session() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "begin");
        restart();

        for (var path :
                new String[] {
                    "/session?delete=true",
                    "/session/heartbeat",
                    "/queries/v1/query-request?requestId=" + UUID.randomUUID()
                }) {
            var reply = gateway.asBo("POST", path, new byte[] {'{', '}'}, tokens.token()).body();
            assertThat(Json.mapper().readTree(reply).path("code").asText()).isEqualTo("390111");
        }
        gateway.asBo("POST", "/session/token-request", new byte[] {'{', '}'}, tokens.master());

        assertThat(snowflake.logins).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Closed.class)).isEmpty();
    }

    @Test
    void sleeping_session_is_closed_without_a_login() throws Exception {
        var tokens = gateway.login();
        restart();

        var closed =
                gateway.post(
                        "/session?delete=true", Json.mapper().createObjectNode(), tokens.token());

        assertThat(closed.path("success").asBoolean()).isTrue();
        assertThat(snowflake.logins).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Closed.class).getFirst().why())
                .isEqualTo("the client closed it");
        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390111");
        restart();
        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390111");
    }

    @Test
    void clock_that_was_set_back_keeps_sessions_and_the_order_of_recordings() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "select 1");
        gateway.stop();
        gateway.time.advance(Duration.ofHours(-3));
        gateway.start();

        var answer = gateway.query(tokens, "select 2");

        assertThat(answer.path("success").asBoolean()).isTrue();
        var id = gateway.events(RecordingEvent.Opened.class).getFirst().session();
        try (var reader = new RecordingReader(gateway.recordings().lines(id))) {
            var last = Instant.MIN;
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                assertThat(next.get().at()).isAfterOrEqualTo(last);
                last = next.get().at();
            }
        }
    }

    @Test
    void damaged_row_ends_its_session_and_no_other() throws Exception {
        var damaged = gateway.login();
        var other = gateway.login();
        var row = gateway.store().sessions(Instant.EPOCH).getFirst();
        for (var facts : new String[] {"", "{", "null", "[]", "{}", "{\"connection\":7}"}) {
            gateway.store()
                    .save(
                            new StoredSession(
                                    row.id(),
                                    row.tokenHash(),
                                    row.masterHash(),
                                    null,
                                    null,
                                    row.tokenExpires(),
                                    row.expires(),
                                    facts));
            assertThat(SessionFacts.read(facts)).as(facts).isEmpty();
        }
        restart();

        var answer = gateway.query(damaged, "select 1");

        assertThat(answer.path("code").asText()).isEqualTo("390111");
        assertThat(answer.path("message").asText()).contains("is damaged");
        assertThat(gateway.query(other, "select 1").path("success").asBoolean()).isTrue();
        assertThat(gateway.query(damaged, "select 1").path("code").asText()).isEqualTo("390111");
        assertThat(snowflake.logins).hasSize(3);
    }

    @Test
    void store_that_cannot_be_written_refuses_a_login_and_leaves_nothing_open() throws Exception {
        gateway.store().close();

        var answer =
                gateway.post(
                        "/session/v1/login-request", TestGateway.loginBody(gateway.secret()), null);

        assertThat(answer.path("code").asText()).isEqualTo("098018");
        assertThat(answer.path("message").asText()).contains("store cannot be written");
        assertThat(gateway.events(RecordingEvent.Closed.class)).hasSize(1);
        assertThat(snowflake.calls).anyMatch(call -> call.path().equals("/session"));
    }

    @Test
    void role_that_a_session_had_taken_comes_back_with_it() throws Exception {
        snowflake.statements.put(
                "use role reporting",
                (_, _) -> {
                    snowflake.role = "REPORTING";
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"done"})));
                });
        snowflake.statements.put(
                "USE ROLE ANALYST_RO",
                (_, _) -> {
                    snowflake.role = "ANALYST_RO";
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"done"})));
                });
        var tokens = gateway.login();
        var used = gateway.query(tokens, "use role reporting");
        assertThat(used.path("success").asBoolean()).as(used.toString()).isTrue();

        restart();
        var answer = gateway.query(tokens, "select 1");

        assertThat(answer.path("success").asBoolean()).as(answer.toString()).isTrue();
        assertThat(answer.path("data").path("finalRoleName").asText()).isEqualTo("REPORTING");
    }
}
