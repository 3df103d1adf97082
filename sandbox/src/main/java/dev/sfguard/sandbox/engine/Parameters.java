package dev.sfguard.sandbox.engine;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// A session's parameters: Snowflake's defaults and what the session set.
public final class Parameters {
    /// Those that drivers read, with the types they need: without a boolean AUTOCOMMIT JDBC
    /// cannot log in, without two numbers it cannot read chunks, without an output
    /// format Node dies on a BINARY cell.
    private static final Map<String, Object> DEFAULTS =
            Map.ofEntries(
                    Map.entry("ABORT_DETACHED_QUERY", false),
                    Map.entry("AUTOCOMMIT", true),
                    Map.entry("BINARY_INPUT_FORMAT", "HEX"),
                    Map.entry("BINARY_OUTPUT_FORMAT", "HEX"),
                    Map.entry("CLIENT_MEMORY_LIMIT", 1536),
                    Map.entry("CLIENT_PREFETCH_THREADS", 4),
                    Map.entry("CLIENT_RESULT_CHUNK_SIZE", 160),
                    Map.entry("CLIENT_RESULT_COLUMN_CASE_INSENSITIVE", false),
                    Map.entry("CLIENT_SESSION_KEEP_ALIVE", false),
                    Map.entry("CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY", 3600),
                    Map.entry("CLIENT_STAGE_ARRAY_BINDING_THRESHOLD", 0),
                    Map.entry("CLIENT_TELEMETRY_ENABLED", false),
                    Map.entry("CLIENT_TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_LTZ"),
                    Map.entry("DATE_OUTPUT_FORMAT", "YYYY-MM-DD"),
                    Map.entry("JDBC_QUERY_RESULT_FORMAT", "JSON"),
                    Map.entry("LOCK_TIMEOUT", 43200),
                    Map.entry("MULTI_STATEMENT_COUNT", 1),
                    Map.entry("QUERY_TAG", ""),
                    Map.entry("ROWS_PER_RESULTSET", 0),
                    Map.entry("STATEMENT_TIMEOUT_IN_SECONDS", 172800),
                    Map.entry("TIMESTAMP_LTZ_OUTPUT_FORMAT", ""),
                    Map.entry("TIMESTAMP_NTZ_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3"),
                    Map.entry("TIMESTAMP_OUTPUT_FORMAT", "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM"),
                    Map.entry("TIMESTAMP_TYPE_MAPPING", "TIMESTAMP_NTZ"),
                    Map.entry("TIMESTAMP_TZ_OUTPUT_FORMAT", ""),
                    Map.entry("TIMEZONE", "UTC"),
                    Map.entry("TIME_OUTPUT_FORMAT", "HH24:MI:SS"),
                    Map.entry("USE_CACHED_RESULT", true));

    private final Map<String, Object> set = new ConcurrentHashMap<>();

    /// Sets a parameter; the value takes the type of the default.
    public void set(String name, String value) {
        String key = name.toUpperCase(Locale.ROOT);
        set.put(
                key,
                switch (DEFAULTS.getOrDefault(key, "")) {
                    case Boolean _ -> value.equalsIgnoreCase("true") || value.equals("1");
                    case Integer _ when value.matches("\\d{1,9}") -> Integer.valueOf(value);
                    case Object _ -> value;
                });
    }

    void unset(String name) {
        set.remove(name.toUpperCase(Locale.ROOT));
    }

    public Optional<Object> get(String name) {
        return Optional.ofNullable(set.getOrDefault(name, DEFAULTS.get(name)));
    }

    public String text(String name) {
        return get(name).map(Object::toString).orElse("");
    }

    boolean autocommit() {
        return get("AUTOCOMMIT").map(Boolean.TRUE::equals).orElse(true);
    }

    /// All of them, by name.
    public Map<String, Object> all() {
        var all = new ConcurrentSkipListMap<String, Object>(DEFAULTS);
        all.putAll(set);
        return all;
    }

    static Object defaultOf(String name) {
        return DEFAULTS.getOrDefault(name, "");
    }

    boolean isSet(String name) {
        return set.containsKey(name);
    }
}
