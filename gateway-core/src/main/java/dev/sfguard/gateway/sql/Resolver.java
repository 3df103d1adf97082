package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What names mean in one scope: `t` is looked up in the present schema, then in PUBLIC, as
/// Snowflake does by default. Where the catalog knows neither, both are meant: whoever protects
/// one of them must be asked. A quoted name with small letters is also read in upper case,
/// because a session may run with QUOTED_IDENTIFIERS_IGNORE_CASE, unless the catalog knows for
/// sure that there is nothing of that name.
final class Resolver {
    private static final String PUBLIC = "PUBLIC";

    private final NameScope scope;
    private final Catalog catalog;

    Resolver(NameScope scope, Catalog catalog) {
        this.scope = scope;
        this.catalog = catalog;
    }

    @Nullable String database() {
        return scope.database();
    }

    Catalog catalog() {
        return catalog;
    }

    /// Never empty; null when the session has no database to look in.
    @Nullable List<ObjectName> resolve(NameChain chain) {
        var parts = chain.parts();
        if (parts.size() > 3) {
            return null;
        }
        var found = new LinkedHashSet<ObjectName>();
        var written = named(parts, parts.getLast(), found);
        return written ? List.copyOf(found) : null;
    }

    private boolean named(List<String> parts, String name, Set<ObjectName> found) {
        String database = parts.size() == 3 ? parts.getFirst() : scope.database();
        if (database == null) {
            return false;
        }
        for (String db : NameChain.readings(database)) {
            var schemas = parts.size() == 1 ? searched() : schemas(parts.get(parts.size() - 2));
            for (String last : NameChain.readings(name)) {
                boolean asWritten = db.equals(database) && last.equals(name);
                lookUp(db, schemas, last, asWritten, parts.size() == 1, found);
            }
        }
        return true;
    }

    private Set<String> schemas(String written) {
        return written.isEmpty() ? Set.of(PUBLIC) : NameChain.readings(written);
    }

    private Set<String> searched() {
        var schemas = new LinkedHashSet<String>();
        if (scope.schema() != null) {
            schemas.add(scope.schema());
        }
        schemas.add(PUBLIC);
        return schemas;
    }

    private void lookUp(
            String database,
            Set<String> schemas,
            String name,
            boolean asWritten,
            boolean firstWins,
            Set<ObjectName> found) {
        var candidates =
                schemas.stream().map(schema -> new ObjectName(database, schema, name)).toList();
        var known = candidates.stream().filter(it -> catalog.find(it).isPresent()).toList();
        if (!known.isEmpty()) {
            found.addAll(firstWins ? known.subList(0, 1) : known);
        } else if (asWritten || !catalog.databases().contains(database)) {
            found.addAll(candidates);
        }
    }

    /// Whether a source has a column.
    enum Has {
        YES,
        NO,
        MAYBE
    }

    Has has(Source source, Set<String> readings) {
        if (source.reshaped || source.renamed) {
            return Has.MAYBE;
        }
        var outputs = source.outputs;
        if (outputs != null) {
            boolean named = readings.stream().anyMatch(outputs::has);
            return named ? Has.YES : outputs.isOpen() ? Has.MAYBE : Has.NO;
        }
        var answers = EnumSet.noneOf(Has.class);
        source.names.forEach(name -> answers.add(has(name, readings)));
        return answers.size() == 1 ? answers.iterator().next() : Has.MAYBE;
    }

    private Has has(ObjectName name, Set<String> readings) {
        var columns = catalog.find(name).map(Catalog.Relation::columns).orElse(List.of());
        if (columns.isEmpty()) {
            return Has.MAYBE;
        }
        return columns.stream().anyMatch(it -> readings.contains(it.name())) ? Has.YES : Has.NO;
    }

    /// All relations of a schema, or of a database when the schema is null, that the catalog
    /// knows.
    List<ObjectName> within(String database, @Nullable String schema) {
        var names = new ArrayList<ObjectName>();
        for (var name : catalog.relations().keySet()) {
            if (name.database().equals(database)
                    && (schema == null || name.schema().equals(schema))) {
                names.add(name);
            }
        }
        names.sort(null);
        return names;
    }
}
