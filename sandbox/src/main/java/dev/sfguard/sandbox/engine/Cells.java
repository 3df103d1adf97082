package dev.sfguard.sandbox.engine;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Struct;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Writes DuckDB's values as Snowflake's JSON cells: text or null, each type in its own spelling.
final class Cells {
    private static final JsonMapper JSON = new JsonMapper();

    private Cells() {}

    static @Nullable String cell(ResultSet rows, int i, Column column) throws SQLException {
        if (rows.getObject(i) == null) {
            return null;
        }
        return switch (column.type()) {
            case "fixed" -> fixed(rows.getObject(i), column.scale());
            case "real" -> real(rows.getDouble(i));
            case "boolean" -> rows.getBoolean(i) ? "1" : "0";
            case "date" -> Long.toString(rows.getObject(i, LocalDate.class).toEpochDay());
            case "time" -> time(rows.getObject(i, LocalTime.class));
            case "timestamp_ntz" -> wallClock(rows.getObject(i, LocalDateTime.class));
            case "timestamp_ltz" -> instant(rows.getObject(i, OffsetDateTime.class).toInstant());
            case "timestamp_tz" -> zoned((Struct) rows.getObject(i));
            case "binary" -> binary(rows.getBytes(i));
            case "vector" -> vector((Array) rows.getObject(i), column);
            case "variant", "object", "array" -> json(rows, i);
            default -> rows.getString(i);
        };
    }

    private static String fixed(Object value, int scale) {
        var number = new BigDecimal(value.toString());
        return number.scale() == scale
                ? number.toPlainString()
                : number.setScale(scale).toPlainString();
    }

    private static String real(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value).toLowerCase(Locale.ROOT);
    }

    private static String time(LocalTime time) {
        long nanos = time.toNanoOfDay();
        return "%d.%09d".formatted(nanos / 1_000_000_000L, nanos % 1_000_000_000L);
    }

    private static String wallClock(LocalDateTime time) {
        return instant(time.toInstant(ZoneOffset.UTC));
    }

    static String instant(Instant time) {
        if (time.getEpochSecond() >= 0 || time.getNano() == 0) {
            return "%d.%09d".formatted(time.getEpochSecond(), time.getNano());
        }
        // Before 1970 the fraction counts away from zero: -0.5 s is second -1 and half a second.
        long seconds = time.getEpochSecond() + 1;
        return "%s%d.%09d"
                .formatted(seconds == 0 ? "-" : "", seconds, 1_000_000_000 - time.getNano());
    }

    private static String zoned(Struct value) throws SQLException {
        Object[] parts = value.getAttributes();
        var at = ((OffsetDateTime) parts[0]).toInstant();
        return instant(at) + " " + (((Number) parts[1]).intValue() + 1440);
    }

    private static String binary(byte[] bytes) {
        return HexFormat.of().withUpperCase().formatHex(bytes);
    }

    private static String vector(Array value, Column column) throws SQLException {
        var text = new StringBuilder("[");
        for (Object element : (Object[]) value.getArray()) {
            text.append(text.length() > 1 ? "," : "")
                    .append(
                            column.extension().equals("real")
                                    ? "%.6f".formatted(((Number) element).doubleValue())
                                    : element);
        }
        return text.append(']').toString();
    }

    private static String json(ResultSet rows, int i) throws SQLException {
        String text = rows.getString(i);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(JSON.readTree(text));
        } catch (JsonProcessingException e) {
            // A list or struct that DuckDB prints in its own way, or GeoJSON's WKT.
            return text;
        }
    }
}
