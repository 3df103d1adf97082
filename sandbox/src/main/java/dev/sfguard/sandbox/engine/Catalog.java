package dev.sfguard.sandbox.engine;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// What DuckDB forgets of a CREATE TABLE: types as they were declared, and keys, which Snowflake
/// keeps for information and never enforces. A table that is not here is described from DuckDB's
/// own types.
final class Catalog {
    /// A full name, folded as Snowflake folds it.
    record Name(String database, String schema, String object) {}

    /// A view's CREATE text; DuckDB keeps its own reading of it only.
    record View(String text, boolean secure) {}

    private record Table(List<Column> columns, List<String> key) {}

    private final Map<Name, Table> tables = new ConcurrentHashMap<>();
    private final Map<Name, View> views = new ConcurrentHashMap<>();

    void declareView(Name name, View view) {
        views.put(name, view);
    }

    Optional<View> view(Name name) {
        return Optional.ofNullable(views.get(name));
    }

    void declare(Name name, List<Column> columns, List<String> key) {
        tables.put(name, new Table(List.copyOf(columns), List.copyOf(key)));
    }

    void forget(Name name) {
        tables.remove(name);
        views.remove(name);
    }

    void forgetSchema(String database, String schema) {
        tables.keySet()
                .removeIf(name -> name.database().equals(database) && name.schema().equals(schema));
        views.keySet()
                .removeIf(name -> name.database().equals(database) && name.schema().equals(schema));
    }

    void rename(Name from, Name to) {
        var table = tables.remove(from);
        if (table != null) {
            tables.put(to, table);
        }
    }

    void copy(Name from, Name to) {
        var table = tables.get(from);
        if (table != null) {
            tables.put(to, table);
        }
    }

    Optional<Column> column(Name table, String column) {
        return Optional.ofNullable(tables.get(table)).stream()
                .flatMap(found -> found.columns().stream())
                .filter(declared -> declared.name().equals(column))
                .findFirst();
    }

    List<String> key(Name table) {
        var found = tables.get(table);
        return found == null ? List.of() : found.key();
    }

    Map<Name, List<String>> keys() {
        var keys =
                new java.util.TreeMap<Name, List<String>>(
                        java.util.Comparator.comparing(Name::toString));
        tables.forEach(
                (name, table) -> {
                    if (!table.key().isEmpty()) {
                        keys.put(name, table.key());
                    }
                });
        return keys;
    }
}
