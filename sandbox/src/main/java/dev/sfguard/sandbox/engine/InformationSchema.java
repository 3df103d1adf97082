package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.engine.Roles.Power;
import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A database's INFORMATION_SCHEMA, and GET_DDL of views: what the role may see, in Snowflake's
/// terms. Its own views are listed too, as Snowflake lists them.
final class InformationSchema {
    private static final String OWN = "INFORMATION_SCHEMA";

    private static final List<Column> TABLES =
            texts(
                    "TABLE_CATALOG",
                    "TABLE_SCHEMA",
                    "TABLE_NAME",
                    "TABLE_OWNER",
                    "TABLE_TYPE",
                    "IS_TRANSIENT",
                    "COMMENT",
                    "IS_DYNAMIC");

    private static final List<Column> COLUMNS =
            Stream.concat(
                            texts("TABLE_CATALOG", "TABLE_SCHEMA", "TABLE_NAME", "COLUMN_NAME")
                                    .stream(),
                            Stream.of(
                                    Column.fixed("ORDINAL_POSITION", 9, 0),
                                    Column.text("COLUMN_DEFAULT"),
                                    Column.text("IS_NULLABLE"),
                                    Column.text("DATA_TYPE"),
                                    Column.text("COMMENT")))
                    .toList();

    private static final List<Column> VIEWS =
            texts(
                    "TABLE_CATALOG",
                    "TABLE_SCHEMA",
                    "TABLE_NAME",
                    "TABLE_OWNER",
                    "VIEW_DEFINITION",
                    "IS_SECURE",
                    "COMMENT");

    private static final List<Column> SCHEMATA = texts("CATALOG_NAME", "SCHEMA_NAME");

    private static final Map<String, List<Column>> VIEWS_OF_ITS_OWN =
            Map.of("TABLES", TABLES, "COLUMNS", COLUMNS, "VIEWS", VIEWS, "SCHEMATA", SCHEMATA);

    private final Session session;
    private final Duckdb duckdb;

    InformationSchema(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    /// Puts tables of rows in the place of its views, and texts in the place of `GET_DDL('VIEW',
    /// …)`, so that DuckDB can query them.
    void materialize(Tokens tokens) throws SnowflakeError, SQLException {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.is(i, OWN, ".") && VIEWS_OF_ITS_OWN.containsKey(tokens.at(i + 2).name())) {
                view(tokens, i);
            } else if (tokens.is(i, "GET_DDL", "(")
                    && tokens.at(i + 2).text().equalsIgnoreCase("VIEW")) {
                definition(tokens, i);
            }
        }
    }

    private void view(Tokens tokens, int at) throws SnowflakeError, SQLException {
        boolean qualified = tokens.at(at - 1).isSymbol(".") && tokens.at(at - 2).isName();
        String database = qualified ? tokens.at(at - 2).name() : session.database();
        if (database == null) {
            throw SnowflakeError.noSuchObject("Schema", OWN);
        }
        String view = tokens.at(at + 2).name();
        String table = view + "_OF_" + database.replaceAll("[^A-Za-z0-9_]", "_");
        new ResultScan(session, duckdb)
                .create(
                        table,
                        Result.of(
                                Result.SELECT,
                                VIEWS_OF_ITS_OWN.getOrDefault(view, List.of()),
                                rows(view, database)));
        boolean aliased = tokens.is(at + 3, "AS") || isAlias(tokens.at(at + 3));
        tokens.replace(
                qualified ? at - 2 : at,
                at + 3,
                Token.raw("temp.main." + Token.quoted(table) + (aliased ? "" : " AS " + view)));
    }

    private static boolean isAlias(Token token) {
        return token.isName()
                && !List.of(
                                "WHERE", "ORDER", "GROUP", "JOIN", "LEFT", "INNER", "UNION",
                                "LIMIT", "ON", "CROSS", "FULL", "RIGHT", "HAVING", "QUALIFY")
                        .contains(token.upper());
    }

    private List<@Nullable String[]> rows(String view, String database)
            throws SnowflakeError, SQLException {
        if (!session.account().roles().has(session.activeRoles(), Power.READ)) {
            return List.of();
        }
        return switch (view) {
            case "TABLES" -> tables(database);
            case "COLUMNS" -> columns(database);
            case "VIEWS" -> views(database);
            default -> schemata(database);
        };
    }

    private List<@Nullable String[]> tables(String database) throws SnowflakeError, SQLException {
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT schema_name, table_name AS name, 'BASE TABLE' AS kind
                        FROM duckdb_tables() WHERE NOT internal AND database_name = %1$s
                        UNION ALL
                        SELECT schema_name, view_name, 'VIEW'
                        FROM duckdb_views() WHERE NOT internal AND database_name = %1$s
                        ORDER BY 1, 2
                        """
                                .formatted(Token.literal(database)))) {
            var name = name(database, found);
            rows.add(table(name, text(found, "kind"), name.schema()));
        }
        for (String own : VIEWS_OF_ITS_OWN.keySet().stream().sorted().toList()) {
            rows.add(table(new Catalog.Name(database, OWN, own), "VIEW", ""));
        }
        return rows;
    }

    private static @Nullable String[] table(Catalog.Name name, String kind, String owner) {
        return Result.row(
                name.database(),
                name.schema(),
                name.object(),
                owner.isEmpty() ? null : "SYSADMIN",
                kind,
                "NO",
                null,
                "NO");
    }

    private List<@Nullable String[]> columns(String database) throws SnowflakeError, SQLException {
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT schema_name, table_name AS name, column_name, column_index,
                            data_type, is_nullable, column_default
                        FROM duckdb_columns() WHERE NOT internal AND database_name = %s
                        ORDER BY schema_name, table_name, column_index
                        """
                                .formatted(Token.literal(database)))) {
            var table = name(database, found);
            String column = text(found, "column_name");
            String type =
                    Describe.column(session, table, column, text(found, "data_type")).schemaType();
            rows.add(
                    Result.row(
                            database,
                            table.schema(),
                            table.object(),
                            column,
                            text(found, "column_index"),
                            Describe.emptyAsNull(found.get("column_default")),
                            "true".equals(found.get("is_nullable")) ? "YES" : "NO",
                            type,
                            null));
        }
        VIEWS_OF_ITS_OWN.forEach((view, columns) -> rows.addAll(own(database, view, columns)));
        return rows;
    }

    private static List<@Nullable String[]> own(
            String database, String view, List<Column> columns) {
        var rows = new ArrayList<@Nullable String[]>();
        int position = 1;
        for (Column column : columns) {
            rows.add(
                    Result.row(
                            database,
                            OWN,
                            view,
                            column.name(),
                            Integer.toString(position),
                            null,
                            "YES",
                            column.schemaType(),
                            null));
            position++;
        }
        return rows;
    }

    private List<@Nullable String[]> views(String database) throws SnowflakeError, SQLException {
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT schema_name, view_name AS name FROM duckdb_views()
                        WHERE NOT internal AND database_name = %s ORDER BY 1, 2
                        """
                                .formatted(Token.literal(database)))) {
            var name = name(database, found);
            var view = session.account().catalog().view(name);
            boolean secure = view.map(Catalog.View::secure).orElse(false);
            rows.add(
                    Result.row(
                            database,
                            name.schema(),
                            name.object(),
                            "SYSADMIN",
                            secure ? null : view.map(Catalog.View::text).orElse(null),
                            secure ? "YES" : "NO",
                            null));
        }
        return rows;
    }

    private List<@Nullable String[]> schemata(String database) throws SnowflakeError, SQLException {
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT schema_name FROM duckdb_schemas() WHERE database_name = %s
                            AND schema_name NOT IN ('pg_catalog', 'main', 'information_schema')
                        ORDER BY 1
                        """
                                .formatted(Token.literal(database)))) {
            rows.add(Result.row(database, text(found, "schema_name")));
        }
        rows.add(Result.row(database, OWN));
        return rows;
    }

    private void definition(Tokens tokens, int at) throws SnowflakeError {
        Token name = tokens.at(at + 4);
        if (name.kind() != Kind.STRING) {
            throw SnowflakeError.unsupported("GET_DDL of a computed name");
        }
        var found = new Names(session).require(new Tokens(name.text()), 0).name();
        var view = session.account().catalog().view(found);
        if (view.isEmpty()
                || !session.account().roles().has(session.activeRoles(), Power.READ)
                || view.get().secure()) {
            throw SnowflakeError.noSuchObject("View", found.object());
        }
        tokens.replace(
                at, tokens.close(at + 1) + 1, Token.raw(Token.literal(view.get().text() + ";")));
    }

    private static Catalog.Name name(String database, Map<String, String> found) {
        return new Catalog.Name(database, text(found, "schema_name"), text(found, "name"));
    }

    private static String text(Map<String, String> found, String key) {
        return found.getOrDefault(key, "");
    }

    private static List<Column> texts(String... names) {
        return Stream.of(names).map(Column::text).toList();
    }
}
