package dev.sfguard.gateway.sql;

/// The full name of a table, view or other object in a schema. Each part is folded as Snowflake
/// folds it: upper case, or a quoted identifier's content.
public record ObjectName(String database, String schema, String name)
        implements Comparable<ObjectName> {

    /// `DATABASE.SCHEMA.NAME`, for people, policies and messages; parts are not quoted.
    @Override
    public String toString() {
        return database + "." + schema + "." + name;
    }

    @Override
    public int compareTo(ObjectName other) {
        return toString().compareTo(other.toString());
    }
}
