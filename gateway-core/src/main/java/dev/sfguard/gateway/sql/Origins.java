package dev.sfguard.gateway.sql;

import java.util.HashSet;
import java.util.Set;

/// Where values come from.
///
/// @param certain each of these, and not only "any of them"
record Origins(Set<ColumnOrigin> columns, boolean certain) {
    static final Origins NONE = new Origins(Set.of(), true);

    /// Made from what is not known.
    static final Origins UNKNOWN = new Origins(Set.of(), false);

    static Origins of(ObjectName object, String column) {
        return new Origins(Set.of(new ColumnOrigin(object, column)), true);
    }

    Origins and(Origins other) {
        if (columns.isEmpty()) {
            return certain ? other : other.doubted();
        }
        if (other.columns.isEmpty() || columns.equals(other.columns)) {
            return other.certain ? this : doubted();
        }
        var both = new HashSet<>(columns);
        both.addAll(other.columns);
        return new Origins(both, certain && other.certain);
    }

    Origins doubted() {
        return certain ? new Origins(columns, false) : this;
    }
}
