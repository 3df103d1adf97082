package dev.sfguard.gateway.masking;

import java.util.Locale;

/// What a column's cells are to a detector.
enum CellType {
    TEXT,
    /// JSON in a text.
    JSON,
    /// Drivers parse it: a cell with a finding becomes null, which is valid for every type.
    NUMBER,
    /// Hexadecimal digits of what is looked at; null like a number.
    BINARY,
    /// Cannot hold what detectors look for, and would only look like it.
    PASSED;

    /// @param type as Snowflake's `rowtype` names it; unknown ones are read as text
    static CellType of(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "fixed", "real", "decfloat", "vector", "number", "float" -> NUMBER;
            case "variant", "object", "array", "map", "geography", "geometry" -> JSON;
            case "binary" -> BINARY;
            case "boolean",
                    "date",
                    "time",
                    "timestamp_ntz",
                    "timestamp_ltz",
                    "timestamp_tz",
                    "interval_year_month",
                    "interval_day_time" ->
                    PASSED;
            default -> TEXT;
        };
    }
}
