package dev.sfguard.gateway.sql;

import org.jspecify.annotations.Nullable;

/// Where a session looks up names that are not fully written: its present database and schema,
/// folded; null where it has none. Snowflake looks in the present schema, then in the
/// database's `PUBLIC`; the gateway refuses changes of SEARCH_PATH.
public record NameScope(@Nullable String database, @Nullable String schema) {
    public static final NameScope NONE = new NameScope(null, null);
}
