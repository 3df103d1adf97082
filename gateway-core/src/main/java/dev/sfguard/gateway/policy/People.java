package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import java.util.Set;

/// Whom a rule speaks of. Every key that is given must hold, and of a list any entry.
///
/// @param users names, in any case as mail addresses are, or subjects; empty for any
/// @param groups empty for any
/// @param kinds empty for any
record People(Set<String> users, Set<String> groups, Set<Identity.Kind> kinds) {
    People {
        users = Set.copyOf(users);
        groups = Set.copyOf(groups);
        kinds = Set.copyOf(kinds);
    }

    boolean include(Identity identity) {
        return (kinds.isEmpty() || kinds.contains(identity.kind()))
                && (groups.isEmpty() || identity.groups().stream().anyMatch(groups::contains))
                && (users.isEmpty() || users.stream().anyMatch(user -> names(user, identity)));
    }

    private static boolean names(String user, Identity identity) {
        return user.equalsIgnoreCase(identity.name()) || user.equals(identity.subject());
    }

    /// Everybody whom `other` includes is certainly included here.
    boolean includeAllOf(People other) {
        return covers(users, other.users)
                && covers(groups, other.groups)
                && covers(kinds, other.kinds);
    }

    private static <T> boolean covers(Set<T> mine, Set<T> others) {
        return mine.isEmpty() || (!others.isEmpty() && mine.containsAll(others));
    }
}
