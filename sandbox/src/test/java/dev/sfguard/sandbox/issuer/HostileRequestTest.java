package dev.sfguard.sandbox.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostileRequestTest {
    private static final String FORM = "application/x-www-form-urlencoded";

    private DevIssuer issuer;
    private HttpClient http;

    @BeforeEach
    void start() throws Exception {
        issuer = DevIssuer.start(DevIssuerSettings.demo());
        http = HttpClient.newHttpClient();
    }

    @AfterEach
    void stop() {
        http.close();
        issuer.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    /token                | ''                                    | 400 | invalid_request
                    /token                | client_id=sfguard-cli                 | 400 | invalid_request
                    /token                | client_id=sfguard-cli&grant_type=password | 400 | unsupported_grant_type
                    /token                | client_id=nobody&grant_type=refresh_token | 401 | invalid_client
                    /token                | client_id=robot&grant_type=client_credentials | 401 | invalid_client
                    /token                | client_id=sfguard-cli&client_secret=x&grant_type=refresh_token | 401 | invalid_client
                    /token                | client_id=sfguard-cli&grant_type=client_credentials | 400 | unauthorized_client
                    /token                | client_id=robot&client_secret=robot-pw&grant_type=refresh_token&refresh_token=x | 400 | unauthorized_client
                    /token                | client_id=sfguard-cli&grant_type=refresh_token&refresh_token=x | 400 | invalid_grant
                    /token                | client_id=sfguard-cli&grant_type=urn:ietf:params:oauth:grant-type:device_code&device_code=x | 400 | invalid_grant
                    /token                | client_id=a&client_id=b               | 400 | invalid_request
                    /token                | client_id=%zz                         | 400 | invalid_request
                    /token                | =&&&%00=%00                           | 400 | invalid_request
                    /device_authorization | client_id=nobody                      | 401 | invalid_client
                    /device_authorization | client_id=robot&client_secret=robot-pw | 400 | unauthorized_client
                    /device_authorization | client_id=sfguard-cli&code_challenge=x | 400 | invalid_request
                    /device_authorization | client_id=sfguard-cli&code_challenge=x&code_challenge_method=S256 | 400 | invalid_request
                    /elsewhere            | x=y                                   | 404 | not_found
                    """)
    void malformed_request_is_named(String path, String body, int status, String error)
            throws Exception {
        var response = post(path, FORM, body);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).contains("\"error\":\"" + error + "\"");
        assertThat(response.body()).doesNotContain("Exception");
    }

    @Test
    void huge_body_is_refused() throws Exception {
        var response = post("/token", FORM, "a=" + "x".repeat(70_000));

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(post("/token", FORM, "a=b&".repeat(100)).statusCode()).isEqualTo(400);
    }

    @Test
    void other_body_types_and_methods_are_refused() throws Exception {
        assertThat(post("/token", "application/json", "{}").statusCode()).isEqualTo(400);
        assertThat(post("/jwks", FORM, "").statusCode()).isEqualTo(405);
        assertThat(get("/token").statusCode()).isEqualTo(405);
    }

    @ParameterizedTest
    @CsvSource({"'Basic !!!'", "'Basic bm9jb2xvbg=='", "'Basic OnNlY3JldA=='", "'Basic'"})
    void unreadable_authorization_is_no_client(String header) throws Exception {
        var request =
                HttpRequest.newBuilder(uri("/token"))
                        .header("Content-Type", FORM)
                        .header("Authorization", header)
                        .POST(BodyPublishers.ofString("grant_type=client_credentials"))
                        .build();
        var response = http.send(request, BodyHandlers.ofString());

        assertThat(response.statusCode()).isIn(400, 401);
        assertThat(response.body()).doesNotContain("access_token");
    }

    @Test
    void foreign_host_header_is_refused() throws Exception {
        assertThat(raw("GET /jwks HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
        assertThat(raw("GET /jwks HTTP/1.1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 421");
    }

    @Test
    void cut_off_request_disturbs_nobody() throws Exception {
        try (var socket = connect()) {
            socket.getOutputStream()
                    .write(
                            "POST /token HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\ngr"
                                    .getBytes(StandardCharsets.US_ASCII));
        }
        assertThat(get("/jwks").statusCode()).isEqualTo(200);
    }

    @Test
    void page_shows_what_is_typed_as_text_only() throws Exception {
        var response = get("/device?user_code=%3Cscript%3Ealert(1)%3C/script%3E");

        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(response.body()).doesNotContain("<script").contains("unknown, has expired");
        assertThat(response.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'");
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
    }

    @Test
    void private_key_is_never_published() throws Exception {
        assertThat(get("/jwks").body())
                .contains("\"kty\":\"RSA\"")
                .doesNotContain("\"d\":")
                .doesNotContain("\"p\":");
    }

    @Test
    void settings_print_no_passwords() {
        assertThat(DevIssuerSettings.demo().toString())
                .contains("ana")
                .doesNotContain("ana-pw")
                .doesNotContain("robot-pw");
    }

    @Test
    void settings_refuse_the_same_client_twice() {
        var client = DevIssuerSettings.Client.forPeople("cli");
        assertThatThrownBy(() -> DevIssuerSettings.of(List.of(), List.of(client, client)))
                .hasMessage("client given twice: cli");
    }

    @Test
    void requests_are_counted_by_path() throws Exception {
        get("/jwks");
        get("/jwks");
        post("/token", FORM, "");

        assertThat(issuer.requests("/jwks")).isEqualTo(2);
        assertThat(issuer.requests("/token")).isEqualTo(1);
        assertThat(issuer.requests("/device")).isZero();
    }

    private String raw(String request) throws IOException {
        try (var socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), issuer.port());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, String type, String body) throws Exception {
        var request =
                HttpRequest.newBuilder(uri(path))
                        .header("Content-Type", type)
                        .POST(BodyPublishers.ofString(body))
                        .build();
        return http.send(request, BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create(issuer.uri() + path);
    }
}
