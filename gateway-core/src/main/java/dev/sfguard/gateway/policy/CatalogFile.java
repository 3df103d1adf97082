package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.Catalog.Relation;
import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.yaml.YamlDocument;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads tables, columns and types from a YAML file, to try a policy without an account:
///
/// ```yaml
/// version: 1
/// databases:
///   SHOP:
///     PUBLIC:
///       CUSTOMERS: {columns: {ID: NUMBER, SSN: TEXT}}
///       RICH: {kind: view, definition: create view rich as select …, columns: {ID: NUMBER}}
/// ```
public final class CatalogFile {
    private static final Set<String> TYPES =
            Set.of(
                    "TEXT",
                    "NUMBER",
                    "FLOAT",
                    "BOOLEAN",
                    "DATE",
                    "TIME",
                    "TIMESTAMP_NTZ",
                    "TIMESTAMP_LTZ",
                    "TIMESTAMP_TZ",
                    "VARIANT",
                    "OBJECT",
                    "ARRAY",
                    "MAP",
                    "BINARY",
                    "GEOGRAPHY",
                    "GEOMETRY",
                    "VECTOR");

    private final Set<String> databases = new LinkedHashSet<>();
    private final Map<ObjectName, Relation> relations = new LinkedHashMap<>();

    private CatalogFile() {}

    /// Every database of the file counts as wholly known: what is not in it does not exist.
    ///
    /// @throws YamlProblems everything that is wrong in the file, at once
    public static Catalog read(Path file) throws YamlProblems {
        var document = YamlDocument.read(file);
        var root = document.root();
        if (!root.text("version").equals("1") && root.has("version")) {
            root.problem("version", "this sfguard reads version 1 of a catalog file");
        }
        var catalog = new CatalogFile();
        catalog.databases(root.mapping("databases"));
        root.finish();
        document.finish();
        return new Catalog(catalog.relations.hashCode(), catalog.databases, catalog.relations);
    }

    private void databases(YamlMapping mapping) {
        folded(mapping, "a database")
                .forEach(
                        (key, database) -> {
                            databases.add(database);
                            mapping.optionalMapping(key)
                                    .ifPresent(schemas -> schemas(schemas, database));
                        });
    }

    private void schemas(YamlMapping mapping, String database) {
        folded(mapping, "a schema")
                .forEach(
                        (key, schema) ->
                                mapping.optionalMapping(key)
                                        .ifPresent(it -> relations(it, database, schema)));
    }

    private void relations(YamlMapping mapping, String database, String schema) {
        folded(mapping, "a table")
                .forEach(
                        (key, name) ->
                                mapping.optionalMapping(key)
                                        .ifPresent(
                                                it ->
                                                        relation(
                                                                it,
                                                                new ObjectName(
                                                                        database, schema, name))));
    }

    private void relation(YamlMapping mapping, ObjectName name) {
        var kind = mapping.optionalChoice("kind", Kind.class).orElse(Kind.TABLE);
        var definition = mapping.optionalText("definition");
        if (definition.isPresent() && kind != Kind.VIEW) {
            mapping.problem("definition", "only a view has one: add \"kind: view\"");
        }
        var columns = mapping.optionalMapping("columns").map(CatalogFile::columns);
        mapping.finish();
        relations.put(
                name, new Relation(name, kind, columns.orElse(List.of()), definition.orElse(null)));
    }

    private static List<Column> columns(YamlMapping mapping) {
        var columns = new ArrayList<Column>();
        folded(mapping, "a column")
                .forEach(
                        (key, name) ->
                                mapping.converted(
                                                key,
                                                "a type as INFORMATION_SCHEMA.COLUMNS.DATA_TYPE"
                                                        + " says it, such as TEXT or NUMBER",
                                                CatalogFile::type)
                                        .ifPresent(type -> columns.add(new Column(name, type))));
        return columns;
    }

    private static Optional<String> type(String written) {
        return Optional.of(written.toUpperCase(Locale.ROOT)).filter(TYPES::contains);
    }

    /// Each key with the name that Snowflake would keep.
    private static Map<String, String> folded(YamlMapping mapping, String what) {
        var names = new LinkedHashMap<String, String>();
        var taken = new HashSet<String>();
        for (var key : mapping.keys()) {
            var name = Identifier.fold(key.value());
            if (name.isEmpty()) {
                mapping.problem(
                        key.place(), "\"%s\" is not the name of %s".formatted(key.value(), what));
            } else if (!taken.add(name.get())) {
                mapping.problem(
                        key.place(), "%s stands here twice: %s".formatted(what, name.get()));
            }
            names.put(key.value(), name.orElse(key.value()));
        }
        return names;
    }
}
