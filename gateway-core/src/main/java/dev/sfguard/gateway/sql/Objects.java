package dev.sfguard.gateway.sql;

import java.util.List;
import java.util.Set;

/// Which objects a statement touches. "Could not tell" is a case of its own.
public sealed interface Objects {

    /// Every object that the statement touches; empty for a statement that touches none.
    record Known(List<ObjectAccess> accesses) implements Objects {
        public Known {
            accesses = List.copyOf(accesses);
        }
    }

    /// The statement's class and effects are certain, but not all of its objects.
    ///
    /// @param why one clause for people: `MATCH_RECOGNIZE is not followed yet`
    /// @param mentioned every name and constant text in it that may name an object, last parts
    ///     only, folded to upper case: an object that is none of these is certainly not named
    ///     here. What a view or function that is named here touches is not in it
    record Unknown(String why, Set<String> mentioned) implements Objects {
        public Unknown {
            mentioned = Set.copyOf(mentioned);
        }
    }
}
