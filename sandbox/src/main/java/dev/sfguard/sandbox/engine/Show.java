package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.engine.Roles.Power;
import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// SHOW. The columns stand in the documented order: drivers read them by place.
final class Show {
    /// The account's birthday: one date for everything, so that results are the same each time.
    private static final String CREATED = "1735689600.000000000";

    private final Session session;
    private final Duckdb duckdb;

    Show(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    /// `IN …`: what of it is named; empty parts match everything.
    private record Scope(String database, String schema, String table) {}

    Result run(Tokens tokens) throws SnowflakeError, SQLException {
        int at = tokens.is(1, "TERSE") ? 2 : 1;
        return limited(tokens, list(tokens, at));
    }

    private Result list(Tokens tokens, int at) throws SnowflakeError, SQLException {
        return switch (tokens.at(at).upper()) {
            case "TABLES" -> ShowColumns.TABLES.of(tables(tokens, "TABLE"));
            case "VIEWS" -> ShowColumns.VIEWS.of(views(tokens));
            case "OBJECTS" -> ShowColumns.OBJECTS.of(tables(tokens, ""));
            case "COLUMNS" -> ShowColumns.COLUMNS.of(columns(tokens));
            case "SCHEMAS" -> ShowColumns.SCHEMAS.of(schemas(tokens));
            case "DATABASES" -> ShowColumns.DATABASES.of(databases(tokens));
            case "WAREHOUSES" -> ShowColumns.WAREHOUSES.of(warehouses(tokens));
            case "ROLES" -> ShowColumns.ROLES.of(roles(tokens));
            case "GRANTS" -> grants(tokens);
            case "PARAMETERS" -> ShowColumns.PARAMETERS.of(parameters(tokens));
            case "VARIABLES" -> ShowColumns.VARIABLES.of(variables(tokens));
            case "PRIMARY" -> ShowColumns.PRIMARY_KEYS.of(primaryKeys(tokens));
            case "IMPORTED", "EXPORTED" -> ShowColumns.FOREIGN_KEYS.of(List.of());
            case "UNIQUE" -> ShowColumns.UNIQUE_KEYS.of(List.of());
            case "FUNCTIONS", "PROCEDURES", "USER" -> ShowColumns.FUNCTIONS.of(List.of());
            case "STAGES" -> ShowColumns.STAGES.of(List.of());
            case "SEQUENCES" -> ShowColumns.SEQUENCES.of(sequences(tokens));
            default -> throw SnowflakeError.unsupported("SHOW " + tokens.at(at).upper());
        };
    }

    private List<@Nullable String[]> tables(Tokens tokens, String onlyKind)
            throws SnowflakeError, SQLException {
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found : objects(tokens)) {
            String kind = found.getOrDefault("kind", "");
            if (!onlyKind.isEmpty() && !kind.equals(onlyKind)) {
                continue;
            }
            rows.add(
                    Result.row(
                            CREATED,
                            found.get("name"),
                            found.get("database_name"),
                            found.get("schema_name"),
                            kind,
                            found.getOrDefault("comment", ""),
                            "",
                            found.getOrDefault("rows", "0"),
                            "0",
                            "SYSADMIN",
                            "1"));
        }
        return rows;
    }

    private List<@Nullable String[]> views(Tokens tokens) throws SnowflakeError, SQLException {
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found : objects(tokens)) {
            if (found.getOrDefault("kind", "").equals("VIEW")) {
                rows.add(
                        Result.row(
                                CREATED,
                                found.get("name"),
                                "",
                                found.get("database_name"),
                                found.get("schema_name"),
                                "SYSADMIN",
                                found.getOrDefault("comment", ""),
                                session.account()
                                        .catalog()
                                        .view(
                                                new Catalog.Name(
                                                        found.getOrDefault("database_name", ""),
                                                        found.getOrDefault("schema_name", ""),
                                                        found.getOrDefault("name", "")))
                                        .map(Catalog.View::text)
                                        .orElse(""),
                                "false",
                                "false"));
            }
        }
        return rows;
    }

    private List<Map<String, String>> objects(Tokens tokens) throws SnowflakeError, SQLException {
        if (!session.account().roles().has(session.activeRoles(), Power.READ)) {
            return List.of();
        }
        Scope scope = scope(tokens);
        return duckdb
                .list(
                        """
                        SELECT table_name AS name, database_name, schema_name, comment,
                            'TABLE' AS kind, estimated_size AS rows, '' AS text
                        FROM duckdb_tables()
                        WHERE NOT internal AND database_name NOT IN ('SFSYS', 'temp')
                        UNION ALL
                        SELECT view_name, database_name, schema_name, comment, 'VIEW', 0, sql
                        FROM duckdb_views()
                        WHERE NOT internal AND database_name NOT IN ('SFSYS', 'temp', 'system')
                        ORDER BY 2, 3, 1
                        """)
                .stream()
                .filter(row -> within(scope, row))
                .filter(row -> like(tokens, row.getOrDefault("name", "")))
                .toList();
    }

    private List<@Nullable String[]> columns(Tokens tokens) throws SnowflakeError, SQLException {
        if (!session.account().roles().has(session.activeRoles(), Power.READ)) {
            return List.of();
        }
        Scope scope = scope(tokens);
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT database_name, schema_name, table_name AS name, column_name,
                            data_type, is_nullable, column_default, comment
                        FROM duckdb_columns()
                        WHERE NOT internal AND database_name NOT IN ('SFSYS', 'temp', 'system')
                        ORDER BY database_name, schema_name, table_name, column_index
                        """)) {
            String name = found.getOrDefault("column_name", "");
            if (!within(scope, found) || !like(tokens, name)) {
                continue;
            }
            var table =
                    new Catalog.Name(
                            found.getOrDefault("database_name", ""),
                            found.getOrDefault("schema_name", ""),
                            found.getOrDefault("name", ""));
            if (!scope.table().isEmpty() && !scope.table().equals(table.object())) {
                continue;
            }
            rows.add(column(table, name, found));
        }
        return rows;
    }

    private @Nullable String[] column(Catalog.Name table, String name, Map<String, String> found) {
        boolean nullable = "true".equals(found.get("is_nullable"));
        Column column =
                Describe.column(session, table, name, found.getOrDefault("data_type", ""))
                        .withNullable(nullable);
        return Result.row(
                table.object(),
                table.schema(),
                name,
                column.typeJson(),
                Boolean.toString(nullable),
                found.getOrDefault("column_default", ""),
                "COLUMN",
                "",
                found.getOrDefault("comment", ""),
                table.database(),
                "");
    }

    private List<@Nullable String[]> schemas(Tokens tokens) throws SnowflakeError, SQLException {
        Scope scope = scope(tokens);
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT database_name, schema_name AS name FROM duckdb_schemas()
                        WHERE database_name NOT IN ('SFSYS', 'temp', 'system', 'memory')
                            AND schema_name NOT IN ('pg_catalog', 'main', 'information_schema')
                        UNION ALL
                        SELECT database_name, 'INFORMATION_SCHEMA' FROM duckdb_databases()
                        WHERE database_name NOT IN ('SFSYS', 'temp', 'system', 'memory')
                        ORDER BY 1, 2
                        """)) {
            String name = found.getOrDefault("name", "");
            String database = found.getOrDefault("database_name", "");
            boolean inScope = scope.database().isEmpty() || scope.database().equals(database);
            if (inScope && like(tokens, name)) {
                boolean current =
                        name.equals(session.schema()) && database.equals(session.database());
                rows.add(
                        Result.row(
                                CREATED,
                                name,
                                "N",
                                current ? "Y" : "N",
                                database,
                                "SYSADMIN",
                                "",
                                "",
                                "1"));
            }
        }
        return rows;
    }

    private List<@Nullable String[]> databases(Tokens tokens) throws SnowflakeError, SQLException {
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT database_name AS name FROM duckdb_databases()
                        WHERE database_name NOT IN ('SFSYS', 'temp', 'system', 'memory')
                        ORDER BY 1
                        """)) {
            String name = found.getOrDefault("name", "");
            if (like(tokens, name)) {
                rows.add(
                        Result.row(
                                CREATED,
                                name,
                                "N",
                                name.equals(session.database()) ? "Y" : "N",
                                "",
                                "SYSADMIN",
                                "",
                                "",
                                "1",
                                "STANDARD"));
            }
        }
        return rows;
    }

    private List<@Nullable String[]> warehouses(Tokens tokens) {
        var rows = new ArrayList<@Nullable String[]>();
        for (String name : Account.WAREHOUSES) {
            if (like(tokens, name)) {
                String current = name.equals(session.warehouse()) ? "Y" : "N";
                rows.add(
                        Result.row(
                                name,
                                "STARTED",
                                "STANDARD",
                                "X-Small",
                                "1",
                                "1",
                                "1",
                                "0",
                                "0",
                                "N",
                                current,
                                "600",
                                "true",
                                "100",
                                "0",
                                "0",
                                "0",
                                CREATED,
                                CREATED,
                                CREATED,
                                "SYSADMIN",
                                ""));
            }
        }
        return rows;
    }

    private List<@Nullable String[]> roles(Tokens tokens) {
        var rows = new ArrayList<@Nullable String[]>();
        for (String name : session.account().roles().names()) {
            if (like(tokens, name)) {
                String current = name.equals(session.role()) ? "Y" : "N";
                rows.add(
                        Result.row(
                                CREATED, name, "N", current, "N", "0", "0", "0", "USERADMIN", ""));
            }
        }
        return rows;
    }

    private Result grants(Tokens tokens) {
        var rows = new ArrayList<@Nullable String[]>();
        int to = tokens.find("TO");
        if (to > 0 && tokens.is(to + 1, "ROLE")) {
            for (Roles.Grant grant : session.account().roles().grantsTo(tokens.at(to + 2).name())) {
                rows.add(
                        Result.row(
                                CREATED,
                                grant.privilege(),
                                grant.on(),
                                grant.name(),
                                "ROLE",
                                grant.role(),
                                "false",
                                "SECURITYADMIN"));
            }
            return ShowColumns.GRANTS_TO_ROLE.of(rows);
        }
        String user = to > 0 ? tokens.at(to + 2).name() : session.user();
        for (String role : session.account().roles().of(user).stream().sorted().toList()) {
            rows.add(Result.row(CREATED, role, "USER", user, "SECURITYADMIN"));
        }
        return ShowColumns.GRANTS_TO_USER.of(rows);
    }

    private List<@Nullable String[]> parameters(Tokens tokens) {
        var rows = new ArrayList<@Nullable String[]>();
        session.parameters()
                .all()
                .forEach(
                        (name, value) -> {
                            if (like(tokens, name)) {
                                rows.add(parameter(name, value));
                            }
                        });
        return rows;
    }

    private @Nullable String[] parameter(String name, Object value) {
        String type =
                switch (value) {
                    case Boolean _ -> "BOOLEAN";
                    case Integer _ -> "NUMBER";
                    case Object _ -> "STRING";
                };
        return Result.row(
                name,
                value.toString(),
                Parameters.defaultOf(name).toString(),
                session.parameters().isSet(name) ? "SESSION" : "",
                "",
                type);
    }

    private List<@Nullable String[]> variables(Tokens tokens) {
        var rows = new ArrayList<@Nullable String[]>();
        session.variables()
                .forEach(
                        (name, value) -> {
                            if (like(tokens, name)) {
                                rows.add(
                                        Result.row(
                                                Long.toString(session.id()),
                                                CREATED,
                                                CREATED,
                                                name,
                                                value,
                                                "text",
                                                ""));
                            }
                        });
        return rows;
    }

    private List<@Nullable String[]> primaryKeys(Tokens tokens) throws SnowflakeError {
        Scope scope = scope(tokens);
        var rows = new ArrayList<@Nullable String[]>();
        session.account()
                .catalog()
                .keys()
                .forEach(
                        (table, key) -> {
                            for (int i = 0; i < key.size() && contains(scope, table); i++) {
                                rows.add(
                                        Result.row(
                                                CREATED,
                                                table.database(),
                                                table.schema(),
                                                table.object(),
                                                key.get(i),
                                                Integer.toString(i + 1),
                                                "SYS_CONSTRAINT_" + table.object(),
                                                "false",
                                                ""));
                            }
                        });
        return rows;
    }

    private List<@Nullable String[]> sequences(Tokens tokens) throws SnowflakeError, SQLException {
        Scope scope = scope(tokens);
        var rows = new ArrayList<@Nullable String[]>();
        for (Map<String, String> found :
                duckdb.list(
                        """
                        SELECT sequence_name AS name, database_name, schema_name, start_value, increment_by
                        FROM duckdb_sequences() WHERE database_name <> 'SFSYS' ORDER BY 2, 3, 1
                        """)) {
            if (within(scope, found) && like(tokens, found.getOrDefault("name", ""))) {
                rows.add(
                        Result.row(
                                found.get("name"),
                                found.get("database_name"),
                                found.get("schema_name"),
                                found.get("start_value"),
                                found.get("increment_by"),
                                CREATED,
                                "SYSADMIN",
                                ""));
            }
        }
        return rows;
    }

    private static boolean within(Scope scope, Map<String, String> row) {
        return (scope.database().isEmpty() || scope.database().equals(row.get("database_name")))
                && (scope.schema().isEmpty() || scope.schema().equals(row.get("schema_name")));
    }

    private static boolean contains(Scope scope, Catalog.Name table) {
        return (scope.database().isEmpty() || scope.database().equals(table.database()))
                && (scope.schema().isEmpty() || scope.schema().equals(table.schema()))
                && (scope.table().isEmpty() || scope.table().equals(table.object()));
    }

    /// Without IN, the current schema; without one, the account.
    private Scope scope(Tokens tokens) throws SnowflakeError {
        int in = tokens.find("IN");
        if (in < 0) {
            return new Scope(text(session.database()), text(session.schema()), "");
        }
        var names = new Names(session);
        return switch (tokens.at(in + 1).upper()) {
            case "ACCOUNT" -> new Scope("", "", "");
            case "DATABASE" ->
                    new Scope(
                            tokens.at(in + 2).isName()
                                    ? tokens.at(in + 2).name()
                                    : text(session.database()),
                            "",
                            "");
            case "SCHEMA" -> {
                var name = names.require(tokens, in + 2).name();
                boolean qualified = tokens.at(in + 3).isSymbol(".");
                yield new Scope(
                        qualified ? name.schema() : text(session.database()), name.object(), "");
            }
            case "TABLE", "VIEW" -> {
                var name = names.require(tokens, in + 2).name();
                yield new Scope(name.database(), name.schema(), name.object());
            }
            default -> inName(tokens, in + 1);
        };
    }

    /// `IN a`: a table for keys and columns, a database or schema for the rest.
    private Scope inName(Tokens tokens, int at) throws SnowflakeError {
        var name = new Names(session).require(tokens, at).name();
        if (tokens.contains("COLUMNS") || tokens.contains("KEYS")) {
            return new Scope(name.database(), name.schema(), name.object());
        }
        return tokens.at(at + 1).isSymbol(".")
                ? new Scope(name.schema(), name.object(), "")
                : new Scope(name.object(), "", "");
    }

    /// LIKE and STARTS WITH. LIKE ignores case; the other does not.
    private static boolean like(Tokens tokens, String name) {
        int like = tokens.find("LIKE");
        if (like > 0 && tokens.at(like + 1).kind() == Kind.STRING) {
            return pattern(tokens.at(like + 1).text()).matcher(name).matches();
        }
        int starts = tokens.find("STARTS");
        return starts < 0 || name.startsWith(tokens.at(starts + 2).text());
    }

    private static Pattern pattern(String like) {
        var regex = new StringBuilder();
        for (int i = 0; i < like.length(); i++) {
            char c = like.charAt(i);
            if (c == '\\' && i + 1 < like.length()) {
                i++;
                regex.append(Pattern.quote(String.valueOf(like.charAt(i))));
            } else {
                regex.append(
                        switch (c) {
                            case '%' -> ".*";
                            case '_' -> ".";
                            default -> Pattern.quote(String.valueOf(c));
                        });
            }
        }
        return Pattern.compile(
                regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
    }

    private static Result limited(Tokens tokens, Result result) {
        int limit = tokens.find("LIMIT");
        Token count = tokens.at(limit + 1);
        if (limit < 0 || !count.text().matches("\\d{1,6}")) {
            return result;
        }
        int rows = Math.min(Integer.parseInt(count.text()), result.rows().size());
        return Result.of(Result.SHOW, result.columns(), result.rows().subList(0, rows));
    }

    private static String text(@Nullable String name) {
        return Optional.ofNullable(name).orElse("").toUpperCase(Locale.ROOT);
    }
}
