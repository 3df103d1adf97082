package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.snowflake.RowMemory;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultsIT {
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

    private JsonNode raw(byte[] body, String token, String... headers) throws Exception {
        var path = "/queries/v1/query-request?requestId=" + UUID.randomUUID();
        var reply = gateway.send(gateway.anaPort(), "POST", path, body, token, headers);
        assertThat(reply.statusCode()).isEqualTo(200);
        return Json.mapper().readTree(reply.body());
    }

    @Test
    void malformed_json_is_refused_and_recorded_without_quoting_it() throws Exception {
        var tokens = gateway.login();

        var answer =
                raw("{\"sqlText\": canary-text".getBytes(StandardCharsets.UTF_8), tokens.token());

        assertThat(answer.path("code").asText()).isEqualTo("098020");
        assertThat(answer.path("message").asText())
                .matches(
                        "sfguard: the request is not well-formed JSON \\(line 1, column \\d+\\)\\.");
        assertThat(answer.path("data").path("sqlState").asText()).isEqualTo("08P01");
        assertThat(snowflake.received()).isEmpty();
        assertThat(gateway.events(RecordingEvent.Refused.class)).hasSize(1);
    }

    @Test
    void gzip_bomb_is_refused_within_bounds() throws Exception {
        var tokens = gateway.login();
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"sqlText\":\"".getBytes(StandardCharsets.UTF_8));
            var spaces = new byte[1 << 20];
            java.util.Arrays.fill(spaces, (byte) ' ');
            for (int i = 0; i < 200; i++) {
                gzip.write(spaces);
            }
        }

        var answer = raw(packed.toByteArray(), tokens.token(), "Content-Encoding", "gzip");

        assertThat(answer.path("code").asText()).isEqualTo("098017");
        assertThat(answer.path("message").asText()).contains("larger than 4 MiB");
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void damaged_gzip_is_refused() throws Exception {
        var tokens = gateway.login();

        var answer = raw(new byte[] {0x1f, (byte) 0x8b, 8, 0, 1, 2}, tokens.token());

        assertThat(answer.path("code").asText()).isEqualTo("098020");
    }

    @Test
    void hundred_megabytes_of_sql_get_a_clear_error() throws Exception {
        var tokens = gateway.login();
        var path = "/queries/v1/query-request?requestId=" + UUID.randomUUID();
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.anaPort() + path))
                        .header("Authorization", "Snowflake Token=\"" + tokens.token() + "\"")
                        .POST(
                                HttpRequest.BodyPublishers.ofInputStream(
                                        () -> InputStream.nullInputStream()))
                        .build();
        assertThat(request).isNotNull();
        var body = new byte[100 << 20];
        java.util.Arrays.fill(body, (byte) 'x');

        var reply =
                HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(request.uri())
                                        .header(
                                                "Authorization",
                                                "Snowflake Token=\"" + tokens.token() + "\"")
                                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                        .build(),
                                HttpResponse.BodyHandlers.ofByteArray());

        var answer = Json.mapper().readTree(reply.body());
        assertThat(answer.path("code").asText()).isEqualTo("098017");
        assertThat(answer.path("data").path("sqlState").asText()).isEqualTo("53400");
    }

    @Test
    void text_above_the_limit_gets_a_clear_error() throws Exception {
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "select '" + "x".repeat(200_000) + "'");

        assertThat(answer.path("code").asText()).isEqualTo("098017");
        assertThat(answer.path("message").asText()).contains("100000 is the most");
        assertThat(snowflake.received()).isEmpty();
    }

    @Test
    void unknown_endpoint_is_refused_and_recorded() throws Exception {
        var reply =
                gateway.send(
                        gateway.anaPort(),
                        "POST",
                        "/api/v2/statements",
                        new byte[] {'{', '}'},
                        null);

        assertThat(reply.statusCode()).isEqualTo(404);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8))
                .startsWith("sfguard: POST /api/v2/statements is no part");
        assertThat(gateway.refusals())
                .anyMatch(
                        event ->
                                event instanceof RecordingEvent.Refused refused
                                        && refused.path().equals("/api/v2/statements")
                                        && refused.why().contains("ana@acme.example"));
        assertThat(snowflake.calls).isEmpty();
    }

    @Test
    void wrong_and_absent_secrets_are_refused_before_any_upstream_login() throws Exception {
        for (var password :
                new String[] {"wrong-canary", "", gateway.secrets.of(12, "shop").reveal()}) {
            var answer =
                    gateway.post(
                            "/session/v1/login-request", TestGateway.loginBody(password), null);
            assertThat(answer.path("code").asText()).isEqualTo("390100");
            assertThat(answer.toString()).doesNotContain("wrong-canary");
        }
        assertThat(snowflake.logins).isEmpty();
        assertThat(gateway.refusals().toString()).doesNotContain("wrong-canary");
        assertThat(gateway.refusals()).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void forged_host_is_refused_and_recorded() throws Exception {
        for (var host :
                new String[] {"evil.example", "localhost.evil.example", "gateway.example"}) {
            var answer = overSocket(gateway.anaPort(), host);
            assertThat(answer).startsWith("HTTP/1.1 421");
        }
        assertThat(overSocket(gateway.anaPort(), "localhost:1234")).startsWith("HTTP/1.1 200");
        assertThat(overSocket(gateway.frontPort(), "127.0.0.1")).startsWith("HTTP/1.1 421");
        assertThat(overSocket(gateway.frontPort(), "gateway.example:8443"))
                .startsWith("HTTP/1.1 200");
        assertThat(gateway.refusals().toString()).contains("evil.example");
    }

    private static String overSocket(int port, String host) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream()
                    .write(
                            ("POST /telemetry/send HTTP/1.1\r\nHost: "
                                            + host
                                            + "\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
                                    .getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void front_takes_tokens_only() throws Exception {
        var body = Json.mapper().writeValueAsBytes(TestGateway.loginBody(gateway.secret()));
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.frontPort())) {
            socket.getOutputStream()
                    .write(
                            ("POST /session/v1/login-request HTTP/1.1\r\nHost: gateway.example\r\n"
                                            + "Content-Length: "
                                            + body.length
                                            + "\r\nConnection: close\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(body);
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer).contains("098010").contains("authenticator=oauth");
        }
        assertThat(snowflake.logins).isEmpty();
    }

    @Test
    void another_identity_cannot_use_the_token() throws Exception {
        var tokens = gateway.login();

        var reply =
                gateway.asBo(
                        "POST",
                        "/queries/v1/query-request?requestId=" + UUID.randomUUID(),
                        Json.mapper().writeValueAsBytes(TestGateway.body("select 1")),
                        tokens.token());

        assertThat(Json.mapper().readTree(reply.body()).path("code").asText()).isEqualTo("390111");
        assertThat(snowflake.received()).isEmpty();
        assertThat(gateway.events(RecordingEvent.Refused.class).getFirst().why())
                .contains("another identity");
    }

    @Test
    void foreign_query_ids_are_not_found_and_recorded() throws Exception {
        var first = gateway.login();
        var second = gateway.login();
        var id = gateway.query(first, "select 1").path("data").path("queryId").asText();

        var result = gateway.get("/queries/" + id + "/result", second.token());
        var status = gateway.get("/monitoring/queries/" + id, second.token());
        var abort =
                gateway.post(
                        "/queries/" + id + "/abort-request",
                        Json.mapper().createObjectNode(),
                        second.token());

        for (var answer : new JsonNode[] {result, status, abort}) {
            assertThat(answer.path("code").asText()).isEqualTo("000709");
        }
        assertThat(gateway.events(RecordingEvent.Refused.class)).hasSize(3);
    }

    @Test
    void tokens_end_renew_and_end_for_good() throws Exception {
        var tokens = gateway.login();
        gateway.time.advance(Duration.ofMinutes(61));

        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390112");
        var renewed = renew(tokens.master());
        var token = renewed.path("data").path("sessionToken").asText();
        assertThat(renewed.path("data").path("validityInSecondsST").asLong()).isEqualTo(3600);
        assertThat(token).isNotEqualTo(tokens.token());
        var fresh =
                new TestGateway.Tokens(
                        token, renewed.path("data").path("masterToken").asText(), null);
        assertThat(gateway.query(fresh, "select 1").path("success").asBoolean()).isTrue();

        gateway.time.advance(Duration.ofHours(5));
        assertThat(renew(fresh.master()).path("code").asText()).isEqualTo("390114");
        assertThat(renew("no-such-token-0123456789").path("code").asText()).isEqualTo("390114");
    }

    private JsonNode renew(String master) throws Exception {
        return gateway.post(
                "/session/token-request",
                Json.mapper().createObjectNode().put("requestType", "RENEW"),
                master);
    }

    @Test
    void token_of_a_closed_session_is_worth_nothing() throws Exception {
        var tokens = gateway.login();
        gateway.post("/session?delete=true", Json.mapper().createObjectNode(), tokens.token());

        assertThat(gateway.query(tokens, "select 1").path("code").asText()).isEqualTo("390111");
        assertThat(renew(tokens.master()).path("code").asText()).isEqualTo("390114");
        assertThat(gateway.events(RecordingEvent.Closed.class)).hasSize(1);
        // Drivers send their last telemetry after the logout.
        assertThat(
                        gateway.post(
                                        "/telemetry/send",
                                        Json.mapper().createObjectNode(),
                                        tokens.token())
                                .path("success")
                                .asBoolean())
                .isTrue();
    }

    @Test
    void upstream_token_is_renewed_with_the_same_request_id() throws Exception {
        var tokens = gateway.login();
        snowflake.tokens.clear();
        var requestId = UUID.randomUUID().toString();

        var answer = gateway.query(tokens, requestId, TestGateway.body("select 1"));

        assertThat(answer.path("success").asBoolean()).isTrue();
        assertThat(
                        snowflake.calls.stream()
                                .filter(c -> c.path().equals("/queries/v1/query-request"))
                                .filter(c -> c.requestId().equals(requestId)))
                .hasSize(2);
    }

    @Test
    void upstream_session_that_is_gone_is_replaced_unless_something_would_be_lost()
            throws Exception {
        var plain = gateway.login();
        var busy = gateway.login();
        gateway.query(plain, "alter session set timezone = 'UTC'");
        gateway.query(busy, "begin");
        snowflake.tokens.clear();
        snowflake.masters.clear();

        var replaced = gateway.query(plain, "select 1");
        var lost = gateway.query(busy, "select 2");

        assertThat(replaced.path("success").asBoolean()).isTrue();
        assertThat(snowflake.received())
                .endsWith("alter session set timezone = 'UTC'", "select 1", "select 2");
        assertThat(gateway.events(RecordingEvent.Resumed.class)).hasSize(1);
        assertThat(lost.path("code").asText()).isEqualTo("390111");
        assertThat(lost.path("message").asText()).contains("a transaction was open");
    }

    @Test
    void unreachable_upstream_is_told_apart_from_an_unknown_outcome() throws Exception {
        var tokens = gateway.login();
        snowflake.stop();

        var answer = gateway.query(tokens, "select 1");

        assertThat(answer.path("code").asText()).isIn("098018", "098019");
        assertThat(answer.path("message").asText()).startsWith("sfguard: ");
        snowflake.restart();
        assertThat(gateway.query(tokens, "select 2").path("success").asBoolean()).isTrue();
        assertThat(snowflake.received()).containsExactly("select 2");
    }

    @Test
    void answer_that_breaks_off_is_never_sent_again() throws Exception {
        snowflake.statements.put(
                "insert",
                (_, exchange) -> {
                    exchange.sendResponseHeaders(200, 10_000);
                    exchange.getResponseBody()
                            .write("{\"data\":{\"queryId\":\"".getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    throw new IOException("killed");
                });
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into t values (1)");

        var answer = gateway.query(tokens, requestId, body);
        var repeat = gateway.query(tokens, requestId, body);

        assertThat(answer.path("code").asText()).isEqualTo("098019");
        assertThat(answer.path("data").path("sqlState").asText()).isEqualTo("08007");
        assertThat(answer.path("message").asText())
                .contains("may have run; sfguard does not send it again");
        assertThat(repeat).isEqualTo(answer);
        assertThat(snowflake.received()).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Failed.class)).hasSize(1);
    }

    @Test
    void upstream_killed_in_the_middle_of_a_large_result_cuts_the_reply() throws Exception {
        var text = new StringBuilder("{\"data\":{\"rowtype\":[],\"rowset\":[");
        for (int i = 0; i < 30_000; i++) {
            text.append(i == 0 ? "" : ",").append("[\"row ").append(i).append("\"]");
        }
        snowflake.statements.put(
                "large",
                (_, exchange) -> {
                    exchange.sendResponseHeaders(200, 10_000_000);
                    exchange.getResponseBody()
                            .write(text.toString().getBytes(StandardCharsets.UTF_8));
                    exchange.getResponseBody().flush();
                    throw new IOException("killed");
                });
        var tokens = gateway.login();

        assertThatThrownBy(() -> gateway.query(tokens, "select 'large'"))
                .isInstanceOf(IOException.class);

        assertThat(gateway.events(RecordingEvent.Failed.class).getFirst().code())
                .isEqualTo("098019");
        assertThat(gateway.events(RecordingEvent.Rows.class)).isNotEmpty();
        assertThat(gateway.events(RecordingEvent.Ended.class)).isEmpty();
        assertThat(snowflake.received()).hasSize(1);
    }

    @Test
    void dropped_connection_finds_its_statement_again_and_it_runs_once() throws Exception {
        var running = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        snowflake.statements.put(
                "delete",
                (_, _) -> {
                    running.countDown();
                    goOn.await(20, TimeUnit.SECONDS);
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"1"})));
                });
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("delete from t where id = 1");
        var bytes = Json.mapper().writeValueAsBytes(body);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), gateway.anaPort())) {
            socket.getOutputStream()
                    .write(
                            ("POST /queries/v1/query-request?requestId="
                                            + requestId
                                            + " HTTP/1.1\r\nHost: localhost\r\nAuthorization:"
                                            + " Snowflake Token=\""
                                            + tokens.token()
                                            + "\"\r\nContent-Length: "
                                            + bytes.length
                                            + "\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().write(bytes);
            running.await(20, TimeUnit.SECONDS);
        }
        goOn.countDown();

        var answer = gateway.query(tokens, requestId, body);

        assertThat(answer.path("data").path("rowset").toString()).isEqualTo("[[\"1\"]]");
        assertThat(snowflake.received()).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Ended.class)).hasSize(1);
    }

    @Test
    void busy_upstream_is_asked_again_with_the_same_request_id() throws Exception {
        var first = new CountDownLatch(2);
        snowflake.paths.put(
                "/queries/v1/query-request",
                (call, exchange) -> {
                    if (call.sql().contains("busy") && first.getCount() > 0) {
                        first.countDown();
                        exchange.sendResponseHeaders(503, -1);
                        return null;
                    }
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"1"})));
                });
        var tokens = gateway.login();

        var answer = gateway.query(tokens, "select 'busy'");

        assertThat(answer.path("success").asBoolean()).isTrue();
        var tries = snowflake.calls.stream().filter(call -> call.sql().contains("busy")).toList();
        assertThat(tries).hasSize(3);
        assertThat(tries.stream().map(ScriptedSnowflake.Call::requestId).distinct()).hasSize(1);
        assertThat(tries.getLast().parameter("retryCount")).isEqualTo("2");
    }

    @Test
    void nothing_goes_upstream_when_the_recording_cannot_be_written() throws Exception {
        var tokens = gateway.login();
        gateway.recordings().close();

        var answer = gateway.query(tokens, "select 1");
        var login =
                gateway.post(
                        "/session/v1/login-request", TestGateway.loginBody(gateway.secret()), null);

        assertThat(answer.path("code").asText()).isEqualTo("098016");
        assertThat(answer.path("data").path("sqlState").asText()).isEqualTo("58030");
        assertThat(login.path("code").asText()).isEqualTo("098016");
        assertThat(snowflake.received()).isEmpty();
        assertThat(snowflake.logins).hasSize(1);
    }

    @Test
    void role_that_snowflake_does_not_confirm_ends_the_login() throws Exception {
        snowflake.role = "ACCOUNTADMIN";

        var answer =
                gateway.post(
                        "/session/v1/login-request", TestGateway.loginBody(gateway.secret()), null);

        assertThat(answer.path("code").asText()).isEqualTo("098018");
        assertThat(answer.path("message").asText()).contains("ACCOUNTADMIN");
    }

    @Test
    void no_token_of_snowflake_reaches_client_or_disk() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "select 1");

        assertThat(tokens.data().toString()).doesNotContain("upstream-");
        gateway.stop();
        try (var files = java.nio.file.Files.walk(folder)) {
            for (var file : files.filter(java.nio.file.Files::isRegularFile).toList()) {
                var content =
                        new String(
                                java.nio.file.Files.readAllBytes(file),
                                StandardCharsets.ISO_8859_1);
                assertThat(content)
                        .as(file.toString())
                        .doesNotContain("upstream-session", "upstream-master")
                        .doesNotContain(tokens.token(), tokens.master(), gateway.secret());
            }
        }
        gateway.start();
    }

    @Test
    void long_row_is_refused_while_others_have_the_memory_for_such() throws Exception {
        var tokens = gateway.login();
        var longText = "x".repeat(3 << 20);
        snowflake.statements.put(
                "long",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(snowflake.rows(new String[] {longText}))));
        long others = RowMemory.HEAP.most() - RowMemory.HEAP.taken() - (2 << 20);
        RowMemory.HEAP.take(others);
        JsonNode refused;
        try {
            refused = gateway.query(tokens, "select 'long'");
        } finally {
            RowMemory.HEAP.giveBack(others);
        }

        assertThat(refused.path("code").asText()).isEqualTo("098017");
        assertThat(refused.path("message").asText()).contains("many megabytes");
        assertThat(gateway.events(RecordingEvent.Failed.class).getLast().code())
                .isEqualTo("098017");
        var passed = gateway.query(tokens, "select 'long' again");
        assertThat(passed.path("data").path("rowset").path(0).path(0).asText().length())
                .isEqualTo(3 << 20);
        assertThat(RowMemory.HEAP.taken()).isZero();
    }
}
