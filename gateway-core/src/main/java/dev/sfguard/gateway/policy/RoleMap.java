package dev.sfguard.gateway.policy;

import dev.sfguard.gateway.identity.Identity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Which Snowflake roles a group stands for, per connection.
///
/// @param byConnection connection → group → role as Snowflake folds it, in the file's order
record RoleMap(Map<String, Map<String, String>> byConnection) {
    RoleMap {
        byConnection = new LinkedHashMap<>(byConnection);
    }

    /// The roles of the identity's groups, the first of the file first.
    List<String> roles(Identity identity, String connection) {
        return byConnection.getOrDefault(connection, Map.of()).entrySet().stream()
                .filter(entry -> identity.groups().contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .distinct()
                .toList();
    }

    Optional<String> first(Identity identity, String connection) {
        return roles(identity, connection).stream().findFirst();
    }

    Set<String> everyRole() {
        return byConnection.values().stream()
                .flatMap(groups -> groups.values().stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}
