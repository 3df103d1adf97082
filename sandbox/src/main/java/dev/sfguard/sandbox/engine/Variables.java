package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;

/// SET and UNSET of variables, ALTER SESSION of parameters.
final class Variables {
    private final Session session;
    private final Duckdb duckdb;

    Variables(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        if (tokens.is(0, "UNSET")) {
            for (int i = 1; i < tokens.size(); i++) {
                session.variables().remove(tokens.at(i).upper());
            }
            return Result.done(Result.SCL);
        }
        if (tokens.at(1).isSymbol("(")) {
            setSeveral(tokens, request);
        } else {
            require(tokens.at(1).isName() && tokens.at(2).isSymbol("="), tokens);
            set(tokens.at(1).upper(), tokens.from(3), request);
        }
        return Result.done(Result.SCL);
    }

    /// `SET (a, b) = (1, 2)`.
    private void setSeveral(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        int end = tokens.close(1);
        require(tokens.at(end + 1).isSymbol("=") && tokens.at(end + 2).isSymbol("("), tokens);
        var names = tokens.arguments(1);
        var values = tokens.arguments(end + 2);
        require(names.size() == values.size(), tokens);
        for (int i = 0; i < names.size(); i++) {
            var value = tokens.from(values.get(i).start());
            value.cut(values.get(i).size(), value.size());
            set(tokens.at(names.get(i).start()).upper(), value, request);
        }
    }

    private void set(String name, Tokens value, Request request)
            throws SnowflakeError, SQLException {
        int first = value.at(0).isSymbol("-") ? 1 : 0;
        boolean number = value.size() == first + 1 && value.at(first).kind() == Kind.NUMBER;
        session.variables()
                .put(name, number ? value.sql() : Token.literal(duckdb.text(value, request)));
    }

    /// `ALTER SESSION SET a = b [, c = d]` and `ALTER SESSION UNSET a [, c]`.
    Result alterSession(Tokens tokens) throws SnowflakeError, SQLException {
        if (tokens.is(2, "UNSET")) {
            for (int i = 3; i < tokens.size(); i++) {
                session.parameters().unset(tokens.at(i).text());
            }
            return Result.done(Result.ALTER_SESSION);
        }
        require(tokens.is(2, "SET") && tokens.size() > 5, tokens);
        for (int i = 3; i < tokens.size(); i++) {
            if (tokens.at(i).isName() && tokens.at(i + 1).isSymbol("=")) {
                setParameter(tokens.at(i).upper(), tokens.at(i + 2).text());
                i += 2;
            } else {
                require(tokens.at(i).isSymbol(","), tokens);
            }
        }
        return Result.done(Result.ALTER_SESSION);
    }

    private void setParameter(String name, String value) throws SnowflakeError, SQLException {
        if (name.equals("TIMEZONE")) {
            if (!List.of(TimeZone.getAvailableIDs()).contains(value)) {
                throw SnowflakeError.of(
                        "001008",
                        "22023",
                        "SQL compilation error:\ninvalid value [%s] for parameter 'TIMEZONE'"
                                .formatted(value));
            }
            session.useTimeZone(value);
        }
        if (name.equals("AUTOCOMMIT") && value.toLowerCase(Locale.ROOT).equals("true")) {
            // Turning it on ends what was open.
            new Transactions(session, duckdb).commit();
        }
        session.parameters().set(name, value);
    }

    private static void require(boolean condition, Tokens tokens) throws SnowflakeError {
        if (!condition) {
            throw SnowflakeError.syntax(1, 0, tokens.at(0).text());
        }
    }
}
