package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.engine.Roles.Power;
import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// DESCRIBE of tables and views.
final class Describe {
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("name"),
                    Column.text("type"),
                    Column.text("kind"),
                    Column.text("null?"),
                    Column.text("default"),
                    Column.text("primary key"),
                    Column.text("unique key"),
                    Column.text("check"),
                    Column.text("expression"),
                    Column.text("comment"),
                    Column.text("policy name"));

    private final Session session;
    private final Duckdb duckdb;

    Describe(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens) throws SnowflakeError, SQLException {
        int at = 1;
        for (String word : List.of("SEARCH", "OPTIMIZATION", "ON", "TABLE", "VIEW")) {
            at += tokens.is(at, word) ? 1 : 0;
        }
        Catalog.Name name = new Names(session).require(tokens, at).name();
        var rows = new ArrayList<@Nullable String[]>();
        if (session.account().roles().has(session.activeRoles(), Power.READ)) {
            for (Map<String, String> found : columns(name)) {
                rows.add(row(name, found));
            }
        }
        if (rows.isEmpty()) {
            throw SnowflakeError.noSuchObject("Object", name.object());
        }
        return Result.of(Result.DESCRIBE, COLUMNS, rows);
    }

    private List<Map<String, String>> columns(Catalog.Name name)
            throws SnowflakeError, SQLException {
        return duckdb.list(
                """
                SELECT column_name, data_type, is_nullable, column_default, comment
                FROM duckdb_columns()
                WHERE table_name = %s AND (database_name = 'temp'
                    OR database_name = %s AND schema_name = %s)
                ORDER BY column_index
                """
                        .formatted(
                                Token.literal(name.object()),
                                Token.literal(name.database()),
                                Token.literal(name.schema())));
    }

    private @Nullable String[] row(Catalog.Name table, Map<String, String> found) {
        String name = found.getOrDefault("column_name", "");
        Column column = column(session, table, name, found.getOrDefault("data_type", ""));
        boolean key = session.account().catalog().key(table).contains(name);
        return Result.row(
                name,
                column.sqlType(),
                "COLUMN",
                "true".equals(found.get("is_nullable")) ? "Y" : "N",
                emptyAsNull(found.get("column_default")),
                key ? "Y" : "N",
                "N",
                null,
                null,
                emptyAsNull(found.get("comment")),
                null);
    }

    static Column column(Session session, Catalog.Name table, String name, String duckdbType) {
        Optional<Column> declared = session.account().catalog().column(table, name);
        return declared.orElseGet(() -> Column.fromDuckdb(name, duckdbType));
    }

    static @Nullable String emptyAsNull(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
