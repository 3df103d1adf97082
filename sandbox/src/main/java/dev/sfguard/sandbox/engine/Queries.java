package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Runs queries and describes them.
final class Queries {
    private final Session session;
    private final Duckdb duckdb;

    Queries(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        Optional<String> scanned = wholeResultScan(tokens, request);
        if (scanned.isPresent()) {
            return new ResultScan(session, duckdb).kept(scanned.get());
        }
        new Access(session, duckdb).requireRead(tokens);
        int binds = Binds.count(tokens);
        var types = new ResultTypes(session, tokens);
        new ResultScan(session, duckdb).materialize(tokens, request);
        new HistoryFunctions(session, duckdb).materialize(tokens, request);
        new InformationSchema(session, duckdb).materialize(tokens);
        String sql = duckdb.translate(tokens, Binds.literals(tokens, request, 0));
        duckdb.scout(sql);
        Result result =
                request.describeOnly()
                        ? duckdb.query("DESCRIBE " + sql, rows -> described(rows, types))
                        : duckdb.query(sql, rows -> read(rows, types));
        return result.withBinds(binds, false);
    }

    /// DuckDB's plan as one column of text; USING TEXT, JSON or TABULAR makes no difference.
    Result explain(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        int start = tokens.is(1, "USING") ? 3 : 1;
        if (tokens.is(start, "ANALYZE")) {
            // DuckDB would run it.
            throw SnowflakeError.syntax(1, 8, "ANALYZE");
        }
        var query = tokens.from(start);
        new Access(session, duckdb).requireRead(query);
        String sql = duckdb.translate(query, Binds.literals(query, request, 0));
        return duckdb.query(
                "EXPLAIN " + sql,
                rows -> {
                    var plan = new ArrayList<@Nullable String[]>();
                    while (rows.next() && !request.describeOnly()) {
                        rows.getString(2).lines().forEach(line -> plan.add(Result.row(line)));
                    }
                    return Result.of(Result.SELECT, List.of(Column.text("content")), plan);
                });
    }

    /// The id in `SELECT * FROM TABLE(RESULT_SCAN('id'))`: how JDBC
    /// fetches what ran asynchronously.
    private Optional<String> wholeResultScan(Tokens tokens, Request request)
            throws SnowflakeError, SQLException {
        boolean form =
                tokens.startsWith("SELECT", "*", "FROM", "TABLE", "(", "RESULT_SCAN", "(")
                        && tokens.close(4) == tokens.size() - 1;
        return form
                ? Optional.of(new ResultScan(session, duckdb).id(tokens, 6, request))
                : Optional.empty();
    }

    private static Result described(ResultSet rows, ResultTypes types) throws SQLException {
        var columns = new ArrayList<Column>();
        while (rows.next()) {
            columns.add(types.column(rows.getString("column_name"), rows.getString("column_type")));
        }
        return Result.of(Result.SELECT, columns, List.of());
    }

    private static Result read(ResultSet rows, ResultTypes types) throws SQLException {
        ResultSetMetaData about = rows.getMetaData();
        var columns = new ArrayList<Column>();
        for (int i = 1; i <= about.getColumnCount(); i++) {
            columns.add(types.column(about.getColumnLabel(i), about.getColumnTypeName(i)));
        }
        var cells = new ArrayList<@Nullable String[]>();
        while (rows.next()) {
            var row = new @Nullable String[columns.size()];
            for (int i = 0; i < row.length; i++) {
                row[i] = Cells.cell(rows, i + 1, columns.get(i));
            }
            cells.add(row);
        }
        return Result.of(Result.SELECT, columns, cells);
    }

    /// What a statement's binds stand for.
    static final class Binds {
        private Binds() {}

        static int count(Tokens tokens) {
            return (int)
                    IntStream.range(0, tokens.size())
                            .filter(i -> tokens.at(i).kind() == Kind.BIND)
                            .count();
        }

        /// The literals of one row; NULL for those that are missing in a describe.
        ///
        /// @throws SnowflakeError 002049 when a bind is missing
        static List<String> literals(Tokens tokens, Request request, int row)
                throws SnowflakeError {
            List<String> given = request.literals(row);
            int missing = count(tokens) - given.size();
            if (missing > 0 && !request.describeOnly()) {
                throw SnowflakeError.of(
                        "002049",
                        "42601",
                        "SQL compilation error: error line 1 at position 0\n"
                                + "Bind variable ? not set.");
            }
            return Stream.concat(
                            given.stream(),
                            Stream.generate(() -> "NULL").limit(Math.max(0, missing)))
                    .toList();
        }
    }
}
