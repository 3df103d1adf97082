package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/// CREATE FUNCTION with a body in SQL: a macro of DuckDB.
final class CreateFunction {
    private final Session session;
    private final Duckdb duckdb;

    CreateFunction(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens, int at) throws SnowflakeError, SQLException {
        var found = new Names(session).require(tokens, at);
        int as = tokens.find("AS");
        boolean sql = !tokens.contains("LANGUAGE") || tokens.contains("SQL");
        boolean table = tokens.find("TABLE") > 0;
        if (!sql || table || as < 0 || tokens.at(as + 1).kind() != Kind.STRING) {
            throw SnowflakeError.unsupported("functions other than scalar SQL ones");
        }
        String parameters =
                tokens.arguments(found.next()).stream()
                        .map(span -> Token.quoted(tokens.at(span.start()).name()))
                        .collect(Collectors.joining(", "));
        String body = duckdb.translate(new Tokens(tokens.at(as + 1).text()), List.of());
        duckdb.update(
                "CREATE OR REPLACE MACRO %s(%s) AS (%s)"
                        .formatted(Names.sql(found.name()), parameters, body));
        return Ddl.created("Function", found.name().object());
    }
}
