package dev.sfguard.gateway.policy;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What the policy says to one statement, and which rule says it.
public sealed interface Decision {

    /// The rule's name; `default` where no rule spoke, and {@link Policy} names the rest.
    String rule();

    /// @param masks what must be masked; {@link Masks#NONE} mostly
    /// @param limits how many rows may be delivered; {@link Limits#NONE} mostly
    record Allow(String rule, Masks masks, Limits limits) implements Decision {
        public Allow(String rule) {
            this(rule, Masks.NONE);
        }

        public Allow(String rule, Masks masks) {
            this(rule, masks, Limits.NONE);
        }
    }

    /// @param message the operator's text, or ours where the rule has none: what, why, what
    ///     next
    /// @param why whether the statement itself is refused, or only for now
    record Deny(String rule, String message, Why why) implements Decision {
        public Deny(String rule, String message) {
            this(rule, message, Why.BLOCKED);
        }
    }

    /// What a denial rests on; drivers and scripts are answered by it.
    enum Why {
        BLOCKED,
        /// A limit is used up; the same statement may pass later.
        LIMIT
    }

    /// A person must say yes first.
    ///
    /// @param rule of several rules that hold the statement, the strictest
    /// @param approvers one demand of each rule that holds it, the strictest first; never
    ///     empty. All must be met; one person's yes counts for every demand that names a group
    ///     of that person
    /// @param message the operator's text; empty where the rule has none
    /// @param masks what must be masked once it runs
    /// @param limits how many rows may be delivered once it runs
    record Hold(
            String rule,
            List<Approvers> approvers,
            Optional<String> message,
            Masks masks,
            Limits limits)
            implements Decision {
        public Hold {
            approvers = List.copyOf(approvers);
        }

        /// How long the request may wait: as long as the most impatient demand.
        public Duration expires() {
            return approvers.stream()
                    .map(Approvers::expires)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    /// Who may say yes to a held statement.
    ///
    /// @param rule whose demand this is
    /// @param groups of the identity provider; an approver is in one of them
    /// @param atLeast how many different people, 1 or more
    /// @param expires how long the request may wait
    record Approvers(String rule, Set<String> groups, int atLeast, Duration expires) {
        public Approvers {
            groups = Set.copyOf(groups);
        }
    }

    /// The answer to a request of several statements: the first denial, else the first
    /// that holds, else the first permission. A request without any statement is denied, for there
    /// is nothing to permit.
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
