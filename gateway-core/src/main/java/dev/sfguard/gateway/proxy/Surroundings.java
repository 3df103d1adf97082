package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import java.util.Optional;
import java.util.function.Predicate;

/// What a request's text is read in.
///
/// @param scope where it begins; NONE where that is not certain now
record Surroundings(
        String connection,
        String role,
        NameScope scope,
        String application,
        Optional<ObjectName> maskFunction,
        Predicate<String> ranQuery) {

    SessionView view(NameScope at, Catalog picture) {
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
