package dev.sfguard.gateway.policy;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the policy says to one statement, and which rule says it.
public sealed interface Decision {

    /// The rule's name; `default` where no rule spoke, and {@link Policy} names the rest.
    String rule();

    /// @param masks what must be masked; {@link Masks#NONE} mostly
    record Allow(String rule, Masks masks) implements Decision {
        public Allow(String rule) {
            this(rule, Masks.NONE);
        }
    }

    /// @param message the operator's text, or ours where the rule has none: what, why, what
    ///     next
    record Deny(String rule, String message) implements Decision {}

    /// A person must say yes first.
    ///
    /// @param rule of several rules that hold the statement, the first
    /// @param message the operator's text; empty where the rule has none
    /// @param masks what must be masked once it runs
    record Hold(String rule, Approvers approvers, Optional<String> message, Masks masks)
            implements Decision {}

    /// Who may say yes to a held statement.
    ///
    /// @param groups of the identity provider; an approver is in one of them
    /// @param atLeast how many different people, 1 or more
    /// @param expires how long the request may wait
    record Approvers(Set<String> groups, int atLeast, Duration expires) {
        public Approvers {
            groups = Set.copyOf(groups);
        }
    }

    /// The answer to a request of several statements: the first denial, else the first
    /// that holds, else the first permission. A request without any statement is denied, for there
    // is nothing to permit.
    static Decision strictest(List<Decision> decisions) {
        for (var decision : decisions) {
            if (decision instanceof Deny) {
                return decision;
            }
        }
        for (var decision : decisions) {
            if (decision instanceof Hold) {
                return decision;
            }
        }
        return decisions.isEmpty()
                ? new Deny(Policy.UNREADABLE, "Denied: the request holds no statement.")
                : decisions.getFirst();
    }
}
