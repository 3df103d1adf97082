package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A picture of the account's tables and views as they were at one moment. Immutable.
///
/// @param version changes whenever the content does; part of the key of every cached analysis
/// @param databases those of which all relations are in the picture: what is not found in one
///     of them did not exist, and of any other nothing is known
public record Catalog(long version, Set<String> databases, Map<ObjectName, Relation> relations) {

    /// Knows nothing.
    public static final Catalog EMPTY = new Catalog(0, Set.of(), Map.of());

    public Catalog {
        databases = Set.copyOf(databases);
        relations = Map.copyOf(relations);
    }

    public Optional<Relation> find(ObjectName name) {
        return Optional.ofNullable(relations.get(name));
    }

    /// @param columns in their order; empty when they are not known
    /// @param definition of a view: its whole CREATE VIEW text; null when Snowflake does not
    ///     show it, and for every other kind
    public record Relation(
            ObjectName name, Kind kind, List<Column> columns, @Nullable String definition) {
        public Relation {
            columns = List.copyOf(columns);
        }
    }

    /// What a relation is. Whatever is neither a plain table nor a plain view is `OTHER`: its
    /// rows come from somewhere else.
    public enum Kind {
        TABLE,
        VIEW,
        OTHER
    }

    /// @param name folded
    /// @param type as INFORMATION_SCHEMA.COLUMNS.DATA_TYPE says: `TEXT`, `NUMBER`, `FLOAT`,
    ///     `BOOLEAN`, `DATE`, `TIMESTAMP_NTZ`, `VARIANT`, `BINARY` and so on
    public record Column(String name, String type) {}
}
