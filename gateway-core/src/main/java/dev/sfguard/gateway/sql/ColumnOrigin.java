package dev.sfguard.gateway.sql;

/// A column of a table from which a result's column may come.
///
/// @param column folded; {@link #ANY} where the table's columns are not known
public record ColumnOrigin(ObjectName object, String column) implements Comparable<ColumnOrigin> {
    public static final String ANY = "*";

    public boolean isAny() {
        return column.equals(ANY);
    }

    /// `DATABASE.SCHEMA.TABLE.COLUMN`, for people and recordings; parts are not quoted.
    @Override
    public String toString() {
        return object + "." + column;
    }

    @Override
    public int compareTo(ColumnOrigin other) {
        return toString().compareTo(other.toString());
    }
}
