package dev.sfguard.gateway.sql;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Snowflake's own functions. What is none of them was written by somebody, and may read
/// anything.
final class BuiltIns {
    private static final Set<String> NAMES = read();

    private BuiltIns() {}

    /// @param name folded, its parts joined by dots
    static boolean contains(String name) {
        // System functions have a signal and a list of their own.
        return NAMES.contains(name)
                || name.startsWith("SYSTEM$")
                || name.startsWith("SNOWFLAKE.CORTEX.")
                || isOfInformationSchema(name);
    }

    /// `INFORMATION_SCHEMA.F`, `db.INFORMATION_SCHEMA.F`: metadata, and histories, which have a
    /// signal of their own.
    private static boolean isOfInformationSchema(String name) {
        int last = name.lastIndexOf('.');
        String schema = last < 0 ? "" : name.substring(0, last);
        return schema.equals("INFORMATION_SCHEMA") || schema.endsWith(".INFORMATION_SCHEMA");
    }

    private static Set<String> read() {
        try (var in = BuiltIns.class.getResourceAsStream("builtin-functions.txt")) {
            if (in == null) {
                throw new IllegalStateException("builtin-functions.txt is not in the jar");
            }
            return new String(in.readAllBytes(), US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .flatMap(line -> Arrays.stream(line.split(" ")))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
