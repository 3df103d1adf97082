package dev.sfguard.gateway.sql;

import java.util.Optional;

/// The full name of a table, view or other object in a schema. Each part is folded as Snowflake
/// folds it: upper case, or a quoted identifier's content.
public record ObjectName(String database, String schema, String name)
        implements Comparable<ObjectName> {

    /// `DATABASE.SCHEMA.NAME`, for people, policies and messages; parts are not quoted.
    @Override
    public String toString() {
        return database + "." + schema + "." + name;
    }

    /// The name that `A.B.C` means; empty when this is not exactly three identifiers.
    public static Optional<ObjectName> of(String written) {
        var tokens = Lexer.read(written);
        boolean three =
                tokens.doubt() == null
                        && tokens.size() == 5
                        && tokens.isName(0)
                        && tokens.isOperator(1, ".")
                        && tokens.isName(2)
                        && tokens.isOperator(3, ".")
                        && tokens.isName(4);
        return three
                ? Optional.of(new ObjectName(tokens.name(0), tokens.name(2), tokens.name(4)))
                : Optional.empty();
    }

    /// As SQL, each part quoted, so that it means the same whatever surrounds it.
    public String sql() {
        return Identifier.quote(database)
                + "."
                + Identifier.quote(schema)
                + "."
                + Identifier.quote(name);
    }

    @Override
    public int compareTo(ObjectName other) {
        return toString().compareTo(other.toString());
    }
}
