package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Resolver.Has;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the relations that may have a column that is read. A doubt finds all of them; only what
/// the catalog or a subquery's own list rules out is left out.
final class ColumnResolver {
    /// Looks at a relation for a column; thousands of joins with thousands of columns are told
    /// apart no further.
    private static final int MOST_LOOKS = 200_000;

    /// Is told of every relation that may be meant.
    @FunctionalInterface
    interface Found {
        /// @param readings of the column's name; null for every column
        void in(Source source, @Nullable Set<String> readings);
    }

    private final Resolver resolver;
    private final Found found;
    private int looks;

    ColumnResolver(Resolver resolver, Found found) {
        this.resolver = resolver;
        this.found = found;
    }

    /// Adds what it finds to the relations themselves.
    static ColumnResolver adding(Resolver resolver) {
        return new ColumnResolver(resolver, ColumnResolver::add);
    }

    /// Whether a relation is sure to have it.
    boolean resolve(ColumnUse use) {
        var chain = use.chain();
        return switch (use.form()) {
            case STAR -> star(use.scope(), chain == null ? List.of() : chain.parts());
            case JOINED -> chain != null && joined(use.scope(), NameChain.readings(chain.last()));
            case NAME -> chain != null && name(use.scope(), chain.parts());
        };
    }

    private boolean joined(Scope scope, Set<String> readings) {
        if (!coarse(scope)) {
            scope.sources.forEach(source -> found.in(source, readings));
        }
        return true;
    }

    /// Too much to look at: then any column of these relations may be meant.
    private boolean coarse(Scope scope) {
        looks += scope.sources.size();
        if (looks > MOST_LOOKS && !scope.coarse) {
            scope.sources.forEach(source -> found.in(source, null));
            scope.coarse = true;
        }
        return scope.coarse;
    }

    private boolean star(Scope scope, List<String> qualifier) {
        if (qualifier.isEmpty()) {
            scope.sources.forEach(source -> found.in(source, null));
        } else if (!qualified(scope, qualifier, null)) {
            // Whatever it means, it is a relation here or around.
            for (var outer = scope; outer != null; outer = outer.parent) {
                outer.sources.forEach(source -> found.in(source, null));
            }
        }
        return true;
    }

    private boolean name(Scope scope, List<String> parts) {
        var readings = NameChain.readings(parts.getLast());
        if (parts.size() == 1) {
            return unqualified(scope, readings);
        }
        if (qualified(scope, parts.subList(0, parts.size() - 1), readings)) {
            return true;
        }
        // No relation of that name: then its first part is a column, or nothing that
        // Snowflake knows.
        boolean certain = unqualified(scope, NameChain.readings(parts.getFirst()));
        unqualified(scope, readings);
        return certain;
    }

    /// @param readings the column's, or null for all columns
    private boolean qualified(Scope scope, List<String> qualifier, @Nullable Set<String> readings) {
        for (var outer = scope; outer != null; outer = outer.parent) {
            if (coarse(outer)) {
                continue;
            }
            boolean answered = false;
            for (var source : outer.sources) {
                if (source.answersTo(qualifier)) {
                    found.in(source, readings);
                    answered = true;
                }
            }
            if (answered) {
                return true;
            }
        }
        return false;
    }

    private boolean unqualified(Scope scope, Set<String> readings) {
        for (var outer = scope; outer != null; outer = outer.parent) {
            if (coarse(outer)) {
                continue;
            }
            boolean certain = false;
            for (var source : outer.sources) {
                var has = resolver.has(source, readings);
                if (has != Has.NO) {
                    found.in(source, readings);
                }
                certain |= has == Has.YES;
            }
            if (certain) {
                return true;
            }
        }
        return false;
    }

    private static void add(Source source, @Nullable Set<String> readings) {
        if (readings == null || source.renamed) {
            source.everyColumn = true;
        } else {
            source.columns.addAll(readings);
        }
    }
}
