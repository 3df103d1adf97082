package dev.sfguard.gateway.policy;

import java.util.List;

/// A decision, and how every rule stood to it.
public record Explanation(Decision decision, List<Considered> considered) {
    public Explanation {
        considered = List.copyOf(considered);
    }

    /// One rule of the file, in its order.
    ///
    /// @param effect `allow`, `approve` or `block`
    /// @param fired whether all of its keys hold
    /// @param why for people: `fires`, or the first key that does not hold
    public record Considered(String rule, int line, String effect, boolean fired, String why) {}
}
