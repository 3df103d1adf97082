package dev.sfguard.cli.replay;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;

/// A recorded cell as people read it. Snowflake sends times as numbers, and drivers format them.
final class WireValue {
    private static final int MIDDLE_OF_OFFSETS = 1440;

    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder()
                    .appendPattern("HH:mm:ss")
                    .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
                    .toFormatter(Locale.ROOT);

    private static final DateTimeFormatter TIMESTAMP =
            new DateTimeFormatterBuilder()
                    .appendPattern("uuuu-MM-dd ")
                    .append(TIME)
                    .toFormatter(Locale.ROOT);

    private WireValue() {}

    /// @param type as Snowflake names it: `timestamp_ntz`
    /// @return the text itself where it is no such value: it may have been masked
    static String shown(String type, String text) {
        try {
            return switch (type.toLowerCase(Locale.ROOT)) {
                case "date" -> LocalDate.ofEpochDay(Long.parseLong(text)).toString();
                case "time" -> TIME.format(LocalTime.ofNanoOfDay(nanos(text)));
                case "timestamp_ntz" -> timestamp(text, ZoneOffset.UTC);
                case "timestamp_ltz" -> timestamp(text, ZoneOffset.UTC) + " Z";
                case "timestamp_tz" -> withZone(text);
                case "boolean" -> text.equals("1") ? "true" : text.equals("0") ? "false" : text;
                default -> text;
            };
        } catch (NumberFormatException | ArithmeticException | DateTimeException _) {
            return text;
        }
    }

    private static long nanos(String seconds) {
        return new BigDecimal(seconds).movePointRight(9).longValueExact();
    }

    private static String timestamp(String seconds, ZoneOffset offset) {
        long nanos = nanos(seconds);
        return TIMESTAMP.format(
                LocalDateTime.ofEpochSecond(
                        Math.floorDiv(nanos, 1_000_000_000L),
                        (int) Math.floorMod(nanos, 1_000_000_000L),
                        offset));
    }

    private static String withZone(String text) {
        int blank = text.indexOf(' ');
        if (blank < 0) {
            return text;
        }
        int minutes = Integer.parseInt(text.substring(blank + 1)) - MIDDLE_OF_OFFSETS;
        var offset = ZoneOffset.ofTotalSeconds(Math.multiplyExact(minutes, 60));
        return timestamp(text.substring(0, blank), offset) + " " + offset;
    }
}
