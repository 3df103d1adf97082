package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import java.util.List;
import java.util.Optional;

/// One entry of `masks`.
///
/// @param line where it stands in the file
record Mask(
        String name,
        int line,
        Optional<People> who,
        Optional<People> unless,
        List<ColumnPattern> columns,
        Masks.ColumnMask mask) {
    Mask {
        columns = List.copyOf(columns);
    }

    boolean isFor(Identity identity) {
        return who.map(people -> people.include(identity)).orElse(true)
                && !unless.map(people -> people.include(identity)).orElse(false);
    }
}
