package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.List;

/// ALTER TABLE: columns, names, comments.
final class AlterTable {
    private final Session session;
    private final Duckdb duckdb;

    AlterTable(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens, int at) throws SnowflakeError, SQLException {
        var found = new Names(session).require(tokens, at);
        String table = Names.sql(found.name());
        int action = found.next();
        var catalog = session.account().catalog();
        if (tokens.is(action, "RENAME", "TO")) {
            var to = new Names(session).require(tokens, action + 2).name();
            duckdb.update("ALTER TABLE " + table + " RENAME TO " + Token.quoted(to.object()));
            catalog.rename(found.name(), to);
        } else if (tokens.is(action, "SET", "COMMENT")
                && tokens.at(action + 3).kind() == Kind.STRING) {
            duckdb.update("COMMENT ON TABLE " + table + " IS " + tokens.at(action + 3).toDuckdb());
        } else if (tokens.is(action, "ADD")
                || tokens.is(action, "DROP")
                || tokens.is(action, "RENAME")
                || tokens.is(action, "ALTER")
                || tokens.is(action, "MODIFY")) {
            String change = duckdb.translate(tokens.from(0), List.of());
            duckdb.update(change);
            // Declared types would be those of before; DuckDB's own are right.
            catalog.forget(found.name());
        } else {
            throw SnowflakeError.unsupported("ALTER TABLE " + tokens.at(action).upper());
        }
        return Result.done(Result.DDL);
    }
}
