package dev.sfguard.sandbox.engine;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A column of a result, or of a table, in Snowflake's terms.
///
/// @param type as on the wire, lower case: `fixed`, `text`, `timestamp_ntz` …
/// @param precision of numbers, else 0
/// @param scale of numbers; for times the digits of the fraction
/// @param length in characters for text, in bytes for binary, dimensions for vectors, else 0
/// @param extension the type behind `object` for GEOGRAPHY and GEOMETRY, else empty
public record Column(
        String name,
        String type,
        int precision,
        int scale,
        int length,
        boolean nullable,
        String extension) {
    static final int MAX_TEXT = 16_777_216;
    static final int MAX_BINARY = 8_388_608;
    private static final Pattern TYPE =
            Pattern.compile("([A-Z_]+(?: PRECISION)?)\\s*(?:\\(\\s*([\\w, ]+)\\s*\\))?");
    private static final Pattern DECIMAL = Pattern.compile("DECIMAL\\((\\d+),(\\d+)\\)");
    private static final Pattern VECTOR = Pattern.compile("(FLOAT|INTEGER)\\[(\\d+)]");

    /// How a TIMESTAMP_TZ is kept: DuckDB has no type that remembers an offset. Instants come
    /// first, so that comparing structs compares instants.
    public static final String TZ_STRUCT = "STRUCT(tz_instant TIMESTAMPTZ, tz_offset INTEGER)";

    public static Column text(String name) {
        return new Column(name, "text", 0, 0, MAX_TEXT, true, "");
    }

    public static Column fixed(String name, int precision, int scale) {
        return new Column(name, "fixed", precision, scale, 0, true, "");
    }

    public static Column of(String name, String type) {
        return new Column(name, type, 0, type.startsWith("time") ? 9 : 0, 0, true, "");
    }

    public Column named(String newName) {
        return new Column(newName, type, precision, scale, length, nullable, extension);
    }

    Column withNullable(boolean isNullable) {
        return new Column(name, type, precision, scale, length, isNullable, extension);
    }

    /// From DuckDB's name of a type.
    static Column fromDuckdb(String name, String duckdb) {
        String type = duckdb.toUpperCase(Locale.ROOT);
        Matcher decimal = DECIMAL.matcher(type);
        if (decimal.matches()) {
            return fixed(
                    name, Integer.parseInt(decimal.group(1)), Integer.parseInt(decimal.group(2)));
        }
        Matcher vector = VECTOR.matcher(type);
        if (vector.matches()) {
            int dimension = Integer.parseInt(vector.group(2));
            String element = vector.group(1).equals("FLOAT") ? "real" : "fixed";
            return new Column(name, "vector", 0, 0, dimension, true, element);
        }
        if (type.endsWith("]")) {
            return of(name, "array");
        }
        if (type.startsWith("STRUCT(") && type.contains("TZ_INSTANT")) {
            return of(name, "timestamp_tz");
        }
        return switch (type.replaceFirst("\\(.*", "")) {
            case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT" -> fixed(name, 38, 0);
            case "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT" -> fixed(name, 38, 0);
            case "FLOAT", "DOUBLE" -> of(name, "real");
            case "BOOLEAN" -> of(name, "boolean");
            case "DATE" -> of(name, "date");
            case "TIME", "TIME_NS" -> of(name, "time");
            case "TIMESTAMP", "TIMESTAMP_NS", "TIMESTAMP_S", "TIMESTAMP_MS" ->
                    of(name, "timestamp_ntz");
            case "TIMESTAMP WITH TIME ZONE" -> of(name, "timestamp_ltz");
            case "BLOB" -> new Column(name, "binary", 0, 0, MAX_BINARY, true, "");
            case "JSON", "VARIANT" -> of(name, "variant");
            case "STRUCT", "MAP" -> of(name, "object");
            default -> text(name);
        };
    }

    /// From Snowflake's name of a type as a CREATE TABLE declares it.
    static Column declared(String name, String declared, boolean nullable) {
        Matcher matcher = TYPE.matcher(declared.toUpperCase(Locale.ROOT).strip());
        if (!matcher.matches()) {
            return text(name).withNullable(nullable);
        }
        String[] arguments =
                matcher.group(2) == null ? new String[0] : matcher.group(2).split("\\s*,\\s*", -1);
        return of(name, matcher.group(1), arguments).withNullable(nullable);
    }

    private static Column of(String name, String type, String[] arguments) {
        return switch (type) {
            case "NUMBER", "DECIMAL", "NUMERIC", "DEC" ->
                    fixed(name, argument(arguments, 0, 38), argument(arguments, 1, 0));
            case "INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTEINT" -> fixed(name, 38, 0);
            case "FLOAT", "FLOAT4", "FLOAT8", "DOUBLE", "DOUBLE PRECISION", "REAL" ->
                    of(name, "real");
            case "CHAR", "CHARACTER", "NCHAR" ->
                    new Column(name, "text", 0, 0, argument(arguments, 0, 1), true, "");
            case "BINARY", "VARBINARY" ->
                    new Column(name, "binary", 0, 0, argument(arguments, 0, MAX_BINARY), true, "");
            case "BOOLEAN", "DATE", "VARIANT", "OBJECT", "ARRAY" ->
                    of(name, type.toLowerCase(Locale.ROOT));
            case "GEOGRAPHY", "GEOMETRY" -> new Column(name, "object", 0, 0, 0, true, type);
            case "TIME" -> new Column(name, "time", 0, argument(arguments, 0, 9), 0, true, "");
            case "DATETIME", "TIMESTAMP", "TIMESTAMP_NTZ", "TIMESTAMPNTZ" ->
                    timestamp(name, "timestamp_ntz", arguments);
            case "TIMESTAMP_LTZ", "TIMESTAMPLTZ" -> timestamp(name, "timestamp_ltz", arguments);
            case "TIMESTAMP_TZ", "TIMESTAMPTZ" -> timestamp(name, "timestamp_tz", arguments);
            case "VECTOR" ->
                    new Column(
                            name,
                            "vector",
                            0,
                            0,
                            argument(arguments, 1, 1),
                            true,
                            arguments[0].startsWith("INT") ? "fixed" : "real");
            default -> new Column(name, "text", 0, 0, argument(arguments, 0, MAX_TEXT), true, "");
        };
    }

    private static Column timestamp(String name, String type, String[] arguments) {
        return new Column(name, type, 0, argument(arguments, 0, 9), 0, true, "");
    }

    private static int argument(String[] arguments, int i, int otherwise) {
        return i < arguments.length && arguments[i].matches("\\d{1,8}")
                ? Integer.parseInt(arguments[i])
                : otherwise;
    }

    /// As SHOW COLUMNS writes it: JSON that JDBC reads for getColumns.
    String typeJson() {
        var json = new StringBuilder("{\"type\":\"").append(jsonName()).append('"');
        if (type.equals("fixed")) {
            json.append(",\"precision\":").append(precision).append(",\"scale\":").append(scale);
        } else if (type.startsWith("time")) {
            json.append(",\"precision\":0,\"scale\":").append(scale);
        } else if (type.equals("text") || type.equals("binary")) {
            json.append(",\"length\":").append(length);
            json.append(",\"byteLength\":").append(Math.min(MAX_TEXT, 4L * length));
        } else if (type.equals("vector")) {
            json.append(",\"dimension\":").append(length);
        }
        return json.append(",\"nullable\":").append(nullable).append('}').toString();
    }

    private String jsonName() {
        return extension.equals("GEOGRAPHY") || extension.equals("GEOMETRY")
                ? extension
                : type.toUpperCase(Locale.ROOT);
    }

    /// As INFORMATION_SCHEMA.COLUMNS writes it: without a length.
    String schemaType() {
        return switch (type) {
            case "fixed" -> "NUMBER";
            case "real" -> "FLOAT";
            case "object" -> extension.isEmpty() ? "OBJECT" : extension;
            default -> type.toUpperCase(Locale.ROOT);
        };
    }

    /// As SHOW and DESCRIBE write it: `NUMBER(38,0)`.
    String sqlType() {
        return switch (type) {
            case "fixed" -> "NUMBER(" + precision + "," + scale + ")";
            case "real" -> "FLOAT";
            case "text" -> "VARCHAR(" + length + ")";
            case "binary" -> "BINARY(" + length + ")";
            case "time", "timestamp_ntz", "timestamp_ltz", "timestamp_tz" ->
                    type.toUpperCase(Locale.ROOT) + "(" + scale + ")";
            case "object" -> extension.isEmpty() ? "OBJECT" : extension;
            case "vector" ->
                    "VECTOR(%s, %d)".formatted(extension.equals("real") ? "FLOAT" : "INT", length);
            default -> type.toUpperCase(Locale.ROOT);
        };
    }
}
