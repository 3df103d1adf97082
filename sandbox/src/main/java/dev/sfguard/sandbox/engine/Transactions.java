package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Tokens;
import java.sql.SQLException;

/// BEGIN, COMMIT, ROLLBACK, and what autocommit does without them.
final class Transactions {
    private final Session session;
    private final Duckdb duckdb;

    Transactions(Session session, Duckdb duckdb) {
        this.session = session;
        this.duckdb = duckdb;
    }

    Result run(Tokens tokens) throws SnowflakeError, SQLException {
        switch (tokens.at(0).upper()) {
            case "COMMIT" -> commit();
            case "ROLLBACK" -> rollback();
            default -> {
                boolean plain =
                        tokens.size() == 1
                                || tokens.is(1, "TRANSACTION")
                                || tokens.is(1, "WORK")
                                || tokens.is(1, "NAME");
                if (!plain) {
                    throw SnowflakeError.unsupported("SNOWFLAKE SCRIPTING");
                }
                begin();
            }
        }
        return Result.done(Result.TRANSACTION);
    }

    /// A second BEGIN changes nothing, as in Snowflake.
    void begin() throws SnowflakeError, SQLException {
        if (!session.inTransaction()) {
            duckdb.update("BEGIN TRANSACTION");
            session.inTransaction(true);
        }
    }

    /// Without autocommit the first change opens a transaction.
    void beforeChange() throws SnowflakeError, SQLException {
        if (!session.parameters().autocommit()) {
            begin();
        }
    }

    void commit() throws SnowflakeError, SQLException {
        if (session.inTransaction()) {
            session.inTransaction(false);
            duckdb.update("COMMIT");
        }
    }

    void rollback() throws SnowflakeError, SQLException {
        if (session.inTransaction()) {
            session.inTransaction(false);
            duckdb.update("ROLLBACK");
        }
    }
}
