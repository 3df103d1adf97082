package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The columns of a statement's result as its text tells them.
///
/// @param head from the left
/// @param spread what stands between, where it cannot be told how many columns that are
/// @param tail up to the right; empty without a spread
public record ResultLayout(
        List<ResultColumn> head, Optional<Spread> spread, List<ResultColumn> tail) {

    /// Any number of columns.
    ///
    /// @param named those whose names are known, by name
    /// @param others any other
    public record Spread(Map<String, ResultColumn> named, ResultColumn others) {
        public Spread {
            named = Map.copyOf(named);
        }
    }

    public ResultLayout {
        head = List.copyOf(head);
        tail = List.copyOf(tail);
    }
}
