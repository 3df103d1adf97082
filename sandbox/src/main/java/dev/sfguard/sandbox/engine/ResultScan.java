package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// RESULT_SCAN: reads again what a statement of this session gave.
final class ResultScan {
    private static final int ROWS_AT_ONCE = 1_000;

    private final Session session;
    private final Duckdb duckdb;

    ResultScan(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    /// @throws SnowflakeError 000709 when this session ran no such statement
    Result kept(String queryId) throws SnowflakeError {
        Result kept = session.kept(queryId);
        if (kept == null) {
            throw SnowflakeError.noSuchStatement(queryId);
        }
        return Result.of(Result.SELECT, kept.columns(), kept.rows());
    }

    /// The query id that the argument after the bracket at `open` stands for.
    String id(Tokens tokens, int open, Request request) throws SnowflakeError, SQLException {
        if (tokens.at(open + 1).kind() == Kind.STRING) {
            return tokens.at(open + 1).text();
        }
        var argument = tokens.from(open + 1);
        argument.cut(tokens.close(open) - open - 1, argument.size());
        return duckdb.text(argument, request);
    }

    /// Puts temporary tables in the place of `TABLE(RESULT_SCAN(…))`, so that DuckDB
    /// can query them.
    void materialize(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.is(i, "TABLE", "(", "RESULT_SCAN", "(")) {
                Result kept = kept(id(tokens, i + 3, request));
                String name =
                        "SF_RESULT_" + i + "_" + Integer.toHexString(request.queryId().hashCode());
                create(name, kept);
                tokens.replace(i, tokens.close(i + 1) + 1, Token.raw("temp.main." + name));
            }
        }
    }

    /// Makes a table of a result that lasts as long as the session.
    void create(String name, Result result) throws SnowflakeError, SQLException {
        String columns =
                result.columns().stream()
                        .map(column -> Token.quoted(column.name()) + " " + duckdbType(column))
                        .collect(Collectors.joining(", "));
        duckdb.update("CREATE OR REPLACE TEMP TABLE %s (%s)".formatted(name, columns));
        List<@Nullable String[]> rows = result.rows();
        for (int from = 0; from < rows.size(); from += ROWS_AT_ONCE) {
            var values = new ArrayList<String>();
            for (@Nullable String[] row :
                    rows.subList(from, Math.min(rows.size(), from + ROWS_AT_ONCE))) {
                values.add(literals(result.columns(), row));
            }
            duckdb.update(
                    "INSERT INTO temp.main.%s VALUES %s".formatted(name, String.join(",", values)));
        }
    }

    private static String literals(List<Column> columns, @Nullable String[] row) {
        var literals = new ArrayList<String>();
        for (int i = 0; i < row.length; i++) {
            String cell = row[i];
            literals.add(cell == null ? "NULL" : literal(columns.get(i), cell));
        }
        return "(" + String.join(",", literals) + ")";
    }

    private static String literal(Column column, String cell) {
        return switch (column.type()) {
            case "fixed" -> cell;
            case "boolean" -> cell.equals("1") ? "TRUE" : "FALSE";
            case "date" -> Token.literal(LocalDate.ofEpochDay(Long.parseLong(cell)).toString());
            case "time" -> Token.literal(LocalTime.ofNanoOfDay(nanos(cell)).toString());
            case "timestamp_ntz", "timestamp_ltz" -> Token.literal(wallClock(cell));
            case "timestamp_tz" -> {
                String[] parts = cell.split(" ", 2);
                yield "{'tz_instant': TIMESTAMPTZ '%s+00', 'tz_offset': %d}"
                        .formatted(wallClock(parts[0]), Integer.parseInt(parts[1]) - 1440);
            }
            case "binary" -> "unhex(" + Token.literal(cell) + ")";
            default -> Token.literal(cell);
        };
    }

    private static String wallClock(String cell) {
        long nanos = nanos(cell);
        var at =
                Instant.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
        return LocalDateTime.ofInstant(at, ZoneOffset.UTC).toString();
    }

    private static long nanos(String seconds) {
        return new java.math.BigDecimal(seconds).movePointRight(9).longValueExact();
    }

    private static String duckdbType(Column column) {
        return switch (column.type()) {
            case "fixed" ->
                    "DECIMAL(%d,%d)"
                            .formatted(Math.clamp(column.precision(), 1, 38), column.scale());
            case "real" -> "DOUBLE";
            case "boolean", "date", "time" -> column.type();
            case "timestamp_ntz" -> "TIMESTAMP";
            case "timestamp_ltz" -> "TIMESTAMPTZ";
            case "timestamp_tz" -> Column.TZ_STRUCT;
            case "binary" -> "BLOB";
            case "vector" ->
                    (column.extension().equals("real") ? "FLOAT" : "INTEGER")
                            + "["
                            + column.length()
                            + "]";
            case "variant", "object", "array" -> column.extension().isEmpty() ? "JSON" : "VARCHAR";
            default -> "VARCHAR";
        };
    }
}
