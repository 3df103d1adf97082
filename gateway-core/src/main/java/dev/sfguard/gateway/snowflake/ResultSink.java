package dev.sfguard.gateway.snowflake;

import java.io.IOException;
import java.util.List;

/// Learns of a result while it passes. An exception stops the passing: what is not recorded does
/// not reach the client.
public interface ResultSink {

    /// @param database of the column's origin, with `schema` and `table`, as far as Snowflake names
    ///     one; empty texts otherwise
    record Column(String name, String type, String database, String schema, String table) {
        public Column(String name, String type) {
            this(name, type, "", "", "");
        }
    }

    void columns(List<Column> columns) throws IOException;

    /// @param count how many rows
    /// @param rows holds the rows' JSON, joined by commas, without brackets around all of them: the
    ///     bytes that the client gets. The caller's, to be read before this returns.
    void rows(int count, byte[] rows, int offset, int length) throws IOException;
}
