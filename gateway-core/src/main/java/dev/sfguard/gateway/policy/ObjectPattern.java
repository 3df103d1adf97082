package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.ObjectName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// `DATABASE.SCHEMA.OBJECT` in a policy, each part with `*`.
record ObjectPattern(NamePattern database, NamePattern schema, NamePattern name) {
    private static final int PARTS = 3;

    /// Empty when this is not three parts of a name.
    static Optional<ObjectPattern> of(String written) {
        return of(parts(written), PARTS);
    }

    /// The first three of `count` parts.
    static Optional<ObjectPattern> of(List<NamePattern> parts, int count) {
        return parts.size() == count
                ? Optional.of(new ObjectPattern(parts.get(0), parts.get(1), parts.get(2)))
                : Optional.empty();
    }

    /// Cuts at the dots that stand outside of quotes; empty when any part is none.
    static List<NamePattern> parts(String written) {
        var parts = new ArrayList<NamePattern>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i <= written.length(); i++) {
            if (i == written.length() || (!quoted && written.charAt(i) == '.')) {
                var part = NamePattern.of(written.substring(from, i));
                if (part.isEmpty()) {
                    return List.of();
                }
                parts.add(part.get());
                from = i + 1;
            } else if (written.charAt(i) == '"') {
                quoted = !quoted;
            }
        }
        return parts;
    }

    boolean matches(ObjectName object) {
        return database.matches(object.database())
                && schema.matches(object.schema())
                && name.matches(object.name());
    }

    boolean isExact() {
        return database.isExact() && schema.isExact() && name.isExact();
    }

    /// Whether one of these names, in upper case, may be a part of an object of the pattern: the
    /// object itself, or the schema or database that it is in.
    boolean mayBeAmong(Set<String> names) {
        return names.stream()
                .anyMatch(it -> name.mayMatch(it) || schema.mayMatch(it) || database.mayMatch(it));
    }

    /// Everything that `other` matches is certainly matched here.
    boolean matchesAllOf(ObjectPattern other) {
        return database.matchesAllOf(other.database)
                && schema.matchesAllOf(other.schema)
                && name.matchesAllOf(other.name);
    }

    @Override
    public String toString() {
        return database + "." + schema + "." + name;
    }
}
