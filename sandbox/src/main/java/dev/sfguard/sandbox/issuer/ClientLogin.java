package dev.sfguard.sandbox.issuer;

import com.sun.net.httpserver.HttpExchange;
import dev.sfguard.sandbox.issuer.DevIssuerSettings.Client;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/// Finds out which client asks: by `client_secret_basic`, by `client_secret_post`, or, for public
/// clients, by its mere id (RFC 6749 section 2.3).
final class ClientLogin {
    private record Presented(String id, Optional<String> secret) {}

    private final DevIssuerSettings settings;

    ClientLogin(DevIssuerSettings settings) {
        this.settings = settings;
    }

    Client of(HttpExchange exchange, Form form) throws OAuthError {
        Presented presented = presented(exchange, form);
        Client client =
                settings.client(presented.id())
                        .orElseThrow(() -> OAuthError.invalidClient("the client is unknown"));
        // Both absent is a public client; one absent or two that differ is nobody.
        if (!same(client.secret().orElse(""), presented.secret().orElse(""))) {
            throw OAuthError.invalidClient("the client's secret is wrong");
        }
        return client;
    }

    private static Presented presented(HttpExchange exchange, Form form) throws OAuthError {
        String header =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                        .orElse("");
        if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
            return new Presented(form.require("client_id"), form.get("client_secret"));
        }
        if (form.get("client_secret").isPresent()) {
            throw OAuthError.badRequest("invalid_request", "two client authentications at once");
        }
        Presented basic = basic(header.substring(6).strip());
        if (!form.get("client_id").orElse(basic.id()).equals(basic.id())) {
            throw OAuthError.badRequest("invalid_request", "two different client ids");
        }
        return basic;
    }

    private static Presented basic(String encoded) throws OAuthError {
        try {
            String pair = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                return new Presented(
                        URLDecoder.decode(pair.substring(0, colon), StandardCharsets.UTF_8),
                        Optional.of(
                                URLDecoder.decode(
                                        pair.substring(colon + 1), StandardCharsets.UTF_8)));
            }
        } catch (IllegalArgumentException e) {
            // Not base64 or not percent-encoded: answered as any other bad credential, below.
        }
        throw OAuthError.invalidClient("the Authorization header cannot be read");
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(
                left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
