package dev.sfguard.gateway.admin;

import org.jspecify.annotations.Nullable;

/// A warehouse that somebody may reach, and the Snowflake role that the policy gives them there.
public record ConnectionInfo(
        String id,
        String state,
        String role,
        @Nullable String database,
        @Nullable String schema,
        @Nullable String warehouse) {}
