package dev.sfguard.cli.query;

import java.sql.SQLException;

/// Where the results of several statements go, in one format.
public interface QueryOutput extends SnowflakeSession.ResultReader {

    /// A statement begins.
    default void begin() {}

    @Override
    long read(String queryId, ResultRows rows) throws SQLException;

    /// The statement that began last is done.
    default void done(SnowflakeSession.Outcome outcome) {}

    /// The statement that began last went wrong, perhaps after some of its rows.
    default void failed(QueryFailure failure) {}

    /// No more statements.
    default void end() {}
}
