package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.Token;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A bind as a driver sends it.
///
/// @param type Snowflake's name: FIXED, TEXT, TIMESTAMP_LTZ …
/// @param values one value, or one for each row of an array bind
public record Bind(String type, List<@Nullable String> values, boolean array) {

    /// The value as a literal of DuckDB. A literal instead of a prepared parameter, because DuckDB
    /// must know a type before it binds, and `?` has none.
    ///
    /// @throws SnowflakeError 100038 when the value does not fit the type
    String literal(int row) throws SnowflakeError {
        String value = values.get(array ? row : 0);
        if (value == null) {
            return "NULL";
        }
        try {
            return switch (type.toUpperCase(Locale.ROOT)) {
                case "FIXED" -> new java.math.BigDecimal(value).toPlainString();
                case "REAL" -> "CAST(" + Token.literal(value) + " AS DOUBLE)";
                case "BOOLEAN" ->
                        value.equalsIgnoreCase("true") || value.equals("1") ? "TRUE" : "FALSE";
                case "DATE" -> "DATE " + Token.literal(date(value));
                case "TIME" -> "TIME " + Token.literal(time(value));
                case "TIMESTAMP", "TIMESTAMP_NTZ" -> "TIMESTAMP " + Token.literal(wallClock(value));
                case "TIMESTAMP_LTZ" -> "TIMESTAMPTZ " + Token.literal(wallClock(value) + "+00");
                case "TIMESTAMP_TZ" -> zoned(value);
                case "BINARY" -> "unhex(" + Token.literal(value) + ")";
                default -> Token.literal(value);
            };
        } catch (ArithmeticException | IllegalArgumentException e) {
            throw SnowflakeError.of(
                    "100038", "22018", "%s value '%s' is not recognized".formatted(type, value));
        }
    }

    /// Drivers send milliseconds since 1970; a date in words passes as it is.
    private static String date(String value) {
        return isNumber(value)
                ? LocalDate.ofEpochDay(Math.floorDiv(Long.parseLong(value), 86_400_000L)).toString()
                : value;
    }

    private static String time(String value) {
        return isNumber(value) ? LocalTime.ofNanoOfDay(Long.parseLong(value)).toString() : value;
    }

    private static String wallClock(String value) {
        if (!isNumber(value)) {
            return value;
        }
        long nanos = Long.parseLong(value);
        var at =
                Instant.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L));
        return LocalDateTime.ofInstant(at, ZoneOffset.UTC).toString();
    }

    /// Nanoseconds since 1970, a space, and the offset in minutes + 1440.
    private static String zoned(String value) {
        String[] parts = value.split(" ", 2);
        if (parts.length < 2 || !isNumber(parts[0]) || !isNumber(parts[1])) {
            return "SFSYS.main.TO_TIMESTAMP_TZ(" + Token.literal(value) + ")";
        }
        return "{'tz_instant': TIMESTAMPTZ %s, 'tz_offset': %d}"
                .formatted(
                        Token.literal(wallClock(parts[0]) + "+00"),
                        Integer.parseInt(parts[1]) - 1440);
    }

    private static boolean isNumber(String value) {
        return value.matches("-?\\d{1,19}");
    }
}
