package dev.sfguard.gateway.identity;

import java.time.Instant;
import java.util.Set;

/// A person, an AI agent or a workload, as an issuer's token names it.
///
/// @param subject the issuer's `sub`: stable and unique within that issuer
/// @param name what people read: e-mail, else preferred user name, else the subject
/// @param groups as the token's groups claim lists them
/// @param issuer the issuer's URL, exactly as in the token
/// @param expires when what proved this identity ends
public record Identity(
        String subject,
        String name,
        Kind kind,
        Set<String> groups,
        String issuer,
        Instant expires) {

    /// What stands behind the token. Decided by the issuer's configuration, never by the client.
    public enum Kind {
        HUMAN,
        AGENT,
        WORKLOAD
    }

    public Identity {
        groups = Set.copyOf(groups);
    }

    /// The same identity, treated as an AI agent. A client may raise itself to this; nothing lowers
    /// it.
    public Identity asAgent() {
        return new Identity(subject, name, Kind.AGENT, groups, issuer, expires);
    }
}
