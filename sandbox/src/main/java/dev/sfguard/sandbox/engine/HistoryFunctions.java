package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `TABLE(INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(…))` and `QUERY_HISTORY(…)`: a user's own
/// statements. Becomes a temporary table, so that DuckDB can query it.
final class HistoryFunctions {
    private static final int DEFAULT_LIMIT = 100;

    private final Session session;
    private final Duckdb duckdb;

    HistoryFunctions(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    void materialize(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        for (int i = 0; i < tokens.size(); i++) {
            int open = tokens.is(i, "TABLE", "(") ? argumentsOf(tokens, i + 2) : -1;
            if (open >= 0) {
                String name =
                        "SF_HISTORY_" + i + "_" + Integer.toHexString(request.queryId().hashCode());
                fill("temp.main." + name, tokens, open, request);
                tokens.replace(i, tokens.close(i + 1) + 1, Token.raw("temp.main." + name));
            }
        }
    }

    /// Where the function's bracket opens; -1 when it is another function.
    private static int argumentsOf(Tokens tokens, int at) {
        int schema =
                tokens.at(at + 1).isSymbol(".") && tokens.is(at + 2, "INFORMATION_SCHEMA")
                        ? at + 2
                        : at;
        boolean history =
                tokens.is(schema, "INFORMATION_SCHEMA", ".", "QUERY_HISTORY_BY_USER", "(")
                        || tokens.is(schema, "INFORMATION_SCHEMA", ".", "QUERY_HISTORY", "(");
        return history ? schema + 3 : -1;
    }

    private void fill(String table, Tokens tokens, int open, Request request)
            throws SnowflakeError, SQLException {
        int limit = DEFAULT_LIMIT;
        String user = session.user();
        var conditions = new ArrayList<String>();
        for (var argument : tokens.arguments(open)) {
            Token value = tokens.at(argument.start() + 2);
            switch (tokens.at(argument.start()).upper()) {
                case "RESULT_LIMIT" -> limit = limit(value);
                case "USER_NAME" -> user = value.name();
                case "END_TIME_RANGE_START" ->
                        // What still runs has no end, and is in every range.
                        conditions.add(
                                "END_TIME IS NOT NULL AND END_TIME < "
                                        + expression(tokens, argument, request));
                case "END_TIME_RANGE_END" ->
                        conditions.add(
                                "END_TIME IS NULL OR END_TIME > "
                                        + expression(tokens, argument, request));
                default ->
                        throw SnowflakeError.of(
                                "000939",
                                "22023",
                                "SQL compilation error: error line 1 at position 0\nunknown argument %s"
                                        .formatted(tokens.at(argument.start()).text()));
            }
        }
        create(table, user);
        for (String condition : conditions) {
            duckdb.update("DELETE FROM %s WHERE %s".formatted(table, condition));
        }
        duckdb.update(
                "DELETE FROM %1$s WHERE QUERY_ID NOT IN (SELECT QUERY_ID FROM %1$s ORDER BY START_TIME DESC LIMIT %2$d)"
                        .formatted(table, limit));
    }

    private static int limit(Token value) throws SnowflakeError {
        int limit = value.text().matches("\\d{1,6}") ? Integer.parseInt(value.text()) : 0;
        if (limit < 1 || limit > 10_000) {
            throw SnowflakeError.of(
                    "001040",
                    "22023",
                    "Invalid value [%s] for parameter 'RESULT_LIMIT', must be 1 to 10000."
                            .formatted(value.text()));
        }
        return limit;
    }

    private String expression(Tokens tokens, Tokens.Span argument, Request request)
            throws SnowflakeError {
        var value = tokens.from(argument.start() + 2);
        value.cut(argument.end() - argument.start() - 2, value.size());
        return "(" + duckdb.translate(value, request.literals(0)) + ")";
    }

    private void create(String table, String user) throws SnowflakeError, SQLException {
        duckdb.update(
                """
                CREATE OR REPLACE TEMP TABLE %s (
                  QUERY_ID VARCHAR, QUERY_TEXT VARCHAR, SESSION_ID DECIMAL(38,0),
                  USER_NAME VARCHAR, ROLE_NAME VARCHAR, QUERY_TAG VARCHAR,
                  EXECUTION_STATUS VARCHAR, ERROR_CODE VARCHAR, ERROR_MESSAGE VARCHAR,
                  START_TIME TIMESTAMPTZ, END_TIME TIMESTAMPTZ)"""
                        .formatted(table));
        // Nobody sees another user's statements here: that takes privileges on warehouses.
        List<QueryHistory.Ran> own =
                user.equals(session.user()) ? session.account().history().of(user) : List.of();
        for (QueryHistory.Ran entry : own) {
            duckdb.update("INSERT INTO %s VALUES (%s)".formatted(table, values(entry)));
        }
    }

    private static String values(QueryHistory.Ran entry) {
        SnowflakeError error = entry.error();
        return String.join(
                ",",
                literal(entry.queryId()),
                literal(entry.text()),
                Long.toString(entry.session()),
                literal(entry.user()),
                literal(entry.role()),
                literal(entry.tag()),
                literal(entry.status()),
                literal(error == null ? null : error.code()),
                literal(error == null ? null : error.text()),
                literal(entry.started()),
                literal(entry.ended()));
    }

    private static String literal(@Nullable String value) {
        return value == null ? "NULL" : Token.literal(value);
    }

    private static String literal(@Nullable Instant at) {
        return at == null ? "NULL" : "CAST('" + at + "' AS TIMESTAMPTZ)";
    }
}
