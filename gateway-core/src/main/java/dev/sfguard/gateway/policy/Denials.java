package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.ObjectAccess;
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

    /// `rule "no-drop" (policy.yaml:7)`.
    static String place(String file, Rule rule) {
        return "rule \"%s\" (%s:%d)".formatted(rule.name(), file, rule.line());
    }

    static String notFollowed(String what, String why) {
        return ("Denied: it cannot be told which objects this statement touches (%s), and %s speaks"
                        + " of objects. Nothing was sent. Check the names in it, write it in a"
                        + " simpler way, or ask whoever keeps the policy.")
                .formatted(why, what);
    }

    static String failed(String rule, String why) {
        return "Denied: the condition of %s cannot be evaluated (%s). Ask whoever keeps the policy."
                .formatted(rule, why);
    }

    static String byObject(
            Policy.Origin origin, Identity who, SessionView session, ObjectAccess access) {
        String verb =
                switch (access.mode()) {
                    case READ -> "reading";
                    case WRITE -> "writing to";
                    case DDL -> "defining or changing";
                };
        return "Denied: no rule allows %s %s to %s on %s in such a statement (%s). "
                        .formatted(
                                verb,
                                shown(access.object().toString()),
                                shown(who.name()),
                                session.connection(),
                                origin.file())
                + "Ask whoever keeps the policy.";
    }

    static String byRule(String file, Rule rule, Understood statement) {
        return "Denied by %s: ".formatted(place(file, rule))
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
