package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Signal;
import dev.sfguard.gateway.sql.StatementClass;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Which roles the statements of one request run under, as far as USE ROLE among them tells.
final class Roles {

    private Roles() {}

    /// Those that the statement takes.
    static Set<String> taken(Analysis analysis) {
        return analysis instanceof Analysis.Understood understood
                ? understood.signals().stream()
                        .filter(Signal.RoleChange.class::isInstance)
                        .map(change -> ((Signal.RoleChange) change).role())
                        .collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }

    /// All under which some of the statement may run.
    static Set<String> within(Analysis analysis, Set<String> before) {
        return isPlain(analysis) ? before : both(before, taken(analysis));
    }

    /// All that the session may have behind the statement.
    static Set<String> after(Analysis analysis, Set<String> before) {
        var taken = taken(analysis);
        return isPlain(analysis) && taken.size() == 1 ? taken : both(before, taken);
    }

    /// `USE ROLE` and nothing else.
    private static boolean isPlain(Analysis analysis) {
        return analysis instanceof Analysis.Understood understood
                && understood.classes().equals(Set.of(StatementClass.USE_ROLE));
    }

    private static Set<String> both(Set<String> some, Set<String> others) {
        var all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }
}
