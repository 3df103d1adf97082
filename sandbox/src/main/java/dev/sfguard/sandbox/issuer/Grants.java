package dev.sfguard.sandbox.issuer;

import dev.sfguard.sandbox.issuer.DevIssuerSettings.User;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Grants that people gave, each with a chain of refresh tokens of which only the last one works.
///
/// A refresh token that comes a second time was stolen from somebody, and nobody can say from whom:
/// the whole grant ends (RFC 9700 section 4.14.2).
final class Grants {
    /// A person's consent to one client, from one sign-in.
    record Grant(String id, User user, String clientId, String scope, Instant signedIn) {
        boolean covers(String word) {
            return (" " + scope + " ").contains(" " + word + " ");
        }
    }

    /// A grant and the refresh token that goes with its next answer.
    record Renewed(Grant grant, Optional<String> refreshToken) {}

    private record Issued(String grantId, Instant expires, boolean used) {}

    private final Map<String, Grant> byId = new HashMap<>();
    private final Map<String, Issued> refreshTokens = new HashMap<>();
    private final Duration refreshLife;
    private final Clock clock;

    Grants(Duration refreshLife, Clock clock) {
        this.refreshLife = refreshLife;
        this.clock = clock;
    }

    synchronized Renewed open(User user, String clientId, String scope, Instant signedIn) {
        forgetExpired();
        var grant = new Grant(RandomText.token(), user, clientId, scope, signedIn);
        byId.put(grant.id(), grant);
        return new Renewed(grant, nextToken(grant));
    }

    synchronized Renewed refresh(String token, String clientId) throws OAuthError {
        Issued issued = refreshTokens.get(token);
        Grant grant = issued == null ? null : byId.get(issued.grantId());
        if (issued == null || grant == null || !grant.clientId().equals(clientId)) {
            throw invalid("the refresh token is unknown or revoked");
        }
        if (issued.used()) {
            revoke(grant.id());
            throw invalid("the refresh token was used before; its whole grant is revoked");
        }
        if (!clock.instant().isBefore(issued.expires())) {
            throw invalid("the refresh token has expired");
        }
        refreshTokens.put(token, new Issued(grant.id(), issued.expires(), true));
        return new Renewed(grant, nextToken(grant));
    }

    synchronized void revoke(String grantId) {
        byId.remove(grantId);
        refreshTokens.values().removeIf(issued -> issued.grantId().equals(grantId));
    }

    /// Ends the grant behind a refresh token; unknown tokens are no error (RFC 7009 section 2.2).
    synchronized void revokeByToken(String token, String clientId) {
        Issued issued = refreshTokens.get(token);
        Grant grant = issued == null ? null : byId.get(issued.grantId());
        if (grant != null && grant.clientId().equals(clientId)) {
            revoke(grant.id());
        }
    }

    private Optional<String> nextToken(Grant grant) {
        if (!grant.covers("offline_access")) {
            return Optional.empty();
        }
        String token = RandomText.token();
        refreshTokens.put(token, new Issued(grant.id(), clock.instant().plus(refreshLife), false));
        return Optional.of(token);
    }

    private void forgetExpired() {
        Instant now = clock.instant();
        refreshTokens.values().removeIf(issued -> issued.expires().isBefore(now));
        byId.values()
                .removeIf(
                        grant -> grant.signedIn().plus(refreshLife).isBefore(now) && !live(grant));
    }

    private boolean live(Grant grant) {
        return refreshTokens.values().stream()
                .anyMatch(issued -> issued.grantId().equals(grant.id()));
    }

    private static OAuthError invalid(String description) {
        return OAuthError.badRequest("invalid_grant", description);
    }
}
