package dev.sfguard.gateway.snowflake;

import java.io.IOException;
import java.util.List;

/// Changes a result's rows on their way: what it gives back is what is recorded and what the client
/// gets. One instance serves one delivery of a result; the parts of a large one come to it from
/// several threads at once, and never before the columns.
///
/// An exception cuts the reply: rows that cannot be looked at do not pass.
public interface RowFilter {

    /// Rows that pass as they are. What is not to be looked at at all should use this one: its
    /// rows are handed on without a look or a copy.
    RowFilter NONE =
            new RowFilter() {
                @Override
                public void columns(List<ResultSink.Column> columns) {}

                @Override
                public Rows rows(int count, byte[] rows, int offset, int length) {
                    return Rows.UNCHANGED;
                }
            };

    /// Nothing passes: of results for which nothing has been decided.
    RowFilter UNDECIDED =
            new RowFilter() {
                @Override
                public void columns(List<ResultSink.Column> columns) throws IOException {
                    throw new IOException("nothing was decided for this result");
                }

                @Override
                public Rows rows(int count, byte[] rows, int offset, int length)
                        throws IOException {
                    throw new IOException("nothing was decided for this result");
                }
            };

    /// Rows that take the place of those that came: as many, in the same form. Never compared.
    ///
    /// @param bytes read before the next call and never changed; the filter may use them again then
    @SuppressWarnings("ArrayRecordComponent")
    record Rows(byte[] bytes, int offset, int length) {

        /// Says that the rows pass as they came.
        public static final Rows UNCHANGED = new Rows(new byte[0], 0, 0);

        // Not by content: a filter that gives back nothing has not said "unchanged".
        @SuppressWarnings("ReferenceEquality")
        public boolean isUnchanged() {
            return bytes == UNCHANGED.bytes;
        }
    }

    /// What the cells of each row are, in order.
    void columns(List<ResultSink.Column> columns) throws IOException;

    /// Takes a batch of whole rows.
    ///
    /// @param count how many, at least one
    /// @param rows holds their JSON, joined by commas, without brackets around all of them; the
    ///     caller's, so it is neither changed nor kept
    Rows rows(int count, byte[] rows, int offset, int length) throws IOException;
}
