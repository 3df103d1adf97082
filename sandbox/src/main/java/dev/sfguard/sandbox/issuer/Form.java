package dev.sfguard.sandbox.issuer;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The parameters of one request, from its query or from its form body.
record Form(Map<String, String> values) {
    private static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_FIELDS = 64;

    Form {
        values = Map.copyOf(values);
    }

    static Form ofQuery(HttpExchange exchange) throws OAuthError {
        return parse(exchange.getRequestURI().getRawQuery());
    }

    static Form ofBody(HttpExchange exchange) throws IOException, OAuthError {
        var type = Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Type"));
        if (!type.orElse("").startsWith("application/x-www-form-urlencoded")) {
            throw OAuthError.badRequest(
                    "invalid_request",
                    "the body must be application/x-www-form-urlencoded, but is "
                            + type.orElse("of no type"));
        }
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw OAuthError.ofStatus(
                    413, "invalid_request", "the body is longer than " + MAX_BYTES + " bytes");
        }
        return parse(new String(body, StandardCharsets.UTF_8));
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
    }

    String require(String name) throws OAuthError {
        return get(name)
                .orElseThrow(() -> OAuthError.badRequest("invalid_request", name + " is missing"));
    }

    private static Form parse(@Nullable String text) throws OAuthError {
        var values = new LinkedHashMap<String, String>();
        if (text == null || text.isEmpty()) {
            return new Form(values);
        }
        String[] pairs = text.split("&", MAX_FIELDS + 1);
        if (pairs.length > MAX_FIELDS) {
            throw OAuthError.badRequest(
                    "invalid_request", "more than " + MAX_FIELDS + " parameters");
        }
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            // RFC 6749 section 3.1: a parameter must not come twice.
            if (!name.isEmpty() && values.put(name, value) != null) {
                throw OAuthError.badRequest("invalid_request", "a parameter is given twice");
            }
        }
        return new Form(values);
    }

    private static String decode(String text) throws OAuthError {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw OAuthError.badRequest("invalid_request", "a parameter is badly percent-encoded");
        }
    }
}
