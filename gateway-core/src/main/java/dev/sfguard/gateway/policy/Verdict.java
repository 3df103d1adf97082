package dev.sfguard.gateway.policy;

import java.util.Locale;

/// A decision in one word, for people, examples and JSON; the later, the stricter.
public enum Verdict {
    ALLOW,
    /// Allowed, with at least one column masked.
    MASK,
    APPROVE,
    BLOCK;

    public static Verdict of(Decision decision) {
        return switch (decision) {
            case Decision.Allow(_, var masks, _) -> masks.columns().isEmpty() ? ALLOW : MASK;
            case Decision.Hold _ -> APPROVE;
            case Decision.Deny _ -> BLOCK;
        };
    }

    /// The word of policies.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
