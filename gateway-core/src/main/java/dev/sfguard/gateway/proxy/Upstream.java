package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.snowflake.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// One connection's way to Snowflake: the only holder of its credential.
final class Upstream implements AutoCloseable {

    private final Connection connection;
    private final UpstreamSettings settings;
    private final Clock clock;
    private final UpstreamHttp http;
    private final KeyPairToken token;

    Upstream(Connection connection, UpstreamSettings settings, Clock clock) {
        this.connection = connection;
        this.settings = settings;
        this.clock = clock;
        this.token = new KeyPairToken(connection);
        this.http = new UpstreamHttp(settings.connectTimeout());
    }

    Connection connection() {
        return connection;
    }

    /// Opens a session with the role, and with no secondary roles, and checks that Snowflake says
    /// so.
    ///
    /// @throws UpstreamFault.Refused when Snowflake refuses the login or the role
    UpstreamSession login(UpstreamLogin login) throws UpstreamFault {
        var path = new StringBuilder("/session/v1/login-request?requestId=" + UUID.randomUUID());
        path.append("&request_guid=").append(UUID.randomUUID());
        append(path, "warehouse", login.warehouse());
        append(path, "databaseName", login.database());
        append(path, "schemaName", login.schema());
        append(path, "roleName", Optional.of(login.role()));
        var headers = headers(login.driver(), login.driverVersion());
        JsonNode answer;
        try (var reply = UpstreamReply.of(send("POST", path.toString(), headers, body(login)))) {
            answer = reply.json();
        }
        if (!answer.path("success").asBoolean()) {
            throw refused("login", answer);
        }
        var session = new UpstreamSession(this, answer.path("data"), headers);
        secure(session, login.role());
        return session;
    }

    private static void secure(UpstreamSession session, String role) throws UpstreamFault {
        try {
            use(session, role);
        } catch (UpstreamFault.Refused refused) {
            session.close();
            throw refused;
        }
        var secondary = session.run("USE SECONDARY ROLES NONE");
        if (!secondary.path("success").asBoolean()) {
            session.close();
            throw refused("secondary roles", secondary);
        }
    }

    static void use(UpstreamSession session, String role) throws UpstreamFault {
        var answer = session.run("USE ROLE " + identifier(role));
        var got = answer.path("data").path("finalRoleName").asText("");
        if (!answer.path("success").asBoolean() || !got.equals(folded(role))) {
            throw answer.path("success").asBoolean()
                    ? new UpstreamFault.Refused("role", "the role is " + got + ", not " + role)
                    : refused("role", answer);
        }
    }

    private byte[] body(UpstreamLogin login) {
        var root = Json.mapper().createObjectNode();
        var data = root.putObject("data");
        data.put("ACCOUNT_NAME", connection.account());
        data.put("LOGIN_NAME", connection.user());
        data.put("AUTHENTICATOR", "SNOWFLAKE_JWT");
        data.put("TOKEN", token.at(clock.instant()).reveal());
        data.put("CLIENT_APP_ID", login.driver());
        data.put("CLIENT_APP_VERSION", login.driverVersion());
        data.putObject("CLIENT_ENVIRONMENT").put("APPLICATION", login.application());
        ObjectNode parameters = data.putObject("SESSION_PARAMETERS");
        parameters.setAll(login.parameters());
        ClientParameters.resultFormats().forEach(format -> parameters.put(format, "JSON"));
        parameters.put("CLIENT_TELEMETRY_ENABLED", false);
        return bytes(root);
    }

    /// One request, repeated only after answers that say that nothing was taken.
    HttpReply send(String method, String path, Map<String, String> headers, byte[] body)
            throws UpstreamFault {
        var pause = settings.retryPause();
        long started = clock.millis();
        for (int attempt = 0; ; attempt++) {
            var retried = path;
            if (attempt > 0) {
                retried += "&clientStartTime=" + started + "&retryCount=" + attempt;
            }
            var uri = connection.url().resolve(retried);
            var reply =
                    http.send(
                            method,
                            uri,
                            headers,
                            "GET".equals(method) ? null : body,
                            settings.readTimeout());
            if (reply.status() == 200) {
                return reply;
            }
            close(reply);
            boolean busy = reply.status() == 503 || reply.status() == 429;
            if (!busy || attempt == settings.retries()) {
                throw status(reply.status());
            }
            Pause.of(pause);
            pause = pause.multipliedBy(2);
        }
    }

    /// Gets a part of a result from where Snowflake put it; the address is presigned.
    HttpReply part(URI url, Map<String, String> headers) throws UpstreamFault {
        var pause = settings.retryPause();
        for (int attempt = 0; ; attempt++) {
            var reply = http.send("GET", url, headers, null, settings.readTimeout());
            if (reply.status() == 200) {
                return reply;
            }
            close(reply);
            if (attempt == settings.retries() || reply.status() == 404) {
                throw status(reply.status());
            }
            Pause.of(pause);
            pause = pause.multipliedBy(2);
        }
    }

    private static UpstreamFault status(int status) {
        var text = "Snowflake answered HTTP status " + status;
        // 500, 502 and 504 may come from a balancer after the service has begun.
        return status >= 500 && status != 503
                ? new UpstreamFault.Unknown(text)
                : new UpstreamFault.NotSent(text);
    }

    private static Map<String, String> headers(String driver, String version) {
        var headers = new HashMap<String, String>();
        headers.put("Accept", "application/json");
        headers.put("Content-Type", "application/json");
        headers.put("User-Agent", printable(driver) + "/" + printable(version) + " sfguard");
        headers.put("CLIENT_APP_ID", printable(driver));
        headers.put("CLIENT_APP_VERSION", printable(version));
        return headers;
    }

    private static String printable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?");
    }

    private static UpstreamFault.Refused refused(String what, JsonNode answer) {
        return new UpstreamFault.Refused(
                answer.path("code").asText("?"),
                "Snowflake refused the gateway's " + what + ": " + answer.path("message").asText());
    }

    /// As SQL: unquoted where Snowflake would read the same name, quoted otherwise.
    static String identifier(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_$]*")
                ? name
                : '"' + unquoted(name).replace("\"", "\"\"") + '"';
    }

    /// The role's name as Snowflake reports it.
    static String folded(String role) {
        return role.matches("[A-Za-z_][A-Za-z0-9_$]*")
                ? role.toUpperCase(Locale.ROOT)
                : unquoted(role);
    }

    private static String unquoted(String role) {
        return role.length() > 1 && role.startsWith("\"") && role.endsWith("\"")
                ? role.substring(1, role.length() - 1).replace("\"\"", "\"")
                : role;
    }

    private static void append(StringBuilder path, String name, Optional<String> value) {
        value.ifPresent(
                v ->
                        path.append('&')
                                .append(name)
                                .append('=')
                                .append(URLEncoder.encode(v, StandardCharsets.UTF_8)));
    }

    static byte[] bytes(JsonNode json) {
        try {
            return Json.mapper().writeValueAsBytes(json);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    static String authorization(Secret token) {
        return "Snowflake Token=\"" + token.reveal() + "\"";
    }

    private static void close(HttpReply reply) throws UpstreamFault {
        try {
            reply.body().skipNBytes(0);
            reply.close();
        } catch (IOException e) {
            throw new UpstreamFault.Unknown("Snowflake's answer breaks off", e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
