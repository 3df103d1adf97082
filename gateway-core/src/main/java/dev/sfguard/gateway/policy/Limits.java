package dev.sfguard.gateway.policy;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/// How many rows one statement may deliver.
///
/// @param perStatement of this statement alone
/// @param perDay of all statements of the identity since midnight, UTC
public record Limits(Optional<Rows> perStatement, Optional<Rows> perDay) {

    public static final Limits NONE = new Limits(Optional.empty(), Optional.empty());

    /// The fewest rows first; of equals the one that blocks.
    static final Comparator<Rows> FEWEST =
            Comparator.comparingLong(Rows::most)
                    .thenComparing(Rows::excess, Comparator.reverseOrder());

    public boolean isEmpty() {
        return perStatement.isEmpty() && perDay.isEmpty();
    }

    /// What both let pass.
    public Limits tighter(Limits other) {
        return new Limits(
                Stream.of(perStatement, other.perStatement).flatMap(Optional::stream).min(FEWEST),
                Stream.of(perDay, other.perDay).flatMap(Optional::stream).min(FEWEST));
    }

    /// The limit that this statement meets first, with the rows that are left until then.
    ///
    /// @param rowsToday delivered since midnight, without this statement's own
    public Optional<Rows> nearest(long rowsToday) {
        var day = perDay.map(rows -> rows.less(rowsToday));
        if (perStatement.isPresent() && day.isPresent()) {
            return perStatement.get().most() <= day.get().most() ? perStatement : day;
        }
        return perStatement.or(() -> day);
    }

    /// @param rule the limit's name in the policy
    /// @param most rows that may be delivered
    /// @param excess what happens to a result that has more
    public record Rows(String rule, long most, Excess excess) {
        private Rows less(long used) {
            return new Rows(rule, Math.max(0, most - used), excess);
        }
    }

    /// What happens to a result with more rows than may be delivered.
    public enum Excess {
        /// It ends after the last row that may be delivered, and a note says so.
        CUT,
        /// The statement fails, as far as this is known before its rows are delivered.
        BLOCK
    }
}
