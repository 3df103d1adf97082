package dev.sfguard.gateway.snowflake;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One call of a driver, as its method and path tell it. What is not known is `Other`, and
/// refused.
public sealed interface SnowflakeRequest {

    /// @param settings the query's parameters: databaseName, schemaName, warehouse, roleName …
    record Login(Map<String, String> settings) implements SnowflakeRequest {
        public Login {
            settings = Map.copyOf(settings);
        }
    }

    record Renew() implements SnowflakeRequest {}

    record Heartbeat() implements SnowflakeRequest {}

    record CloseSession() implements SnowflakeRequest {}

    /// @param requestId the client's name for the statement: the same on every repeat of it
    record Query(Optional<String> requestId) implements SnowflakeRequest {}

    /// Cancels by the request id that stands in the body.
    record Abort() implements SnowflakeRequest {}

    record AbortQuery(String queryId) implements SnowflakeRequest {}

    record Result(String queryId) implements SnowflakeRequest {}

    record Monitoring(String queryId) implements SnowflakeRequest {}

    record Telemetry() implements SnowflakeRequest {}

    /// A part of a large result, at an address that the gateway made.
    record Chunk(String result, int number) implements SnowflakeRequest {}

    record Other(String method, String path) implements SnowflakeRequest {}

    /// A query id as Snowflake and we write it; also keeps it safe inside a URL of ours.
    Pattern QUERY_ID = Pattern.compile("[0-9A-Za-z-]{8,64}");

    Pattern BY_QUERY = Pattern.compile("/(queries|monitoring/queries)/([^/]+)(/[a-z-]+)?");
    Pattern CHUNK = Pattern.compile("/chunks/([0-9A-Za-z_-]{16,64})/([0-9]{1,6})");

    /// @param path as it came, not decoded: an escaped path is nothing that a driver sends
    /// @param query the part behind the question mark, not decoded
    static SnowflakeRequest of(String method, String path, @Nullable String query) {
        var other = new Other(method, path);
        Map<String, String> settings;
        try {
            settings = parameters(query);
        } catch (IllegalArgumentException _) {
            return other;
        }
        return switch (method) {
            case "POST" -> post(path, settings, other);
            case "GET" -> get(path, other);
            default -> other;
        };
    }

    private static SnowflakeRequest post(String path, Map<String, String> settings, Other other) {
        return switch (path) {
            case "/session/v1/login-request" -> new Login(settings);
            case "/session/token-request" -> new Renew();
            case "/session/heartbeat" -> new Heartbeat();
            case "/session" ->
                    "true".equalsIgnoreCase(settings.get("delete")) ? new CloseSession() : other;
            case "/queries/v1/query-request" ->
                    new Query(
                            Optional.ofNullable(settings.get("requestId"))
                                    .filter(id -> QUERY_ID.matcher(id).matches()));
            case "/queries/v1/abort-request" -> new Abort();
            case "/telemetry/send", "/telemetry/send/sessionless" -> new Telemetry();
            default -> {
                var match = BY_QUERY.matcher(path);
                yield match.matches()
                                && "queries".equals(match.group(1))
                                && "/abort-request".equals(match.group(3))
                                && QUERY_ID.matcher(match.group(2)).matches()
                        ? new AbortQuery(match.group(2))
                        : other;
            }
        };
    }

    private static SnowflakeRequest get(String path, Other other) {
        var chunk = CHUNK.matcher(path);
        if (chunk.matches()) {
            return new Chunk(chunk.group(1), Integer.parseInt(chunk.group(2)));
        }
        var match = BY_QUERY.matcher(path);
        if (!match.matches() || !QUERY_ID.matcher(match.group(2)).matches()) {
            return other;
        }
        if ("queries".equals(match.group(1))) {
            return "/result".equals(match.group(3)) ? new Result(match.group(2)) : other;
        }
        return match.group(3) == null ? new Monitoring(match.group(2)) : other;
    }

    private static Map<String, String> parameters(@Nullable String query) {
        var parameters = new HashMap<String, String>();
        if (query == null) {
            return parameters;
        }
        int start = 0;
        while (start < query.length()) {
            int end = query.indexOf('&', start);
            if (end < 0) {
                end = query.length();
            }
            int equals = query.indexOf('=', start);
            if (equals > start && equals < end) {
                parameters.put(
                        URLDecoder.decode(query.substring(start, equals), StandardCharsets.UTF_8),
                        URLDecoder.decode(
                                query.substring(equals + 1, end), StandardCharsets.UTF_8));
            }
            start = end + 1;
        }
        return parameters;
    }
}
