package dev.sfguard.sandbox.issuer;

import dev.sfguard.sandbox.issuer.DevIssuerSettings.Client;
import dev.sfguard.sandbox.issuer.DevIssuerSettings.User;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the tokens say. The maps are the caller's own: a negative test changes one claim and signs
/// the rest as it is.
public final class Claims {
    private final String issuer;
    private final DevIssuerSettings settings;

    Claims(String issuer, DevIssuerSettings settings) {
        this.issuer = issuer;
        this.settings = settings;
    }

    /// An ID token: says to the client who signed in (OpenID Connect Core section 2).
    public Map<String, Object> idToken(User user, String clientId, Instant signedIn) {
        Map<String, Object> claims = dated(settings.idTokenLife());
        claims.put("aud", clientId);
        claims.put("azp", clientId);
        claims.put("auth_time", signedIn.getEpochSecond());
        putPerson(claims, user);
        return claims;
    }

    /// An access token (RFC 9068) of a person.
    public Map<String, Object> accessToken(User user, String clientId, String scope) {
        Map<String, Object> claims = dated(settings.accessTokenLife());
        claims.put("aud", settings.audience());
        claims.put("client_id", clientId);
        claims.put("scope", scope);
        putPerson(claims, user);
        return claims;
    }

    /// An access token of a workload: `sub` is the client itself (RFC 9068 section 2.2), and `gty`
    /// names the grant, so that a gateway can tell an AI agent's token from a person's.
    public Map<String, Object> workload(Client client) {
        Map<String, Object> claims = dated(settings.accessTokenLife());
        claims.put("aud", settings.audience());
        claims.put("sub", client.id());
        claims.put("client_id", client.id());
        claims.put("gty", "client_credentials");
        claims.put("groups", sorted(client.groups()));
        return claims;
    }

    private Map<String, Object> dated(Duration life) {
        Instant now = settings.clock().instant();
        var claims = new LinkedHashMap<String, Object>();
        claims.put("iss", issuer);
        claims.put("jti", RandomText.token());
        claims.put("iat", now.getEpochSecond());
        claims.put("exp", now.plus(life).getEpochSecond());
        return claims;
    }

    private static void putPerson(Map<String, Object> claims, User user) {
        claims.put("sub", user.name());
        claims.put("preferred_username", user.name());
        claims.put("email", user.email());
        claims.put("email_verified", true);
        claims.put("groups", sorted(user.groups()));
    }

    private static List<String> sorted(Iterable<String> groups) {
        var names = new ArrayList<String>();
        groups.forEach(names::add);
        names.sort(null);
        return names;
    }
}
