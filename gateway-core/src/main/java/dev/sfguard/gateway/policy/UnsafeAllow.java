package dev.sfguard.gateway.policy;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What is refused before any rule, by the names under which `unsafe_allow` in the gateway's
/// own configuration opens it again.
public enum UnsafeAllow {
    USERS,
    SECONDARY_ROLES,
    SYSTEM_FUNCTIONS,
    FILE_URLS,
    USER_STAGE,
    FOREIGN_RESULT_SCAN,
    HISTORY,
    SEARCH_PATH,
    COMPUTED_SQL;

    /// As written in the configuration: `secondary_roles`.
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<UnsafeAllow> of(String configName) {
        return Arrays.stream(values())
                .filter(unsafe -> unsafe.configName().equals(configName))
                .findFirst();
    }

    public static List<String> configNames() {
        return Arrays.stream(values()).map(UnsafeAllow::configName).toList();
    }
}
