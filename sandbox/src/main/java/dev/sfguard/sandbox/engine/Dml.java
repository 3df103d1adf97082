package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.engine.Roles.Power;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// INSERT, UPDATE, DELETE, MERGE, TRUNCATE.
final class Dml {
    private final Session session;
    private final Duckdb duckdb;
    private final Transactions transactions;

    Dml(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
        transactions = new Transactions(session, duckdb);
    }

    Result run(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        Catalog.Name target = target(tokens);
        if (!session.temporary().contains(target)) {
            new Access(session, duckdb).require(Power.WRITE, "table", target.object());
        }
        int binds = Queries.Binds.count(tokens);
        Kind kind = Kind.of(tokens);
        if (request.describeOnly()) {
            duckdb.check(duckdb.translate(tokens, Queries.Binds.literals(tokens, request, 0)));
            return Result.of(kind.typeId, kind.columns(tokens), List.of()).withBinds(binds, true);
        }
        if (tokens.is(0, "TRUNCATE")) {
            transactions.commit();
            duckdb.update("DELETE FROM " + Names.sql(target));
            return Result.done(Result.DDL);
        }
        transactions.beforeChange();
        Map<String, Long> counts = atomically(tokens, () -> counts(kind, tokens, request, target));
        return result(kind, tokens, counts).withBinds(binds, true);
    }

    /// What kind of change it is: its number, and the counts it answers.
    private enum Kind {
        INSERT(Result.INSERT, "numRowsInserted"),
        UPDATE(Result.UPDATE, "numRowsUpdated"),
        DELETE(Result.DELETE, "numRowsDeleted"),
        MERGE(Result.MERGE, "numRowsInserted"),
        INSERT_ALL(Result.MULTI_INSERT, "numRowsInserted");

        private final int typeId;
        private final String statistic;

        Kind(int typeId, String statistic) {
            this.typeId = typeId;
            this.statistic = statistic;
        }

        static Kind of(Tokens tokens) {
            return switch (tokens.at(0).upper()) {
                case "INSERT" -> tokens.is(1, "ALL") ? INSERT_ALL : INSERT;
                case "UPDATE" -> UPDATE;
                case "MERGE" -> MERGE;
                default -> DELETE;
            };
        }

        List<Column> columns(Tokens tokens) {
            var names =
                    switch (this) {
                        case INSERT -> List.of("number of rows inserted");
                        case UPDATE ->
                                List.of(
                                        "number of rows updated",
                                        "number of multi-joined rows updated");
                        case DELETE -> List.of("number of rows deleted");
                        case MERGE -> mergeColumns(tokens);
                        case INSERT_ALL -> insertAllColumns(tokens);
                    };
            return names.stream()
                    .map(name -> Column.fixed(name, 19, 0).withNullable(false))
                    .toList();
        }

        private static List<String> mergeColumns(Tokens tokens) {
            var names = new ArrayList<String>();
            for (int i = 0; i < tokens.size(); i++) {
                if (tokens.is(i, "THEN")) {
                    switch (tokens.at(i + 1).upper()) {
                        case "INSERT" -> names.add("number of rows inserted");
                        case "UPDATE" -> names.add("number of rows updated");
                        default -> names.add("number of rows deleted");
                    }
                }
            }
            return names.stream()
                    .distinct()
                    .sorted(java.util.Comparator.comparingInt(Kind::order))
                    .toList();
        }

        private static int order(String column) {
            return List.of("inserted", "updated", "deleted")
                    .indexOf(column.substring(column.lastIndexOf(' ') + 1));
        }

        private static List<String> insertAllColumns(Tokens tokens) {
            return IntStream.range(0, tokens.size())
                    .filter(i -> tokens.is(i, "INTO"))
                    .mapToObj(i -> "number of rows inserted into " + tokens.at(i + 1).name())
                    .toList();
        }
    }

    private interface Change {
        Map<String, Long> run() throws SnowflakeError, SQLException;
    }

    /// One statement is one change, also when it takes several in DuckDB.
    private Map<String, Long> atomically(Tokens tokens, Change change)
            throws SnowflakeError, SQLException {
        if (session.inTransaction()) {
            duckdb.scout(duckdb.translate(tokens.from(0), List.of()));
            return change.run();
        }
        boolean done = false;
        duckdb.update("BEGIN TRANSACTION");
        try {
            Map<String, Long> counts = change.run();
            duckdb.update("COMMIT");
            done = true;
            return counts;
        } finally {
            if (!done) {
                rollback();
            }
        }
    }

    private void rollback() throws SQLException {
        try (var statement = session.connection().createStatement()) {
            statement.execute("ROLLBACK");
        }
    }

    private Map<String, Long> counts(Kind kind, Tokens tokens, Request request, Catalog.Name target)
            throws SnowflakeError, SQLException {
        var counts = new TreeMap<String, Long>();
        if (kind == Kind.MERGE) {
            merge(tokens, request, counts);
        } else if (kind == Kind.INSERT_ALL) {
            new InsertAll(duckdb).run(tokens, request, counts);
        } else {
            if (kind == Kind.INSERT && tokens.is(1, "OVERWRITE")) {
                duckdb.update("DELETE FROM " + Names.sql(target));
                tokens.cut(1, 2);
            }
            counts.put(kind.statistic, change(tokens, request));
        }
        return counts;
    }

    /// Array binds of an INSERT become one statement of many rows, others one statement each.
    private long change(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        int values = tokens.find("VALUES");
        boolean oneTuple =
                values > 0
                        && tokens.at(values + 1).isSymbol("(")
                        && tokens.close(values + 1) == tokens.size() - 1;
        if (request.hasArrays() && tokens.is(0, "INSERT") && oneTuple) {
            var tuples = new ArrayList<String>();
            for (int row = 0; row < request.rows(); row++) {
                tuples.add(duckdb.translate(tokens.from(values + 1), request.literals(row)));
            }
            tokens.cut(values + 1, tokens.size());
            return duckdb.update(
                    duckdb.translate(tokens, List.of()) + " " + String.join(",", tuples));
        }
        long changed = 0;
        for (int row = 0; row < request.rows(); row++) {
            List<String> binds = Queries.Binds.literals(tokens, request, row);
            changed += duckdb.update(duckdb.translate(tokens.from(0), binds));
        }
        return changed;
    }

    private void merge(Tokens tokens, Request request, Map<String, Long> counts)
            throws SnowflakeError, SQLException {
        for (int row = 0; row < request.rows(); row++) {
            String sql =
                    duckdb.translate(tokens.from(0), Queries.Binds.literals(tokens, request, row));
            for (var done : duckdb.list(sql + " RETURNING merge_action")) {
                String statistic =
                        switch (done.getOrDefault("merge_action", "")) {
                            case "INSERT" -> "numRowsInserted";
                            case "UPDATE" -> "numRowsUpdated";
                            default -> "numRowsDeleted";
                        };
                counts.merge(statistic, 1L, Long::sum);
            }
        }
    }

    private static Result result(Kind kind, Tokens tokens, Map<String, Long> counts) {
        List<Column> columns = kind.columns(tokens);
        @Nullable String[] row =
                columns.stream()
                        .map(column -> Long.toString(count(column.name(), counts)))
                        .toArray(String[]::new);
        var stats = new TreeMap<String, Long>();
        for (String name :
                List.of(
                        "numRowsInserted",
                        "numRowsUpdated",
                        "numRowsDeleted",
                        "numDmlDuplicates")) {
            stats.put(name, counts.getOrDefault(name, 0L));
        }
        return new Result(
                kind.typeId,
                columns,
                List.<@Nullable String[]>of(row),
                Optional.of(stats),
                0,
                true,
                List.of());
    }

    private static long count(String column, Map<String, Long> counts) {
        String statistic =
                switch (column) {
                    case "number of rows inserted" -> "numRowsInserted";
                    case "number of rows updated" -> "numRowsUpdated";
                    case "number of rows deleted" -> "numRowsDeleted";
                    default -> column;
                };
        return counts.getOrDefault(statistic, 0L);
    }

    private Catalog.Name target(Tokens tokens) throws SnowflakeError {
        int at = 1;
        while (tokens.at(at).is("INTO")
                || tokens.at(at).is("FROM")
                || tokens.at(at).is("ALL")
                || tokens.at(at).is("OVERWRITE")
                || tokens.at(at).is("TABLE")
                || tokens.at(at).is("IF")
                || tokens.at(at).is("EXISTS")) {
            at++;
        }
        return new Names(session).require(tokens, at).name();
    }
}
