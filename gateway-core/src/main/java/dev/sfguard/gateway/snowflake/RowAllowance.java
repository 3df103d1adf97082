package dev.sfguard.gateway.snowflake;

import java.io.IOException;
import java.util.Optional;

/// Says how many of a result's rows may be delivered. It is asked before they leave, in the
/// result's order: for those that stand in the reply, batch by batch, then for those of each part.
public interface RowAllowance {

    /// No limit.
    RowAllowance ALL =
            new RowAllowance() {
                @Override
                public long pass(long first, long count) {
                    return count;
                }

                @Override
                public Optional<Cut> cut() {
                    return Optional.empty();
                }
            };

    /// A result that ends before its last row.
    ///
    /// @param rows that are delivered of it
    /// @param limit by its name in the policy
    record Cut(long rows, String limit) {

        /// For people.
        public String note() {
            return "cut at %d rows by limit \"%s\"".formatted(rows, limit);
        }
    }

    /// @param first the number of the first of the rows in the result, from 0
    /// @return how many of them may be delivered, from the first on; when that is fewer than asked,
    ///     none of the later rows may
    /// @throws IOException when it cannot be told
    long pass(long first, long count) throws IOException;

    /// Set once a row did not pass, and those before it may.
    Optional<Cut> cut();
}
