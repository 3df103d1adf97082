package dev.sfguard.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/// Reads what people write for a time or a length of time.
public final class TimeOption {
    private TimeOption() {}

    /// `2h` before now, a day, or a moment.
    ///
    /// @param command whose help tells more
    public static Instant moment(String option, String text, Instant now, String command) {
        try {
            if (text.matches("\\d{1,6}[smhd]")) {
                return now.minus(length(text));
            }
            return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneId.systemDefault()).toInstant();
        } catch (DateTimeParseException e) {
            throw CliFailure.usage(
                    option + " is " + text + ".",
                    "It takes 2h, 7d, 2026-11-23 or 2026-11-23T14:02:00Z.",
                    "See: sfguard " + command + " --help");
        }
    }

    /// `90s`, `15m`, `2h`.
    public static Duration length(String option, String text, String command) {
        if (!text.matches("\\d{1,6}[smhd]")) {
            throw CliFailure.usage(
                    option + " is " + text + ".",
                    "It takes 90s, 15m or 2h.",
                    "See: sfguard " + command + " --help");
        }
        return length(text);
    }

    private static Duration length(String text) {
        String unit = (text.endsWith("d") ? "P" : "PT") + text.toUpperCase(Locale.ROOT);
        return Duration.parse(unit);
    }

    /// For people: `45s`, `2m`, `1h 05m`, `3d`.
    public static String brief(long seconds) {
        if (seconds < 60) {
            return seconds + "s";
        }
        if (seconds < 3600) {
            return seconds / 60 + "m";
        }
        return seconds < 86_400
                ? "%dh %02dm".formatted(seconds / 3600, seconds / 60 % 60)
                : seconds / 86_400 + "d";
    }
}
