package dev.sfguard.cli.output;

import java.math.BigDecimal;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// How texts should look where they go.
///
/// @param terminal someone reads it on a screen: escapes are neutralised, times are local
/// @param color NULL is dim and headings are bold
/// @param zone for local times
public record Look(boolean terminal, boolean color, ZoneId zone) {
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss");

    /// For files and pipes.
    public static final Look PLAIN = new Look(false, false, ZoneId.of("UTC"));

    /// The value as text, unaltered but for times; NULL is the empty text.
    String text(Cell cell) {
        return switch (cell) {
            case Cell.Null _ -> "";
            case Cell.Text(var value) -> value;
            case Cell.Exact(var value) -> digits(value);
            case Cell.Approximate(var value) -> approximate(value);
            case Cell.Flag(var value) -> Boolean.toString(value);
            case Cell.Json(var value) -> value;
            case Cell.Moment(var value) ->
                    terminal
                            ? LOCAL.format(value.atZone(zone))
                            : value.truncatedTo(ChronoUnit.MILLIS).toString();
        };
    }

    /// Text for a format of one line a row, as it goes to a file: altered only on a terminal.
    String raw(Cell cell) {
        return terminal ? Printable.line(text(cell)) : text(cell);
    }

    /// All digits, but not a thousand zeros for 1E+1000.
    static String digits(BigDecimal value) {
        return Math.abs((long) value.scale()) > 100 ? value.toString() : value.toPlainString();
    }

    static String approximate(double value) {
        // 3.0 of a FLOAT column is shown as Snowflake shows it: 3.
        boolean whole = value == Math.rint(value) && Math.abs(value) < 1e15;
        return whole ? Long.toString((long) value) : Double.toString(value);
    }
}
