package dev.sfguard.gateway.sql;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A part of a query's result columns, while their origins are traced.
sealed interface OutputSlot {
    Origins origins();

    /// One column.
    ///
    /// @param name null when it has none that is known
    /// @param isNamed that name is certain
    record One(@Nullable String name, boolean isNamed, Origins origins) implements OutputSlot {
        One called(String other) {
            return new One(other, true, origins);
        }
    }

    /// Any number of columns.
    ///
    /// @param named by name, as far as they are known
    /// @param origins of any of them
    record Some(Map<String, Origins> named, Origins origins) implements OutputSlot {
        static Some of(Origins origins) {
            return new Some(Map.of(), origins.doubted());
        }
    }
}
