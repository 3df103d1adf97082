package dev.sfguard.cli.output;

import java.math.BigDecimal;
import java.time.Instant;

/// One value of a row, with its type kept.
public sealed interface Cell {

    record Null() implements Cell {}

    record Text(String value) implements Cell {}

    /// An exact number; its digits are never rounded.
    record Exact(BigDecimal value) implements Cell {}

    /// A floating-point number; it may be `NaN` or infinite.
    record Approximate(double value) implements Cell {}

    record Flag(boolean value) implements Cell {}

    /// JSON as Snowflake writes a VARIANT, OBJECT or ARRAY. It may be no JSON at all (`undefined`).
    record Json(String value) implements Cell {}

    /// A point in time of our own lists: local on a terminal, UTC elsewhere.
    record Moment(Instant value) implements Cell {}

    Cell NULL = new Null();

    static Cell text(String value) {
        return new Text(value);
    }

    static Cell number(long value) {
        return new Exact(BigDecimal.valueOf(value));
    }
}
