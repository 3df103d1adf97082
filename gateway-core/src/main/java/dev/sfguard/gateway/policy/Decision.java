package dev.sfguard.gateway.policy;

import java.util.List;

/// What the policy says to one statement, and which rule says it.
public sealed interface Decision {

    /// The rule's name; `default` where no rule spoke, and {@link Policy} names the rest.
    String rule();

    record Allow(String rule) implements Decision {}

    /// @param message the operator's text, or ours where the rule has none: what, why, what
    ///     next
    record Deny(String rule, String message) implements Decision {}

    /// The answer to a request of several statements: the first denial, else the first
    /// permission. A request without any statement is denied, for there is nothing to permit.
    static Decision strictest(List<Decision> decisions) {
        for (var decision : decisions) {
            if (decision instanceof Deny) {
                return decision;
            }
        }
        return decisions.isEmpty()
                ? new Deny(Policy.UNREADABLE, "Denied: the request holds no statement.")
                : decisions.getFirst();
    }
}
