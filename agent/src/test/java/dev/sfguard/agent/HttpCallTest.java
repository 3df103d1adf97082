package dev.sfguard.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.agent.forward.Wire;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpCallTest {
    @Test
    void a_body_ends_where_its_length_says() throws Exception {
        var canned = new Canned("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"a\":1}garbage");
        assertThat(ApiClient.over(() -> canned).get("/v1/whoami").path("a").asInt()).isEqualTo(1);
        assertThat(canned.written())
                .isEqualTo(
                        lines(
                                "GET /v1/whoami HTTP/1.1",
                                "Host: api",
                                "Connection: close",
                                "Accept: application/json",
                                "",
                                ""));
        assertThat(canned.closed).isTrue();
    }

    @Test
    void a_body_may_come_in_chunks() throws Exception {
        var canned =
                new Canned(
                        lines(
                                "HTTP/1.1 200 OK",
                                "transfer-encoding: chunked",
                                "",
                                "3;x=y",
                                "{\"a",
                                "4",
                                "\":2}",
                                "0",
                                "Trailer: x",
                                "",
                                ""));
        assertThat(ApiClient.over(() -> canned).get("/v1/x").path("a").asInt()).isEqualTo(2);
    }

    @Test
    void what_is_posted_is_json_with_its_length() throws Exception {
        var canned = new Canned("HTTP/1.1 204 No Content\r\n\r\n");
        ApiClient.over(() -> canned).post("/v1/x", Map.of("key", "value"));
        assertThat(canned.written()).endsWith("Content-Length: 15\r\n\r\n{\"key\":\"value\"}");
    }

    @Test
    void the_gateways_own_errors_come_through() {
        var body = "{\"error\":{\"code\":\"not_found\",\"message\":\"None.\",\"next\":\"See\"}}";
        var canned =
                new Canned(
                        "HTTP/1.1 404 Not Found\r\nContent-Length: "
                                + body.length()
                                + "\r\n\r\n"
                                + body);
        assertThatThrownBy(() -> ApiClient.over(() -> canned).get("/v1/x"))
                .isInstanceOfSatisfying(
                        AgentFailure.ApiRefused.class,
                        refused -> {
                            assertThat(refused.status()).isEqualTo(404);
                            assertThat(refused.code()).isEqualTo("not_found");
                            assertThat(refused.next()).isEqualTo("See");
                        })
                .hasMessage("None.");
        assertThat(canned.closed).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{\"a\":1}",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{\"a\r\n",
                "HTTP/1.1 200 OK\r\nContent-Le",
                ""
            })
    void an_answer_that_is_cut_off_is_an_error(String text) {
        assertThatThrownBy(() -> ApiClient.over(() -> new Canned(text)).get("/v1/x"))
                .isInstanceOf(EOFException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnot json"
            })
    void an_answer_that_is_malformed_is_an_error(String text) {
        assertThatThrownBy(() -> ApiClient.over(() -> new Canned(text)).get("/v1/x"))
                .isInstanceOf(IOException.class)
                .hasMessageMatching("(the response|the gateway's answer) .*");
    }

    @Test
    void a_path_cannot_smuggle_another_request() {
        var canned = new Canned("");
        assertThatThrownBy(() -> ApiClient.over(() -> canned).get("/v1/x HTTP/1.1\r\nA: b"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(canned.written()).isEmpty();
    }

    private static String lines(String... lines) {
        return String.join("\r\n", lines);
    }

    /// A wire whose other end says one thing and hangs up.
    private static final class Canned implements Wire {
        private final InputStream in;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private boolean closed;

        Canned(String text) {
            in = new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        String written() {
            return out.toString(StandardCharsets.ISO_8859_1);
        }

        @Override
        public InputStream in() {
            return in;
        }

        @Override
        public OutputStream out() {
            return out;
        }

        @Override
        public void endOutput() {}

        @Override
        public void close() {
            closed = true;
        }
    }
}
