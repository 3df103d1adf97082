package dev.sfguard.sandbox.issuer;

import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.sfguard.sandbox.issuer.DevIssuerSettings.Client;
import dev.sfguard.sandbox.issuer.DeviceLogins.Started;
import dev.sfguard.sandbox.issuer.DevicePage.Page;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// The issuer's HTTP face: finds the endpoint, checks what is common to all, writes the answer.
final class Endpoints implements HttpHandler {
    static final String DISCOVERY = "/.well-known/openid-configuration";
    static final String JWKS = "/jwks";
    static final String DEVICE_AUTHORIZATION = "/device_authorization";
    static final String DEVICE = "/device";
    static final String TOKEN = "/token";
    static final String REVOKE = "/revoke";

    private static final int MAX_SCOPE = 1_000;

    private final String issuer;
    private final DevIssuerSettings settings;
    private final SigningKeys keys;
    private final DeviceLogins logins;
    private final Grants grants;
    private final ClientLogin clientLogin;
    private final DevicePage page;
    private final TokenEndpoint tokens;
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    Endpoints(String issuer, DevIssuerSettings settings, SigningKeys keys, Claims claims) {
        this.issuer = issuer;
        this.settings = settings;
        this.keys = keys;
        grants = new Grants(settings.refreshTokenLife(), settings.clock());
        logins = new DeviceLogins(settings, grants);
        clientLogin = new ClientLogin(settings);
        page = new DevicePage(logins);
        tokens = new TokenEndpoint(settings, logins, grants, claims, keys);
    }

    long requests(String path) {
        var count = counts.get(path);
        return count == null ? 0 : count.sum();
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            try {
                requireOwnHost(exchange);
                answer(exchange);
            } catch (OAuthError refusal) {
                refuse(exchange, refusal);
            }
        }
    }

    private void answer(HttpExchange exchange) throws IOException, OAuthError {
        String path = exchange.getRequestURI().getPath();
        switch (path == null ? "" : path) {
            case DISCOVERY -> {
                count(DISCOVERY);
                requireMethod(exchange, "GET");
                json(exchange, 200, discovery());
            }
            case JWKS -> {
                count(JWKS);
                requireMethod(exchange, "GET");
                json(exchange, 200, keys.published());
            }
            case DEVICE_AUTHORIZATION -> {
                count(DEVICE_AUTHORIZATION);
                requireMethod(exchange, "POST");
                var form = Form.ofBody(exchange);
                json(exchange, 200, startLogin(clientLogin.of(exchange, form), form));
            }
            case TOKEN -> {
                count(TOKEN);
                requireMethod(exchange, "POST");
                var form = Form.ofBody(exchange);
                json(exchange, 200, tokens.answer(clientLogin.of(exchange, form), form));
            }
            case REVOKE -> {
                count(REVOKE);
                requireMethod(exchange, "POST");
                var form = Form.ofBody(exchange);
                var client = clientLogin.of(exchange, form);
                grants.revokeByToken(form.require("token"), client.id());
                json(exchange, 200, Map.of());
            }
            case DEVICE -> {
                count(DEVICE);
                requireMethod(exchange, "GET", "POST");
                html(
                        exchange,
                        exchange.getRequestMethod().equals("GET")
                                ? page.show(Form.ofQuery(exchange))
                                : page.answer(Form.ofBody(exchange)));
            }
            default -> throw OAuthError.ofStatus(404, "not_found", "there is nothing at this path");
        }
    }

    private Map<String, Object> startLogin(Client client, Form form) throws OAuthError {
        TokenEndpoint.requirePublic(client);
        String scope = form.get("scope").orElse("openid");
        if (scope.length() > MAX_SCOPE) {
            throw OAuthError.badRequest("invalid_scope", "the scope is too long");
        }
        Started started = logins.start(client.id(), scope, challenge(form));
        var answer = new LinkedHashMap<String, Object>();
        answer.put("device_code", started.deviceCode());
        answer.put("user_code", started.userCode());
        answer.put("verification_uri", issuer + DEVICE);
        answer.put(
                "verification_uri_complete", issuer + DEVICE + "?user_code=" + started.userCode());
        answer.put("expires_in", settings.deviceCodeLife().toSeconds());
        answer.put("interval", Math.max(1, settings.pollInterval().toSeconds()));
        return answer;
    }

    private static Optional<String> challenge(Form form) throws OAuthError {
        Optional<String> challenge = form.get("code_challenge");
        if (challenge.isEmpty()) {
            return challenge;
        }
        if (!form.get("code_challenge_method").orElse("plain").equals("S256")) {
            throw OAuthError.badRequest(
                    "invalid_request", "code_challenge_method must be S256; plain proves nothing");
        }
        if (!challenge.get().matches("[A-Za-z0-9_-]{43}")) {
            throw OAuthError.badRequest("invalid_request", "code_challenge is no SHA-256");
        }
        return challenge;
    }

    private Map<String, Object> discovery() {
        var document = new LinkedHashMap<String, Object>();
        document.put("issuer", issuer);
        document.put("jwks_uri", issuer + JWKS);
        document.put("device_authorization_endpoint", issuer + DEVICE_AUTHORIZATION);
        document.put("token_endpoint", issuer + TOKEN);
        document.put("revocation_endpoint", issuer + REVOKE);
        // There is no authorization endpoint, so no response type either.
        document.put("response_types_supported", List.of());
        document.put("subject_types_supported", List.of("public"));
        document.put("id_token_signing_alg_values_supported", List.of("RS256"));
        document.put(
                "grant_types_supported",
                List.of(
                        TokenEndpoint.DEVICE_CODE,
                        TokenEndpoint.REFRESH_TOKEN,
                        TokenEndpoint.CLIENT_CREDENTIALS));
        document.put(
                "token_endpoint_auth_methods_supported",
                List.of("none", "client_secret_basic", "client_secret_post"));
        document.put("scopes_supported", List.of("openid", "email", "groups", "offline_access"));
        document.put("code_challenge_methods_supported", List.of("S256"));
        document.put(
                "claims_supported",
                List.of("sub", "email", "email_verified", "preferred_username", "groups"));
        return document;
    }

    /// A page of the internet may resolve its own name to 127.0.0.1; its requests carry that name.
    private void requireOwnHost(HttpExchange exchange) throws OAuthError {
        int port = exchange.getLocalAddress().getPort();
        String host = exchange.getRequestHeaders().getFirst("Host");
        if (host == null || !Set.of("127.0.0.1:" + port, "localhost:" + port).contains(host)) {
            throw OAuthError.ofStatus(421, "invalid_request", "the Host must be this issuer's");
        }
    }

    private static void requireMethod(HttpExchange exchange, String... methods) throws OAuthError {
        if (!List.of(methods).contains(exchange.getRequestMethod())) {
            exchange.getResponseHeaders().set("Allow", String.join(", ", methods));
            throw OAuthError.ofStatus(405, "invalid_request", "the method is not allowed here");
        }
    }

    private void count(String path) {
        counts.computeIfAbsent(path, _ -> new LongAdder()).increment();
    }

    private static void refuse(HttpExchange exchange, OAuthError refusal) throws IOException {
        if (refusal.status() == 401) {
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"issuer\"");
        }
        var body = new LinkedHashMap<String, Object>();
        body.put("error", refusal.error());
        body.put("error_description", refusal.description());
        json(exchange, refusal.status(), body);
    }

    private static void json(HttpExchange exchange, int status, Map<String, Object> body)
            throws IOException {
        send(exchange, status, "application/json", JSONObjectUtils.toJSONString(body));
    }

    private static void html(HttpExchange exchange, Page page) throws IOException {
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Security-Policy", DevicePage.CONTENT_SECURITY_POLICY);
        headers.set("Referrer-Policy", "no-referrer");
        send(exchange, page.status(), "text/html; charset=utf-8", page.html());
    }

    private static void send(HttpExchange exchange, int status, String type, String body)
            throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        var headers = exchange.getResponseHeaders();
        headers.set("Content-Type", type);
        headers.set("Cache-Control", "no-store");
        headers.set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
