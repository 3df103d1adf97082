package dev.sfguard.gateway.masking;

import dev.sfguard.gateway.policy.Masks.With;
import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.sql.ObjectName;
import java.util.Optional;

/// What stands in a column's place in a masked projection. Constants stand for NULL too, so that
/// not even its being NULL shows.
final class MaskExpression {
    private static final String STARS = "'***'";

    private final Optional<ObjectName> hashFunction;

    /// @param hashFunction the operator's own; empty where the connection names none
    MaskExpression(Optional<ObjectName> hashFunction) {
        this.hashFunction = hashFunction;
    }

    /// @param column folded
    /// @param type as the catalog says
    /// @throws MaskRefused when there is none for the type
    String of(With with, String column, String type) throws MaskRefused {
        var name = Identifier.quote(column);
        return switch (with) {
            case With.Redact _ -> constant(column, type);
            case With.Partial _ -> isText(type) ? partial(name) : constant(column, type);
            case With.Null _ -> nothing(column, type);
            case With.Hash _ -> hash(name, column, type);
            // A comment at its end must not hide the bracket.
            case With.Expression(var sql) -> "(" + sql + (sql.contains("--") ? "\n)" : ")");
        };
    }

    private static boolean isText(String type) {
        return type.equals("TEXT") || type.equals("VARCHAR");
    }

    private static String constant(String column, String type) throws MaskRefused {
        return switch (type) {
            case "TEXT", "VARCHAR" -> STARS;
            case "NUMBER" -> "0";
            case "FLOAT" -> "CAST(0 AS FLOAT)";
            case "DATE" -> "CAST('1970-01-01' AS DATE)";
            case "TIME" -> "CAST('00:00:00' AS TIME)";
            case "TIMESTAMP_NTZ", "TIMESTAMP_LTZ", "TIMESTAMP_TZ" ->
                    "CAST('1970-01-01 00:00:00' AS " + type + ")";
            default -> nothing(column, type);
        };
    }

    private static String nothing(String column, String type) throws MaskRefused {
        return switch (type) {
            case "TEXT" -> "CAST(NULL AS VARCHAR)";
            case "VARCHAR",
                    "NUMBER",
                    "FLOAT",
                    "BOOLEAN",
                    "DATE",
                    "TIME",
                    "TIMESTAMP_NTZ",
                    "TIMESTAMP_LTZ",
                    "TIMESTAMP_TZ",
                    "VARIANT",
                    "OBJECT",
                    "ARRAY",
                    "BINARY",
                    "GEOGRAPHY",
                    "GEOMETRY" ->
                    "CAST(NULL AS " + type + ")";
            default ->
                    throw new MaskRefused(
                            "%s has the type %s, for which there is no mask"
                                    .formatted(column, type.isEmpty() ? "unknown" : type));
        };
    }

    /// At most half of a value stays: nothing of one shorter than eight characters. LIKE and
    /// LENGTH of NULL are NULL, so the constant stands for it.
    private static String partial(String name) {
        return ("CASE WHEN %1$s LIKE '__%%@%%'"
                        + " THEN LEFT(%1$s, 1) || '***' || SUBSTR(%1$s, POSITION('@' IN %1$s))"
                        + " WHEN LENGTH(%1$s) > 7 THEN '***' || RIGHT(%1$s, 4)"
                        + " ELSE '***' END")
                .formatted(name);
    }

    private String hash(String name, String column, String type) throws MaskRefused {
        if (!isText(type)) {
            throw new MaskRefused(
                    "%s has the type %s, and a hash can stand for text alone"
                            .formatted(column, type));
        }
        var function =
                hashFunction.orElseThrow(
                        () ->
                                new MaskRefused(
                                        "it is masked by a hash, and the connection names no mask_function"));
        return function.sql() + "(" + name + ")";
    }
}
