package dev.sfguard.gateway.sql;

import java.util.Optional;
import java.util.Set;

/// One column of a result, and where its values come from.
///
/// @param name folded; empty where Snowflake makes one up from the expression
/// @param origins every column whose values may be in it, or may have decided on them within its
///     expression; empty for constants. Never too few
/// @param certain nothing else than these: not only "any of them, it cannot be told which"
public record ResultColumn(Optional<String> name, Set<ColumnOrigin> origins, boolean certain) {
    public ResultColumn {
        origins = Set.copyOf(origins);
    }
}
