package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;

/// USE ROLE, SECONDARY ROLES, WAREHOUSE, DATABASE, SCHEMA.
final class Use {
    private final Session session;
    private final Duckdb duckdb;

    Use(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens) throws SnowflakeError, SQLException {
        var names = new Names(session);
        switch (tokens.at(1).upper()) {
            case "ROLE" -> session.useRole(names.require(tokens, 2).name().object());
            case "SECONDARY" -> secondaryRoles(tokens);
            case "WAREHOUSE" -> {
                session.useWarehouse(names.require(tokens, 2).name().object());
                return Result.done(Result.USE + 3);
            }
            case "DATABASE" -> {
                database(names.require(tokens, 2).name().object());
                return Result.done(Result.USE + 1);
            }
            case "SCHEMA" -> {
                var name = names.require(tokens, 2).name();
                // `USE SCHEMA a.b` names a database; `USE SCHEMA b` stays in this one.
                boolean qualified = tokens.at(3).isSymbol(".");
                schema(
                        qualified || session.database() == null
                                ? name.schema()
                                : session.database(),
                        name.object());
                return Result.done(Result.USE + 2);
            }
            default -> {
                var name = names.require(tokens, 1).name();
                if (tokens.at(2).isSymbol(".")) {
                    schema(name.schema(), name.object());
                } else {
                    database(name.object());
                }
            }
        }
        return Result.done(Result.USE);
    }

    private void secondaryRoles(Tokens tokens) throws SnowflakeError {
        boolean known = tokens.is(3, "ALL") || tokens.is(3, "NONE");
        if (!tokens.is(2, "ROLES") || !known) {
            throw SnowflakeError.syntax(1, 0, tokens.at(3).text());
        }
        session.useSecondaryRoles(tokens.is(3, "ALL"));
    }

    private void database(String name) throws SnowflakeError, SQLException {
        if (!exists("SELECT 1 AS found FROM duckdb_databases() WHERE database_name = ", name)) {
            throw SnowflakeError.noSuchObject("Database", name);
        }
        boolean hasPublic = hasSchema(name, "PUBLIC");
        session.useSchema(name, hasPublic ? "PUBLIC" : null);
    }

    private void schema(String database, String name) throws SnowflakeError, SQLException {
        if (!hasSchema(database, name)) {
            throw SnowflakeError.noSuchObject("Schema", database + "." + name);
        }
        session.useSchema(database, name);
    }

    private boolean hasSchema(String database, String name) throws SnowflakeError, SQLException {
        return exists(
                "SELECT 1 AS found FROM duckdb_schemas() WHERE database_name || '.' || schema_name = ",
                database + "." + name);
    }

    private boolean exists(String query, String name) throws SnowflakeError, SQLException {
        return !duckdb.list(query + dev.sfguard.sandbox.sql.Token.literal(name)).isEmpty();
    }
}
