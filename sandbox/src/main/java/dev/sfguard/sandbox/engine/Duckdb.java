package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Rewriter;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A session's way into DuckDB: translates, runs, can be cancelled.
final class Duckdb {
    private final Session session;
    private final Cancellation cancellation;

    Duckdb(Session session, Cancellation cancellation) {
        this.session = session;
        this.cancellation = cancellation;
    }

    /// A query's columns, by DuckDB's names of types, and its rows.
    interface Reader<T> {
        T read(ResultSet rows) throws SQLException, SnowflakeError;
    }

    /// The statement in DuckDB's words, binds filled in.
    String translate(Tokens tokens, List<String> binds) throws SnowflakeError {
        return new Rewriter(session.facts(), session.variables(), binds).rewrite(tokens);
    }

    <T> T query(String sql, Reader<T> reader) throws SQLException, SnowflakeError {
        try (var statement = session.connection().createStatement()) {
            cancellation.running(statement);
            try (var rows = statement.executeQuery(sql)) {
                return reader.read(rows);
            }
        } finally {
            cancellation.finished();
        }
    }

    /// Runs a statement that gives no rows and returns how many it changed.
    long update(String sql) throws SQLException, SnowflakeError {
        try (var statement = session.connection().createStatement()) {
            cancellation.running(statement);
            statement.execute(sql);
            return Math.max(0, statement.getUpdateCount());
        } finally {
            cancellation.finished();
        }
    }

    /// Has DuckDB understand a statement without running it.
    void check(String sql) throws SQLException {
        session.connection().prepareStatement(sql).close();
    }

    /// In an open transaction, has DuckDB understand the statement on a connection apart
    /// first: there an error ends the whole transaction, which in Snowflake goes on.
    /// Temporary tables are not seen from there, so sessions that have some go without.
    void scout(String sql) throws SQLException {
        if (!session.inTransaction() || !session.temporary().isEmpty()) {
            return;
        }
        try (var apart = session.apart()) {
            apart.prepareStatement(sql).close();
        }
    }

    /// Rows as text, for the lists that SHOW and DESCRIBE are made of.
    List<Map<String, String>> list(String sql) throws SQLException, SnowflakeError {
        return query(
                sql,
                rows -> {
                    var list = new ArrayList<Map<String, String>>();
                    var columns = rows.getMetaData();
                    while (rows.next()) {
                        var row = new java.util.HashMap<String, String>();
                        for (int i = 1; i <= columns.getColumnCount(); i++) {
                            String value = rows.getString(i);
                            row.put(columns.getColumnLabel(i), value == null ? "" : value);
                        }
                        list.add(row);
                    }
                    return list;
                });
    }

    /// The value of an expression as text.
    String text(Tokens expression, Request request) throws SQLException, SnowflakeError {
        String sql = "SELECT CAST((" + translate(expression, request.literals(0)) + ") AS VARCHAR)";
        return query(
                sql,
                rows -> {
                    @Nullable String value = rows.next() ? rows.getString(1) : null;
                    return value == null ? "" : value;
                });
    }
}
