package dev.sfguard.sandbox.engine;

import java.util.Locale;

/// What Snowflake says when it refuses or cannot: code, SQLState and text as its drivers show them.
public final class SnowflakeError extends Exception {
    private static final long serialVersionUID = 1;

    private final String code;
    private final String text;
    private final String sqlState;
    private final int line;
    private final int position;

    private SnowflakeError(String code, String sqlState, String message, int line, int position) {
        super(message);
        this.code = code;
        text = message;
        this.sqlState = sqlState;
        this.line = line;
        this.position = position;
    }

    public static SnowflakeError of(String code, String sqlState, String message) {
        return new SnowflakeError(code, sqlState, message, -1, -1);
    }

    public static SnowflakeError syntax(int line, int position, String unexpected) {
        return new SnowflakeError(
                "001003",
                "42000",
                "SQL compilation error:\nsyntax error line %d at position %d unexpected '%s'."
                        .formatted(line, position, unexpected),
                line,
                position);
    }

    public static SnowflakeError noSuchObject(String kind, String name) {
        return of(
                "002003",
                "42S02",
                "SQL compilation error:\n%s '%s' does not exist or not authorized."
                        .formatted(kind, name));
    }

    public static SnowflakeError alreadyExists(String name) {
        return of(
                "002002",
                "42710",
                "SQL compilation error:\nObject '%s' already exists.".formatted(name));
    }

    public static SnowflakeError unknownColumn(String name) {
        return of(
                "000904",
                "42000",
                "SQL compilation error: error line 1 at position 0\ninvalid identifier '%s'"
                        .formatted(name.toUpperCase(Locale.ROOT)));
    }

    public static SnowflakeError notPrivileged(String what) {
        return of(
                "003001",
                "42501",
                "SQL access control error:\nInsufficient privileges to operate on %s"
                        .formatted(what));
    }

    public static SnowflakeError unsupported(String what) {
        return of("000002", "0A000", "Unsupported feature '%s'.".formatted(what));
    }

    public static SnowflakeError cancelled() {
        return of("000604", "57014", "SQL execution canceled");
    }

    public static SnowflakeError wrongCount(int actual, int wanted) {
        return of(
                "000008",
                "0A000",
                "Actual statement count %d did not match the desired statement count %d."
                        .formatted(actual, wanted));
    }

    public static SnowflakeError noSuchStatement(String id) {
        return of("000709", "02000", "Statement %s not found".formatted(id));
    }

    /// The message; unlike {@link #getMessage} never null.
    public String text() {
        return text;
    }

    public String code() {
        return code;
    }

    public String sqlState() {
        return sqlState;
    }

    /// From 1, or -1 when the error has no place in the text.
    public int line() {
        return line;
    }

    /// From 0, or -1 when the error has no place in the text.
    public int position() {
        return position;
    }
}
