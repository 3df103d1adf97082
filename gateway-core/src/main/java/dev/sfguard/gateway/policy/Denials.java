package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Analysis.Understood;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// The texts of denials: what, why, what next.
final class Denials {
    /// A name or an id of Snowflake is no longer than this, or it may well be cut.
    private static final int LONGEST_SHOWN = 64;

    private Denials() {}

    /// A text of the client's, fit for a message: short, and without what a terminal would
    /// obey.
    static String shown(String text) {
        String cut = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
        return cut.replaceAll("[^\\x20-\\x7e\\p{L}\\p{N}…]", "?");
    }

    static String unreadable(String why) {
        return "Denied: the statement cannot be read with certainty (%s), and nothing was sent. "
                        .formatted(why)
                + "Write that place in another way and run it again.";
    }

    static String foreignRole(Identity who, String role, List<String> own) {
        return "Denied: role %s is none of %s's on this connection. %s"
                .formatted(shown(role), shown(who.name()), ownRoles(own));
    }

    static String computedRole(List<String> own) {
        return "Denied: USE ROLE needs a constant name. " + ownRoles(own);
    }

    private static String ownRoles(List<String> own) {
        return own.isEmpty()
                ? "No group of yours has a role here; ask whoever keeps the policy."
                : "Yours: %s. For another one ask whoever keeps the policy."
                        .formatted(String.join(", ", own));
    }

    static String byRule(String file, Rule rule, Understood statement) {
        String place = "Denied by rule \"%s\" (%s:%d): ".formatted(rule.name(), file, rule.line());
        return place
                + rule.message()
                        .orElseGet(
                                () ->
                                        "%s is blocked. Ask whoever keeps the policy."
                                                .formatted(blockedWords(rule, statement)));
    }

    /// The words of the rule that the statement met; its class where the rule names none.
    private static String blockedWords(Rule rule, Understood statement) {
        var words = new TreeSet<>(StatementMatcher.all(statement));
        switch (rule.statement()) {
            case StatementMatcher.Any _ -> words.retainAll(Set.of(statement.kind().name()));
            case StatementMatcher.Named(var named) -> words.retainAll(named);
            case StatementMatcher.NoneOf(var named) -> words.removeAll(named);
        }
        String where =
                rule.hasWhere().isPresent() && !statement.hasWhere()
                        ? " without a WHERE that narrows it"
                        : "";
        return String.join(", ", words) + where;
    }

    static String byDefault(
            Policy.Origin origin, Identity who, SessionView session, Set<String> open) {
        String words = String.join(", ", open);
        if (!Collections.disjoint(open, StatementMatcher.MUST_BE_NAMED)) {
            return ("Denied: %s is blocked unless a rule names it, because what it runs cannot be seen"
                            + " beforehand. Run the statements themselves, or ask whoever keeps the"
                            + " policy (%s).")
                    .formatted(words, origin.file());
        }
        return "Denied: no rule allows %s to %s on %s, and the default is block (%s:%d). "
                        .formatted(
                                words,
                                shown(who.name()),
                                session.connection(),
                                origin.file(),
                                origin.otherwiseLine())
                + "Ask whoever keeps the policy.";
    }
}
