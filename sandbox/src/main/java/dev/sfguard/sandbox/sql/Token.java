package dev.sfguard.sandbox.sql;

import java.util.Locale;

/// One piece of a statement.
///
/// @param text as written for words, numbers and symbols; the value, unescaped, for strings and
///     quoted names; DuckDB's SQL for `RAW`
/// @param start offset of the first character in the statement, or -1 when it was not in it
/// @param end offset after the last character
public record Token(Kind kind, String text, int start, int end) {
    public enum Kind {
        WORD,
        QUOTED,
        STRING,
        NUMBER,
        /// `?`, or the number after a `:`.
        BIND,
        /// `$name` or `$1`, without the dollar sign.
        VARIABLE,
        SYMBOL,
        /// Already DuckDB's; no rule touches it again.
        RAW
    }

    public static Token raw(String sql) {
        return new Token(Kind.RAW, sql, -1, -1);
    }

    public static Token symbol(String text) {
        return new Token(Kind.SYMBOL, text, -1, -1);
    }

    public static Token word(String text) {
        return new Token(Kind.WORD, text, -1, -1);
    }

    public static Token string(String value) {
        return new Token(Kind.STRING, value, -1, -1);
    }

    public String upper() {
        return text.toUpperCase(Locale.ROOT);
    }

    public boolean is(String word) {
        return kind == Kind.WORD && text.equalsIgnoreCase(word);
    }

    public boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    public boolean isName() {
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    /// The name it stands for: unquoted names fold to upper case, as Snowflake folds them.
    public String name() {
        return kind == Kind.WORD ? upper() : text;
    }

    /// How DuckDB reads it.
    public String toDuckdb() {
        return switch (kind) {
            case WORD -> upper();
            case QUOTED -> quoted(text);
            case STRING -> literal(text);
            case NUMBER, SYMBOL, RAW -> text;
            case BIND -> "?";
            case VARIABLE -> "$" + text;
        };
    }

    public static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    public static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
