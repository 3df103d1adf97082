package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What is known of one statement. `Opaque` is a case of its own, so that "could not read it"
/// is never mistaken for "touches nothing".
public sealed interface Analysis {

    /// @param kind what the statement is; of a `->>` chain, what its last part is
    /// @param classes `kind`, and the class of every statement inside: the parts of a chain,
    ///     what a block or the constant text of EXECUTE IMMEDIATE runs
    /// @param effects what it does besides its class; what the class itself implies is
    ///     included
    /// @param hasWhere a WHERE of the statement itself that reads a column and is not
    ///     constantly true; the ON of a MERGE counts as one. Of several statements inside,
    ///     every DELETE, UPDATE and MERGE must have one
    /// @param signals what the tokens show of constructs that a policy must know of
    /// @param objects what it reads, writes and defines
    /// @param structure where its relations stand in its text; {@link Structure#NONE} unless
    ///     `objects` are known
    record Understood(
            StatementClass kind,
            Set<StatementClass> classes,
            Set<Effect> effects,
            boolean hasWhere,
            List<Signal> signals,
            Objects objects,
            Structure structure)
            implements Analysis {
        public Understood {
            classes =
                    Stream.concat(Stream.of(kind), classes.stream())
                            .collect(Collectors.toUnmodifiableSet());
            effects = Set.copyOf(effects);
            signals = List.copyOf(signals);
        }
    }

    /// @param why one clause for people, with the place: `unterminated string at 3:14`
    record Opaque(String why) implements Analysis {}
}
