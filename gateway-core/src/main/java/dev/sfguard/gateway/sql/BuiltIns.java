package dev.sfguard.gateway.sql;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/// Snowflake's own functions that read no tables. What is none of them may read anything.
final class BuiltIns {
    private static final Set<String> NAMES = read();

    private BuiltIns() {}

    /// @param name folded, its parts joined by dots
    static boolean contains(String name) {
        return NAMES.contains(name) || NAMES.contains(ofInformationSchema(name));
    }

    /// `F` of `INFORMATION_SCHEMA.F` and `db.INFORMATION_SCHEMA.F`, else nothing.
    private static String ofInformationSchema(String name) {
        int last = name.lastIndexOf('.');
        String schema = last < 0 ? "" : name.substring(0, last);
        boolean own = schema.equals("INFORMATION_SCHEMA") || schema.endsWith(".INFORMATION_SCHEMA");
        return own ? name.substring(last + 1) : "";
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
