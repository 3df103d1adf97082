package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import dev.sfguard.sandbox.sql.Tokens.Span;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// CREATE TABLE: by columns, AS, LIKE and CLONE.
final class CreateTable {
    private static final Set<String> CONSTRAINTS =
            Set.of("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT", "CHECK");

    private static final Set<String> AFTER_TYPE =
            Set.of(
                    "NOT",
                    "NULL",
                    "DEFAULT",
                    "AUTOINCREMENT",
                    "IDENTITY",
                    "PRIMARY",
                    "UNIQUE",
                    "REFERENCES",
                    "COMMENT",
                    "COLLATE",
                    "CONSTRAINT",
                    "FOREIGN",
                    "WITH",
                    "MASKING");

    private final Session session;
    private final Duckdb duckdb;

    CreateTable(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens, Request request, int kind) throws SnowflakeError, SQLException {
        var found = new Names(session).require(tokens, Ddl.nameAt(tokens, kind));
        Catalog.Name name = found.name();
        boolean temporary = false;
        boolean replace = false;
        for (int i = 1; i < kind; i++) {
            temporary |=
                    tokens.is(i, "TEMPORARY") || tokens.is(i, "TEMP") || tokens.is(i, "VOLATILE");
            replace |= tokens.is(i, "REPLACE");
        }
        boolean ifNotExists = tokens.is(kind + 1, "IF");
        String create =
                "CREATE %s%s TABLE %s %s "
                        .formatted(
                                replace ? "OR REPLACE" : "",
                                temporary ? " TEMP" : "",
                                ifNotExists ? "IF NOT EXISTS" : "",
                                temporary ? Token.quoted(name.object()) : Names.sql(name));
        define(tokens.from(found.next()), request, create, name);
        if (temporary) {
            session.temporary().add(name);
        }
        return ifNotExists || !session.temporary().contains(name) || temporary
                ? Result.status(Result.DDL, "Table " + name.object() + " successfully created.")
                : Result.done(Result.DDL);
    }

    /// @param rest what follows the table's name
    private void define(Tokens rest, Request request, String create, Catalog.Name name)
            throws SnowflakeError, SQLException {
        var catalog = session.account().catalog();
        if (rest.is(0, "LIKE") || rest.is(0, "CLONE")) {
            Catalog.Name from = new Names(session).require(rest, 1).name();
            String limit = rest.is(0, "LIKE") ? " LIMIT 0" : "";
            duckdb.update(create + "AS FROM " + rest.sql(1, endOfName(rest)) + limit);
            catalog.copy(from, name);
            return;
        }
        int as = rest.find("AS");
        boolean columns = rest.at(0).isSymbol("(");
        if (as >= 0) {
            String names = columns ? names(rest) : "";
            var query = rest.from(as + 1);
            new Access(session, duckdb).requireRead(query);
            new ResultScan(session, duckdb).materialize(query, request);
            String sql = duckdb.translate(query, Queries.Binds.literals(query, request, 0));
            duckdb.update(create + names + " AS " + sql);
            catalog.forget(name);
            return;
        }
        if (!columns) {
            throw SnowflakeError.syntax(1, rest.source().length(), "<EOF>");
        }
        byColumns(rest, create, name);
    }

    private static int endOfName(Tokens tokens) {
        int i = 1;
        while (tokens.at(i + 1).isSymbol(".")) {
            i += 2;
        }
        return i + 1;
    }

    private static String names(Tokens rest) {
        var names = new ArrayList<String>();
        for (Span column : rest.arguments(0)) {
            names.add(Token.quoted(rest.at(column.start()).name()));
        }
        return "(" + String.join(", ", names) + ")";
    }

    private void byColumns(Tokens rest, String create, Catalog.Name name)
            throws SnowflakeError, SQLException {
        var declared = new ArrayList<Column>();
        var key = new ArrayList<String>();
        var definitions = new ArrayList<String>();
        for (Span span : rest.arguments(0)) {
            if (rest.at(span.start()).kind() == Kind.WORD
                    && CONSTRAINTS.contains(rest.at(span.start()).upper())) {
                key.addAll(primaryKey(rest, span));
            } else {
                definitions.add(column(rest, span, name, declared, key));
            }
        }
        duckdb.update(create + "(" + String.join(", ", definitions) + ")");
        session.account().catalog().declare(name, declared, key);
    }

    /// The columns of `PRIMARY KEY (…)`; other constraints bind nobody in Snowflake.
    private static List<String> primaryKey(Tokens rest, Span span) {
        var key = new ArrayList<String>();
        for (int i = span.start(); i < span.end(); i++) {
            if (rest.is(i, "PRIMARY", "KEY", "(")) {
                for (Span column : rest.arguments(i + 2)) {
                    key.add(rest.at(column.start()).name());
                }
            }
        }
        return key;
    }

    private String column(
            Tokens rest, Span span, Catalog.Name table, List<Column> declared, List<String> key)
            throws SnowflakeError, SQLException {
        String name = rest.at(span.start()).name();
        int end = span.start() + 1;
        while (end < span.end() && !AFTER_TYPE.contains(rest.at(end).upper())) {
            end = rest.at(end).isSymbol("(") ? rest.close(end) + 1 : end + 1;
        }
        String type = rest.sql(span.start() + 1, end).replace(" (", "(");
        boolean required = false;
        String fallback = "";
        for (int i = end; i < span.end(); i++) {
            if (rest.is(i, "NOT", "NULL")) {
                required = true;
            } else if (rest.is(i, "PRIMARY", "KEY")) {
                key.add(name);
            } else if (rest.is(i, "AUTOINCREMENT") || rest.is(i, "IDENTITY")) {
                fallback = " DEFAULT nextval(" + Token.literal(identity(table, name)) + ")";
            } else if (rest.is(i, "DEFAULT")) {
                fallback = " DEFAULT " + expression(rest, i + 1, span.end());
            }
        }
        declared.add(Column.declared(name, type, !required));
        return duckdbColumn(name, type) + (required ? " NOT NULL" : "") + fallback;
    }

    /// The name and type as the rewriter reads them in a definition.
    private String duckdbColumn(String name, String type) throws SnowflakeError {
        var cast = new Tokens("CAST(NULL AS " + type + ")");
        String sql = duckdb.translate(cast, List.of());
        return Token.quoted(name)
                + " "
                + sql.substring(sql.indexOf(" AS ") + 4, sql.lastIndexOf(')'));
    }

    private String expression(Tokens rest, int start, int end) throws SnowflakeError {
        int stop = start + 1;
        while (stop < end && !AFTER_TYPE.contains(rest.at(stop).upper())) {
            stop = rest.at(stop).isSymbol("(") ? rest.close(stop) + 1 : stop + 1;
        }
        var part = rest.from(start);
        part.cut(stop - start, part.size());
        return duckdb.translate(part, List.of());
    }

    /// A sequence in the table's own schema: DuckDB lets a transaction write one database only.
    private String identity(Catalog.Name table, String column) throws SnowflakeError, SQLException {
        String sequence =
                Names.sql(
                        new Catalog.Name(
                                table.database(),
                                table.schema(),
                                "SF_IDENTITY_" + table.object() + "_" + column));
        duckdb.update("CREATE SEQUENCE IF NOT EXISTS " + sequence);
        return sequence;
    }

    /// `COMMENT = 'text'` of an object is taken out; DuckDB has no place for it there.
    static void cutComment(Tokens tokens) {
        int comment = tokens.find("COMMENT");
        if (comment > 0 && tokens.at(comment + 1).isSymbol("=")) {
            tokens.cut(comment, comment + 3);
        }
    }
}
