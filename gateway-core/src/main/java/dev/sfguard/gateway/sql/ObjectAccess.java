package dev.sfguard.gateway.sql;

import java.util.Set;

/// That a statement reads, writes or defines one object.
///
/// @param columns those that the statement may read or write there, folded; empty together with
///     `everyColumn` false where no column is concerned, as in DROP
/// @param everyColumn `*`, an INSERT without a list, or columns that cannot be told apart: any
///     column of the object may be concerned, also one that `columns` does not name
public record ObjectAccess(ObjectName object, Mode mode, Set<String> columns, boolean everyColumn) {

    /// What happens to the object.
    public enum Mode {
        READ,
        WRITE,
        DDL
    }

    public ObjectAccess {
        columns = Set.copyOf(columns);
    }

    /// Whether the column may be concerned.
    public boolean concerns(String column) {
        return everyColumn || columns.contains(column);
    }
}
