package dev.sfguard.gateway.identity;

import java.time.Instant;

/// Remembers tokens that enrol only once. The gateway backs it with its store, so that a restart
/// does not let a token in again.
@FunctionalInterface
public interface UsedTokens {

    /// Marks a token as used, durably when it returns.
    ///
    /// @param token names the token: a hash, never the token itself
    /// @param expires until when it must be remembered
    /// @return whether this was its first use
    boolean firstUse(String token, Instant expires);
}
