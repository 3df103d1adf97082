package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.engine.Roles.Power;
import dev.sfguard.sandbox.sql.Token;
import dev.sfguard.sandbox.sql.Token.Kind;
import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;
import java.util.Set;

/// CREATE, ALTER, DROP, UNDROP, COMMENT. Each commits an open transaction first, as in Snowflake.
final class Ddl {
    private static final Set<String> PREFIXES =
            Set.of(
                    "OR",
                    "REPLACE",
                    "TRANSIENT",
                    "TEMPORARY",
                    "TEMP",
                    "VOLATILE",
                    "LOCAL",
                    "GLOBAL",
                    "SECURE",
                    "RECURSIVE",
                    "MATERIALIZED");

    private final Session session;
    private final Duckdb duckdb;
    private final Access access;

    Ddl(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
        access = new Access(session, duckdb);
    }

    Result run(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        new Transactions(session, duckdb).commit();
        int kind = 1;
        while (PREFIXES.contains(tokens.at(kind).upper())) {
            kind++;
        }
        String what = tokens.at(kind).upper();
        boolean temporary = tokens.contains("TEMPORARY") || tokens.contains("TEMP");
        if (what.equals("ROLE")) {
            return role(tokens, kind);
        }
        int at = nameAt(tokens, kind);
        if (!temporary || !what.equals("TABLE")) {
            access.require(Power.DEFINE, "schema", text(session.schema()));
        }
        return switch (tokens.at(0).upper() + " " + what) {
            case "CREATE TABLE" -> new CreateTable(session, duckdb).run(tokens, request, kind);
            case "DROP TABLE" -> dropTable(tokens, at);
            case "ALTER TABLE" -> new AlterTable(session, duckdb).run(tokens, at);
            case "CREATE DATABASE" -> createDatabase(tokens, at);
            case "DROP DATABASE" -> dropDatabase(tokens, at);
            case "CREATE SCHEMA" -> createSchema(tokens, at);
            case "DROP SCHEMA" -> dropSchema(tokens, at);
            case "CREATE VIEW", "CREATE SEQUENCE" -> create(tokens, request, kind, what);
            case "DROP VIEW", "DROP SEQUENCE" -> drop(tokens, what);
            case "COMMENT ON", "COMMENT IF" -> comment(tokens, request);
            case "CREATE FUNCTION" -> new CreateFunction(session, duckdb).run(tokens, at);
            case "CREATE STAGE", "DROP STAGE", "CREATE WAREHOUSE", "ALTER WAREHOUSE" ->
                    named(tokens, what, at);
            case "DROP FUNCTION" -> dropFunction(tokens, at);
            default -> throw SnowflakeError.unsupported(tokens.at(0).upper() + " " + what);
        };
    }

    /// The place of the name, after IF [NOT] EXISTS.
    static int nameAt(Tokens tokens, int kind) {
        int at = kind + 1;
        while (tokens.is(at, "IF") || tokens.is(at, "NOT") || tokens.is(at, "EXISTS")) {
            at++;
        }
        return at;
    }

    private Result role(Tokens tokens, int kind) throws SnowflakeError {
        access.require(Power.ADMINISTER, "account", session.account().name());
        String name = tokens.at(nameAt(tokens, kind)).name();
        var roles = session.account().roles();
        if (tokens.is(0, "CREATE")) {
            if (roles.exists(name) && !tokens.contains("EXISTS") && !tokens.contains("REPLACE")) {
                throw SnowflakeError.alreadyExists(name);
            }
            roles.add(name);
            return created("Role", name);
        }
        if (!roles.exists(name)) {
            throw SnowflakeError.noSuchObject("Role", name);
        }
        roles.drop(name);
        return dropped(name);
    }

    private Result dropTable(Tokens tokens, int at) throws SnowflakeError, SQLException {
        var found = new Names(session).require(tokens, at);
        String name =
                session.temporary().remove(found.name())
                        ? Token.quoted(found.name().object())
                        : Names.sql(found.name());
        boolean ifExists = tokens.contains("EXISTS");
        duckdb.update("DROP TABLE " + (ifExists ? "IF EXISTS " : "") + name);
        session.account().catalog().forget(found.name());
        return dropped(found.name().object());
    }

    private Result dropFunction(Tokens tokens, int at) throws SnowflakeError, SQLException {
        var name = new Names(session).require(tokens, at).name();
        duckdb.update(
                "DROP MACRO %s %s"
                        .formatted(tokens.contains("EXISTS") ? "IF EXISTS" : "", Names.sql(name)));
        return dropped(name.object());
    }

    private Result createDatabase(Tokens tokens, int at) throws SnowflakeError, SQLException {
        String name = tokens.at(at).name();
        boolean ifNotExists = tokens.contains("EXISTS") || tokens.contains("REPLACE");
        duckdb.update(
                "ATTACH %s ':memory:' AS %s"
                        .formatted(ifNotExists ? "IF NOT EXISTS" : "", Token.quoted(name)));
        duckdb.update("CREATE SCHEMA IF NOT EXISTS " + Token.quoted(name) + ".PUBLIC");
        session.useSchema(name, "PUBLIC");
        return created("Database", name);
    }

    private Result dropDatabase(Tokens tokens, int at) throws SnowflakeError, SQLException {
        String name = tokens.at(at).name();
        if (name.equals(session.database())) {
            session.useSchema(null, null);
        }
        boolean known =
                !duckdb.list(
                                "SELECT 1 AS found FROM duckdb_databases() WHERE database_name = "
                                        + Token.literal(name))
                        .isEmpty();
        if (!known && !tokens.contains("EXISTS")) {
            throw SnowflakeError.noSuchObject("Database", name);
        }
        duckdb.update("DETACH DATABASE IF EXISTS " + Token.quoted(name));
        return dropped(name);
    }

    private Result createSchema(Tokens tokens, int at) throws SnowflakeError, SQLException {
        var name = schemaName(tokens, at);
        boolean ifNotExists = tokens.contains("EXISTS") || tokens.contains("REPLACE");
        duckdb.update(
                "CREATE SCHEMA %s %s.%s"
                        .formatted(
                                ifNotExists ? "IF NOT EXISTS" : "",
                                Token.quoted(name.database()),
                                Token.quoted(name.schema())));
        session.useSchema(name.database(), name.schema());
        return created("Schema", name.schema());
    }

    private Result dropSchema(Tokens tokens, int at) throws SnowflakeError, SQLException {
        var name = schemaName(tokens, at);
        if (name.schema().equals(session.schema()) && name.database().equals(session.database())) {
            session.useSchema(name.database(), null);
        }
        duckdb.update(
                "DROP SCHEMA %s %s.%s CASCADE"
                        .formatted(
                                tokens.contains("EXISTS") ? "IF EXISTS" : "",
                                Token.quoted(name.database()),
                                Token.quoted(name.schema())));
        session.account().catalog().forgetSchema(name.database(), name.schema());
        return dropped(name.schema());
    }

    private Catalog.Name schemaName(Tokens tokens, int at) throws SnowflakeError {
        var name = new Names(session).require(tokens, at).name();
        boolean qualified = tokens.at(at + 1).isSymbol(".");
        return new Catalog.Name(
                qualified ? name.schema() : text(session.database()), name.object(), "");
    }

    private Result create(Tokens tokens, Request request, int kind, String what)
            throws SnowflakeError, SQLException {
        var full = new Names(session).require(tokens, nameAt(tokens, kind)).name();
        String name = full.object();
        boolean secure = false;
        for (int i = 1; i < kind; i++) {
            secure |= tokens.is(i, "SECURE");
        }
        for (int i = kind - 1; i > 0; i--) {
            if (tokens.is(i, "SECURE")
                    || tokens.is(i, "VOLATILE")
                    || tokens.is(i, "MATERIALIZED")) {
                tokens.cut(i, i + 1);
            }
        }
        if (what.equals("SEQUENCE")) {
            sequenceOptions(tokens);
        }
        CreateTable.cutComment(tokens);
        duckdb.update(duckdb.translate(tokens, Queries.Binds.literals(tokens, request, 0)));
        if (what.equals("VIEW")) {
            session.account()
                    .catalog()
                    .declareView(full, new Catalog.View(tokens.source(), secure));
        }
        return created(what.equals("VIEW") ? "View" : "Sequence", name);
    }

    /// `START = 10 INCREMENT = 5` is `START WITH 10 INCREMENT BY 5`.
    private static void sequenceOptions(Tokens tokens) {
        for (int i = 1; i < tokens.size(); i++) {
            if (tokens.at(i).isSymbol("=")) {
                tokens.set(i, Token.word(tokens.is(i - 1, "START") ? "WITH" : "BY"));
            }
        }
    }

    private Result drop(Tokens tokens, String what) throws SnowflakeError, SQLException {
        int at = nameAt(tokens, 1);
        var name = new Names(session).require(tokens, at).name();
        duckdb.update(
                "DROP %s %s %s"
                        .formatted(
                                what,
                                tokens.contains("EXISTS") ? "IF EXISTS" : "",
                                Names.sql(name)));
        session.account().catalog().forget(name);
        return dropped(name.object());
    }

    private Result comment(Tokens tokens, Request request) throws SnowflakeError, SQLException {
        if (tokens.at(tokens.size() - 1).kind() != Kind.STRING) {
            throw SnowflakeError.syntax(1, tokens.source().length(), "<EOF>");
        }
        duckdb.update(duckdb.translate(tokens, request.literals(0)));
        return Result.done(Result.DDL);
    }

    /// Things that the sandbox takes note of and has no use for.
    private Result named(Tokens tokens, String what, int at) {
        String name = tokens.at(at).name();
        String kind = what.charAt(0) + what.substring(1).toLowerCase(java.util.Locale.ROOT);
        return switch (tokens.at(0).upper()) {
            case "CREATE" ->
                    Result.status(Result.DDL, kind + " area " + name + " successfully created.");
            case "DROP" -> dropped(name);
            default -> Result.done(Result.DDL);
        };
    }

    static Result created(String kind, String name) {
        return Result.status(Result.DDL, kind + " " + name + " successfully created.");
    }

    static Result dropped(String name) {
        return Result.status(Result.DDL, name + " successfully dropped.");
    }

    private static String text(@org.jspecify.annotations.Nullable String name) {
        return name == null ? "" : name;
    }
}
