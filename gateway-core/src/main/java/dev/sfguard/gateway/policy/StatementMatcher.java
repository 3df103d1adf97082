package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.TreeSet;

/// Which statements a rule speaks of, in words that are classes or effects.
sealed interface StatementMatcher {

    /// Classes whose statements run what cannot be seen; only a rule that names one allows
    /// it.
    Set<String> MUST_BE_NAMED = Set.of("CALL", "EXECUTE", "OTHER", "SCRIPT");

    record Any() implements StatementMatcher {}

    record Named(Set<String> words) implements StatementMatcher {
        public Named {
            words = Set.copyOf(words);
        }
    }

    record NoneOf(Set<String> words) implements StatementMatcher {
        public NoneOf {
            words = Set.copyOf(words);
        }
    }

    /// Some of the statement is what the rule speaks of: enough for a rule that blocks.
    default boolean touches(Understood statement) {
        return switch (this) {
            case Any _ -> true;
            case Named(var words) -> !Collections.disjoint(all(statement), words);
            case NoneOf(var words) -> !words.containsAll(toCover(statement));
        };
    }

    /// The words of the statement that a rule with this matcher allows. Of a statement that
    /// does anything of `!words`, nothing.
    default Set<String> covered(Understood statement) {
        var covered = toCover(statement);
        switch (this) {
            case Any _ -> covered.removeAll(MUST_BE_NAMED);
            case Named(var words) -> covered.retainAll(words);
            case NoneOf(var words) -> {
                covered.removeAll(MUST_BE_NAMED);
                if (!Collections.disjoint(all(statement), words)) {
                    covered.clear();
                }
            }
        }
        return covered;
    }

    /// Whether a plain SELECT is among what a rule with this matcher allows.
    default boolean allowsReading() {
        return switch (this) {
            case Any _ -> true;
            case Named(var words) -> words.contains("SELECT");
            case NoneOf(var words) -> !words.contains("SELECT");
        };
    }

    /// Everything the statement is and does.
    static Set<String> all(Understood statement) {
        var words = new LinkedHashSet<String>();
        statement.classes().forEach(kind -> words.add(kind.name()));
        statement.effects().forEach(effect -> words.add(effect.name()));
        return words;
    }

    /// What must be allowed for the statement to be: its classes, and the effects that do not
    /// go with a class by itself. In alphabetical order, for messages.
    static Set<String> toCover(Understood statement) {
        var words = new TreeSet<String>();
        for (var effect : statement.effects()) {
            boolean implied =
                    statement.classes().stream().anyMatch(k -> k.implied().contains(effect));
            if (!implied) {
                words.add(effect.name());
            }
        }
        statement.classes().forEach(kind -> words.add(kind.name()));
        return words;
    }

    /// The words that a policy may use.
    static Set<String> vocabulary() {
        var words = new TreeSet<String>();
        Arrays.stream(StatementClass.values()).map(Enum::name).forEach(words::add);
        Arrays.stream(Effect.values()).map(Enum::name).forEach(words::add);
        return words;
    }
}
