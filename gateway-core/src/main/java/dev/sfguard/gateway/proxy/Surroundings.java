package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What a request's text is read in.
///
/// @param roles all that the session may have when it begins; never empty
/// @param scope where it begins; NONE where that is not certain now
record Surroundings(
        String connection,
        Set<String> roles,
        NameScope scope,
        String application,
        Optional<ObjectName> maskFunction,
        Predicate<String> ranQuery) {

    Surroundings {
        roles = Set.copyOf(roles);
    }

    SessionView view(String role, NameScope at, Catalog picture) {
        return new SessionView(
                connection,
                role,
                Optional.ofNullable(at.database()),
                Optional.ofNullable(at.schema()),
                application,
                picture,
                ranQuery);
    }
}
