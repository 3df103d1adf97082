package dev.sfguard.sandbox.engine;

import dev.sfguard.sandbox.sql.SqlSyntaxError;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns DuckDB's complaints into Snowflake's codes and words.
final class DuckdbErrors {
    private static final Pattern NEAR = Pattern.compile("syntax error at or near \"([^\"]*)\"");
    private static final Pattern NO_OBJECT =
            Pattern.compile(
                    "(Table|View|Schema|Sequence|Catalog|Database|Type) (?:with name )?\"?([^\"!]+?)\"? does not exist");
    private static final Pattern NO_FUNCTION =
            Pattern.compile("Function with name \"?([^\"!]+?)\"? does not exist");
    private static final Pattern EXISTS =
            Pattern.compile("with name \"?([^\"!]+?)\"? already exists");
    private static final Pattern NO_COLUMN =
            Pattern.compile(
                    "(?:Referenced column|column named|Referenced update column|column with name) \"?([^\"]+?)\"? (?:not found|does not|was not)");
    private static final Pattern TABLE_COLUMN =
            Pattern.compile(
                    "(?:does not have a column (?:named|with name)|Referenced table) \"([^\"]+)\"");
    private static final Pattern VALUE = Pattern.compile("string '([^']*)'");

    private DuckdbErrors() {}

    static SnowflakeError translate(SQLException e, String text, Cancellation cancellation) {
        String said = e.getMessage() == null ? e.toString() : e.getMessage();
        if (cancellation.isCancelled() || said.contains("INTERRUPT")) {
            return SnowflakeError.cancelled();
        }
        String message = said.lines().findFirst().orElse(said);
        int colon = message.indexOf(": ");
        String problem = message.substring(colon < 0 ? 0 : colon + 2);
        if (message.startsWith("Parser Error")) {
            return syntax(message, text);
        }
        if (message.startsWith("Catalog Error") || message.startsWith("Binder Error")) {
            return compilation(problem);
        }
        if (message.startsWith("Conversion Error")
                || message.startsWith("Invalid Input Error")
                || message.startsWith("Out of Range Error")) {
            return conversion(message);
        }
        if (message.startsWith("Constraint Error")) {
            String column = message.substring(message.lastIndexOf('.') + 1);
            return SnowflakeError.of(
                    "100072", "22000", "NULL result in a non-nullable column '" + column + "'");
        }
        if (message.startsWith("TransactionContext Error") || message.contains("Conflict")) {
            return SnowflakeError.of(
                    "000625", "57014", "Statement has locked or lost its table: " + message);
        }
        return SnowflakeError.of("000603", "XX000", "SQL execution internal error:\n" + message);
    }

    private static SnowflakeError syntax(String message, String text) {
        Optional<String> near = group(NEAR, message);
        if (near.isEmpty()) {
            return SnowflakeError.syntax(1, text.length(), "<EOF>");
        }
        int offset = text.toUpperCase(Locale.ROOT).lastIndexOf(near.get().toUpperCase(Locale.ROOT));
        var at = new SqlSyntaxError(text, Math.max(0, offset), message);
        return SnowflakeError.syntax(at.line(), at.position(), near.get());
    }

    private static SnowflakeError compilation(String message) {
        Optional<String> function = group(NO_FUNCTION, message);
        if (function.isPresent()) {
            return SnowflakeError.of(
                    "002140",
                    "42601",
                    "SQL compilation error:\nUnknown function "
                            + function.get().toUpperCase(Locale.ROOT));
        }
        Matcher object = NO_OBJECT.matcher(message);
        if (object.find()) {
            String kind =
                    switch (object.group(1)) {
                        case "Schema" -> "Schema";
                        case "Catalog", "Database" -> "Database";
                        case "Sequence" -> "Sequence";
                        default -> "Object";
                    };
            return SnowflakeError.noSuchObject(kind, object.group(2).toUpperCase(Locale.ROOT));
        }
        return group(EXISTS, message)
                .map(SnowflakeError::alreadyExists)
                .or(() -> group(NO_COLUMN, message).map(SnowflakeError::unknownColumn))
                .or(() -> group(TABLE_COLUMN, message).map(SnowflakeError::unknownColumn))
                .orElseGet(
                        () ->
                                SnowflakeError.of(
                                        "001044", "42P13", "SQL compilation error:\n" + message));
    }

    private static SnowflakeError conversion(String message) {
        String value = group(VALUE, message).orElse(message);
        String lower = message.toLowerCase(Locale.ROOT);
        if (lower.contains("timestamp")) {
            return SnowflakeError.of(
                    "100035", "22007", "Timestamp '" + value + "' is not recognized");
        }
        if (lower.contains("date")) {
            return SnowflakeError.of("100040", "22007", "Date '" + value + "' is not recognized");
        }
        if (lower.contains("bool")) {
            return SnowflakeError.of(
                    "100037", "22018", "Boolean value '" + value + "' is not recognized");
        }
        return SnowflakeError.of(
                "100038", "22018", "Numeric value '" + value + "' is not recognized");
    }

    private static Optional<String> group(Pattern pattern, String message) {
        Matcher matcher = pattern.matcher(message);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
