package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Resolver.Has;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Adds every column that may be read to the relations that may have it. A doubt adds it to all
/// of them; only what the catalog or a subquery's own list rules out is left out.
final class ColumnResolver {
    private final Resolver resolver;

    ColumnResolver(Resolver resolver) {
        this.resolver = resolver;
    }

    void resolve(ColumnUse use) {
        var chain = use.chain();
        switch (use.form()) {
            case STAR -> star(use.scope(), chain == null ? List.of() : chain.parts());
            case NAME -> {
                if (chain != null) {
                    name(use.scope(), chain.parts());
                }
            }
        }
    }

    private void star(Scope scope, List<String> qualifier) {
        if (qualifier.isEmpty()) {
            scope.sources.forEach(source -> source.everyColumn = true);
        } else if (!qualified(scope, qualifier, null)) {
            // Whatever it means, it is a relation here or around.
            for (var outer = scope; outer != null; outer = outer.parent) {
                outer.sources.forEach(source -> source.everyColumn = true);
            }
        }
    }

    private void name(Scope scope, List<String> parts) {
        var readings = NameChain.readings(parts.getLast());
        if (parts.size() == 1) {
            unqualified(scope, readings);
        } else if (!qualified(scope, parts.subList(0, parts.size() - 1), readings)) {
            // No relation of that name: then its first part is a column, or nothing that
            // Snowflake knows.
            unqualified(scope, NameChain.readings(parts.getFirst()));
            unqualified(scope, readings);
        }
    }

    /// @param readings the column's, or null for all columns
    private boolean qualified(Scope scope, List<String> qualifier, @Nullable Set<String> readings) {
        for (var outer = scope; outer != null; outer = outer.parent) {
            boolean found = false;
            for (var source : outer.sources) {
                if (source.answersTo(qualifier)) {
                    add(source, readings);
                    found = true;
                }
            }
            if (found) {
                return true;
            }
        }
        return false;
    }

    private void unqualified(Scope scope, Set<String> readings) {
        for (var outer = scope; outer != null; outer = outer.parent) {
            boolean certain = false;
            for (var source : outer.sources) {
                var has = resolver.has(source, readings);
                if (has != Has.NO) {
                    add(source, readings);
                }
                certain |= has == Has.YES;
            }
            if (certain) {
                return;
            }
        }
    }

    private static void add(Source source, @Nullable Set<String> readings) {
        if (readings == null || source.renamed) {
            source.everyColumn = true;
        } else {
            source.columns.addAll(readings);
        }
    }
}
