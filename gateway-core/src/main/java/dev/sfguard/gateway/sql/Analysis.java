package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Set;

/// What is known of one statement. `Opaque` is a case of its own, so that "could not read it" is
/// never
/// mistaken for "touches nothing".
public sealed interface Analysis {

    /// @param effects what it does besides its class; the class's own effect is included
    /// @param hasWhere a WHERE of the statement itself that reads a column and is not constantly
    ///     true
    /// @param signals what the tokens show of constructs that a policy must know of
    record Understood(
            StatementClass kind, Set<Effect> effects, boolean hasWhere, List<Signal> signals)
            implements Analysis {
        public Understood {
            effects = Set.copyOf(effects);
            signals = List.copyOf(signals);
        }
    }

    /// @param why one clause for people, with the place: `unterminated string at 3:14`
    record Opaque(String why) implements Analysis {}
}
