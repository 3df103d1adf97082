package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// `INSERT ALL INTO a [(columns)] [VALUES (…)] INTO b … SELECT …`, without conditions.
final class InsertAll {
    private final Duckdb duckdb;

    InsertAll(Duckdb duckdb) {
        this.duckdb = duckdb;
    }

    void run(Tokens tokens, Request request, Map<String, Long> counts)
            throws SnowflakeError, SQLException {
        int select = tokens.find("SELECT");
        if (select < 0 || tokens.is(2, "WHEN")) {
            throw SnowflakeError.unsupported("conditional INSERT ALL");
        }
        String source =
                duckdb.translate(tokens.from(select), Queries.Binds.literals(tokens, request, 0));
        int at = 2;
        while (at < select) {
            int next = at + 1;
            while (next < select && !tokens.is(next, "INTO")) {
                next++;
            }
            long inserted = into(tokens, at, next, source);
            String column = "number of rows inserted into " + tokens.at(at + 1).name();
            counts.merge(column, inserted, Long::sum);
            counts.merge("numRowsInserted", inserted, Long::sum);
            at = next;
        }
    }

    private long into(Tokens tokens, int start, int end, String source)
            throws SnowflakeError, SQLException {
        var clause = tokens.from(start);
        clause.cut(end - start, clause.size());
        int values = clause.find("VALUES");
        String select = "*";
        if (values > 0) {
            var list = clause.from(values + 2);
            list.cut(list.size() - 1, list.size());
            select = duckdb.translate(list, List.of());
            clause.cut(values, clause.size());
        }
        return duckdb.update(
                "INSERT %s SELECT %s FROM (%s)"
                        .formatted(duckdb.translate(clause, List.of()), select, source));
    }
}
