package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Objects;
import java.util.Optional;
import java.util.Set;

/// One rule of the policy file. It applies where all that it says holds.
///
/// @param line where it stands in the file
/// @param who nobody is left out when absent
/// @param unless exempted from the rule
/// @param hasWhere the statement must have, or must not have, a WHERE that narrows it
/// @param connections empty for any
/// @param roles the session's role, folded as Snowflake folds names; empty for any
/// @param approvers who must say yes; present with APPROVE alone
record Rule(
        String name,
        int line,
        Optional<People> who,
        Optional<People> unless,
        StatementMatcher statement,
        Optional<Boolean> hasWhere,
        Set<String> connections,
        Set<String> roles,
        ObjectMatcher objects,
        Optional<When> when,
        Verdict verdict,
        Optional<Decision.Approvers> approvers,
        Optional<String> message) {

    enum Verdict {
        ALLOW,
        APPROVE,
        BLOCK
    }

    /// How the rule stands to one statement.
    sealed interface Standing {
        record Fires() implements Standing {}

        /// @param because the first key that does not hold
        record Passes(String because) implements Standing {}

        /// It would depend on objects that are not known.
        record NotKnown(String why) implements Standing {}

        /// Its condition could not be evaluated.
        record Failed(String why) implements Standing {}
    }

    Rule {
        connections = Set.copyOf(connections);
        roles = Set.copyOf(roles);
    }

    /// Whether all keys hold, in the order of their cost. Of an allow, the objects are not
    /// looked at here: it stands for those that it lists, which {@link Coverage} weighs.
    Standing standing(Facts facts) {
        var identity = facts.who();
        var session = facts.session();
        var statement = facts.statement();
        if (!who.map(people -> people.include(identity)).orElse(true)) {
            return new Standing.Passes("\"who\" leaves out " + Denials.shown(identity.name()));
        }
        if (unless.map(people -> people.include(identity)).orElse(false)) {
            return new Standing.Passes("\"unless\" exempts " + Denials.shown(identity.name()));
        }
        if (!connections.isEmpty() && !connections.contains(session.connection())) {
            return new Standing.Passes("another connection");
        }
        if (!roles.isEmpty() && !roles.contains(session.role())) {
            return new Standing.Passes("another role");
        }
        if (!speaksOf(statement)) {
            return new Standing.Passes("another statement");
        }
        if (!hasWhere.map(wanted -> wanted == statement.hasWhere()).orElse(true)) {
            return new Standing.Passes(
                    statement.hasWhere() ? "there is a WHERE" : "there is no WHERE");
        }
        return objects(facts);
    }

    private boolean speaksOf(Understood statement) {
        return this.statement.touches(statement)
                || (verdict == Verdict.ALLOW && this.statement.allowsReading());
    }

    private Standing objects(Facts facts) {
        if (verdict == Verdict.ALLOW) {
            return switch (facts.statement().objects()) {
                case Objects.Unknown unknown when !objects.isAny() ->
                        new Standing.NotKnown(unknown.why());
                case Objects.Unknown _, Objects.Known _ -> condition(facts);
            };
        }
        return switch (objects.touches(facts.statement())) {
            case ObjectMatcher.Touch.Yes _ -> condition(facts);
            case ObjectMatcher.Touch.No _ -> new Standing.Passes("other objects");
            case ObjectMatcher.Touch.NotKnown(var why) ->
                    condition(facts) instanceof Standing.Passes passes
                            ? passes
                            : new Standing.NotKnown(why);
        };
    }

    private Standing condition(Facts facts) {
        if (when.isEmpty()) {
            return new Standing.Fires();
        }
        return switch (when.get().evaluate(facts)) {
            case When.Result.Holds _ -> new Standing.Fires();
            case When.Result.HoldsNot _ -> new Standing.Passes("\"when\" is false");
            case When.Result.NotKnown _ -> new Standing.NotKnown(facts.whyNotKnown());
            case When.Result.Failed(var why) -> new Standing.Failed(why);
        };
    }

    /// It speaks of statements and objects alone: of everybody's, everywhere.
    boolean isUnconditional() {
        return who.isEmpty()
                && unless.isEmpty()
                && hasWhere.isEmpty()
                && connections.isEmpty()
                && roles.isEmpty()
                && when.isEmpty();
    }
}
