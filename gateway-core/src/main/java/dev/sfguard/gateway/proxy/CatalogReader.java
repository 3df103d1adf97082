package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.Catalog.Relation;
import dev.sfguard.gateway.sql.ObjectName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads tables, columns and views from INFORMATION_SCHEMA, through a session of the gateway's
/// own. Every role that people may get is asked, one after the other: together they see whatever
/// any session can read, and no role has to be given more for it. Not safe for threads.
final class CatalogReader implements AccountCatalog.Source {

    /// @param columns in all; more is no picture
    /// @param definitionCharacters of all views together
    /// @param time for all queries of one picture
    record Limits(int columns, int definitionCharacters, Duration time) {
        static Limits standard() {
            return new Limits(1_000_000, 32 << 20, Duration.ofSeconds(90));
        }
    }

    private static final String OWN_SCHEMA = "INFORMATION_SCHEMA";

    private final Upstream upstream;
    private final Supplier<Set<String>> roles;
    private final Limits limits;
    private @Nullable UpstreamSession session;

    /// @param roles as Snowflake reports them
    CatalogReader(Upstream upstream, Supplier<Set<String>> roles, Limits limits) {
        this.upstream = upstream;
        this.roles = roles;
        this.limits = limits;
    }

    /// What the roles see in the databases together. A database that none of them sees is not in
    /// it. The version is for the caller to give.
    ///
    /// @throws CatalogFailed when Snowflake cannot be asked, or there is too much
    @Override
    public Catalog read(Set<String> databases) throws CatalogFailed {
        try {
            return readOnce(databases);
        } catch (UpstreamFault.SessionGone _) {
            // The session's time was over: a new one.
            forget();
        } catch (UpstreamFault fault) {
            forget();
            throw new CatalogFailed(fault.what(), fault);
        }
        try {
            return readOnce(databases);
        } catch (UpstreamFault fault) {
            forget();
            throw new CatalogFailed(fault.what(), fault);
        }
    }

    private Catalog readOnce(Set<String> databases) throws UpstreamFault, CatalogFailed {
        var asked = new TreeSet<>(roles.get());
        if (asked.isEmpty()) {
            throw new CatalogFailed("the policy maps nobody to a role");
        }
        var picture = new Picture();
        long deadline = System.nanoTime() + limits.time().toNanos();
        UpstreamFault.Refused refused = null;
        int taken = 0;
        for (var role : asked) {
            if (System.nanoTime() > deadline) {
                throw new CatalogFailed("Snowflake takes too long over it");
            }
            try {
                var current = session(role);
                current.become(role);
                taken++;
                for (var database : databases) {
                    read(database, new CatalogQuery(current, deadline), picture);
                }
            } catch (UpstreamFault.Refused notOurs) {
                // A role that the service user may not take shows nobody anything.
                refused = notOurs;
            }
        }
        if (taken == 0 && refused != null) {
            throw refused;
        }
        return picture.catalog();
    }

    private UpstreamSession session(String role) throws UpstreamFault {
        var open = session;
        if (open == null) {
            var connection = upstream.connection();
            open =
                    upstream.login(
                            new UpstreamLogin(
                                    role,
                                    connection.warehouse(),
                                    connection.database(),
                                    connection.schema(),
                                    Map.of(),
                                    "JDBC",
                                    "0",
                                    "sfguard_catalog"));
            session = open;
        }
        return open;
    }

    private void forget() {
        session = null;
    }

    private static void read(String database, CatalogQuery query, Picture picture)
            throws UpstreamFault, CatalogFailed {
        var schema = quoted(database) + "." + OWN_SCHEMA;
        boolean seen =
                query.run(
                        "SELECT * FROM " + schema + ".TABLES",
                        cells -> picture.relation(database, cells));
        if (!seen) {
            return;
        }
        picture.databases.add(database);
        query.run(
                "SELECT TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, DATA_TYPE FROM "
                        + schema
                        + ".COLUMNS ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION",
                cells -> picture.column(database, cells));
        picture.roleEnds();
        query.run(
                "SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION FROM " + schema + ".VIEWS",
                cells -> picture.definition(database, cells));
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() {
        var open = session;
        if (open != null) {
            open.close();
            forget();
        }
    }

    /// What has been seen so far.
    private final class Picture {
        private final Set<String> databases = new TreeSet<>();
        private final Map<ObjectName, Kind> kinds = new HashMap<>();
        private final Map<ObjectName, List<Column>> columns = new HashMap<>();
        private final Map<ObjectName, List<Column>> columnsOfRole = new HashMap<>();
        private final Map<ObjectName, String> definitions = new HashMap<>();
        private final Map<String, String> words = new HashMap<>();
        private int columnCount;
        private int characters;

        void relation(String database, Function<String, @Nullable String> cells)
                throws CatalogFailed {
            var name = name(database, cells);
            var kind = kind(name, cells);
            // Two roles that see the same name differently: nothing is certain of it.
            kinds.merge(name, kind, (one, other) -> one == other ? one : Kind.OTHER);
            if (kinds.size() > limits.columns()) {
                throw tooMuch();
            }
        }

        private static Kind kind(ObjectName name, Function<String, @Nullable String> cells) {
            // Snowflake's own views show no rows of anybody's tables.
            if (name.schema().equals(OWN_SCHEMA)) {
                return Kind.TABLE;
            }
            boolean special = "YES".equals(cells.apply("IS_DYNAMIC"));
            return switch (String.valueOf(cells.apply("TABLE_TYPE")).toUpperCase(Locale.ROOT)) {
                case "BASE TABLE", "TEMPORARY TABLE" -> special ? Kind.OTHER : Kind.TABLE;
                case "VIEW" -> Kind.VIEW;
                default -> Kind.OTHER;
            };
        }

        void column(String database, Function<String, @Nullable String> cells)
                throws CatalogFailed {
            var column =
                    new Column(
                            text(cells, "COLUMN_NAME"),
                            words.computeIfAbsent(text(cells, "DATA_TYPE"), word -> word));
            columnsOfRole
                    .computeIfAbsent(name(database, cells), _ -> new ArrayList<>())
                    .add(column);
            columnCount++;
            if (columnCount > limits.columns()) {
                throw tooMuch();
            }
        }

        /// A role sees all columns of a table or none.
        void roleEnds() {
            columnsOfRole.forEach(
                    (name, seen) -> {
                        var known = columns.putIfAbsent(name, seen);
                        if (known != null) {
                            columnCount -= seen.size();
                        }
                        if (known != null && !known.equals(seen)) {
                            // Changed between two roles' turns; the next picture will tell.
                            columns.put(name, seen);
                        }
                    });
            columnsOfRole.clear();
        }

        void definition(String database, Function<String, @Nullable String> cells)
                throws CatalogFailed {
            var text = cells.apply("VIEW_DEFINITION");
            if (text == null || text.isBlank()) {
                return;
            }
            if (definitions.put(name(database, cells), text) == null) {
                characters += text.length();
            }
            if (characters > limits.definitionCharacters()) {
                throw tooMuch();
            }
        }

        private CatalogFailed tooMuch() {
            return new CatalogFailed(
                    "there are more than %d columns, or %d characters of views, in it"
                            .formatted(limits.columns(), limits.definitionCharacters()));
        }

        private static ObjectName name(
                String database, Function<String, @Nullable String> cells) {
            return new ObjectName(
                    database, text(cells, "TABLE_SCHEMA"), text(cells, "TABLE_NAME"));
        }

        private static String text(Function<String, @Nullable String> cells, String column) {
            return Optional.ofNullable(cells.apply(column)).orElse("");
        }

        Catalog catalog() {
            var relations = new HashMap<ObjectName, Relation>();
            kinds.forEach(
                    (name, kind) ->
                            relations.put(
                                    name,
                                    new Relation(
                                            name,
                                            kind,
                                            columns.getOrDefault(name, List.of()),
                                            kind == Kind.VIEW ? definitions.get(name) : null)));
            return new Catalog(0, databases, relations);
        }
    }
}
