package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.ObjectAccess;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `DATABASE.SCHEMA.OBJECT.COLUMN` in a policy, each part with `*`.
record ColumnPattern(ObjectPattern object, NamePattern column) {
    private static final int PARTS = 4;

    /// Empty when this is not four parts of a name.
    static Optional<ColumnPattern> of(String written) {
        var parts = ObjectPattern.parts(written);
        return ObjectPattern.of(parts, PARTS)
                .map(object -> new ColumnPattern(object, parts.get(PARTS - 1)));
    }

    /// Some column of the pattern may be concerned.
    boolean touches(ObjectAccess access) {
        return object.matches(access.object())
                && (access.everyColumn() || access.columns().stream().anyMatch(column::matches));
    }

    /// The columns of the pattern that may be concerned. Empty Optional where they cannot be
    /// listed: any column may be concerned, and which there are is not known.
    Optional<Set<String>> concerned(ObjectAccess access, Catalog catalog) {
        var found = new TreeSet<String>();
        if (!object.matches(access.object())) {
            return Optional.of(found);
        }
        access.columns().stream().filter(column::matches).forEach(found::add);
        if (access.everyColumn()) {
            var relation = catalog.find(access.object()).filter(it -> !it.columns().isEmpty());
            if (relation.isPresent()) {
                relation.get().columns().stream()
                        .map(Catalog.Column::name)
                        .filter(column::matches)
                        .forEach(found::add);
            } else if (column.isExact()) {
                found.add(column.text());
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(found);
    }

    @Override
    public String toString() {
        return object + "." + column;
    }
}
