package dev.sfguard.gateway.policy;

/// What the policy says to one statement, and which rule says it.
public sealed interface Decision {

    /// The rule's name; `default` where no rule spoke, `always-refused` where none is asked.
    String rule();

    record Allow(String rule) implements Decision {}

    /// @param message the operator's text, or ours where the rule has none: what, why, what next
    record Deny(String rule, String message) implements Decision {}
}
