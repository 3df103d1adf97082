package dev.sfguard.gateway.identity;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/// One OIDC issuer whose tokens the gateway believes.
///
/// @param issuer exactly as tokens name it in `iss`; https, or http to this machine
/// @param clientId the public client of people's logins; absent for an issuer of workloads only
/// @param audience the `aud` of access tokens meant for this gateway
/// @param groupsClaim the claim that lists groups
/// @param agentGroups members of one of these are AI agents
/// @param agentGrants tokens got by one of these grants belong to AI agents: `client_credentials`
public record IssuerSettings(
        URI issuer,
        Optional<String> clientId,
        String audience,
        String groupsClaim,
        Set<String> agentGroups,
        Set<String> agentGrants) {

    public IssuerSettings {
        agentGroups = Set.copyOf(agentGroups);
        agentGrants = Set.copyOf(agentGrants);
        if (audience.isBlank()) {
            throw new IllegalArgumentException("audience of " + issuer + " is blank");
        }
        if (!isSafe(issuer)) {
            throw new IllegalArgumentException(
                    "issuer must be https, or http to this machine: " + issuer);
        }
    }

    /// Whether keys may be fetched from there: over TLS, or without leaving this machine.
    static boolean isSafe(URI uri) {
        String host = uri.getHost();
        if (host == null) {
            return false;
        }
        boolean here = host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]");
        return "https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && here);
    }
}
