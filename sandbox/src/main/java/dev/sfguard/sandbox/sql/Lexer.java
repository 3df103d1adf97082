package dev.sfguard.sandbox.sql;

import dev.sfguard.sandbox.sql.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/// Cuts Snowflake's SQL into tokens; white space and comments fall away.
public final class Lexer {
    private static final List<String> OPERATORS =
            List.of("::", "=>", "->>", "->", ":=", "<>", "<=", ">=", "!=", "||");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    /// @throws SqlSyntaxError when a literal, quoted name or comment is not closed
    public static List<Token> lex(String text) {
        var lexer = new Lexer(text);
        while (lexer.at < text.length()) {
            lexer.next();
        }
        return lexer.tokens;
    }

    private void next() {
        char c = text.charAt(at);
        if (Character.isWhitespace(c)) {
            at++;
        } else if (looking("--") || looking("//")) {
            int end = text.indexOf('\n', at);
            at = end < 0 ? text.length() : end;
        } else if (looking("/*")) {
            at = closing("*/", at + 2, "comment") + 2;
        } else if (looking("$$")) {
            int end = closing("$$", at + 2, "$$ literal");
            add(Kind.STRING, text.substring(at + 2, end), end + 2);
        } else if (c == '\'') {
            string();
        } else if (c == '"') {
            quotedName();
        } else if (Character.isLetter(c) || c == '_') {
            add(Kind.WORD, wordEnd(at + 1, true));
        } else if (Character.isDigit(c) || (c == '.' && digitAt(at + 1))) {
            add(Kind.NUMBER, numberEnd());
        } else if (c == '?') {
            add(Kind.BIND, "?", at + 1);
        } else if (c == '$' && wordAt(at + 1)) {
            int end = wordEnd(at + 1, false);
            add(Kind.VARIABLE, text.substring(at + 1, end), end);
        } else if (c == ':' && digitAt(at + 1) && !afterString()) {
            int end = wordEnd(at + 1, false);
            add(Kind.BIND, text.substring(at + 1, end), end);
        } else {
            symbol();
        }
    }

    /// In `{'a':1}` the colon belongs to the object, in `LIMIT :1` to the bind.
    private boolean afterString() {
        return !tokens.isEmpty() && tokens.getLast().kind() == Kind.STRING;
    }

    private void symbol() {
        String operator =
                OPERATORS.stream()
                        .filter(this::looking)
                        .findFirst()
                        .orElse(text.substring(at, at + 1));
        add(Kind.SYMBOL, at + operator.length());
    }

    private void string() {
        var value = new StringBuilder();
        int i = at + 1;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                i = escape(i + 1, value);
            } else if (c == '\'' && charAt(i + 1) == '\'') {
                value.append('\'');
                i += 2;
            } else if (c == '\'') {
                add(Kind.STRING, value.toString(), i + 1);
                return;
            } else {
                value.append(c);
                i++;
            }
        }
        throw new SqlSyntaxError(text, at, "unterminated string literal");
    }

    /// Reads the escape after a backslash and returns where the literal goes on.
    private int escape(int i, StringBuilder value) {
        char c = text.charAt(i);
        switch (c) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case '0' -> value.append('\0');
            case 'x', 'u' -> {
                int digits = c == 'x' ? 2 : 4;
                if (isHex(i + 1, digits)) {
                    value.append((char) Integer.parseInt(text, i + 1, i + 1 + digits, 16));
                    return i + 1 + digits;
                }
                value.append(c);
            }
            default -> value.append(c);
        }
        return i + 1;
    }

    private void quotedName() {
        var value = new StringBuilder();
        for (int i = at + 1; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' && charAt(i + 1) == '"') {
                value.append('"');
                i++;
            } else if (c == '"') {
                add(Kind.QUOTED, value.toString(), i + 1);
                return;
            } else {
                value.append(c);
            }
        }
        throw new SqlSyntaxError(text, at, "unterminated quoted name");
    }

    private int numberEnd() {
        int i = at;
        while (digitAt(i) || charAt(i) == '_') {
            i++;
        }
        if (charAt(i) == '.') {
            i++;
            while (digitAt(i)) {
                i++;
            }
        }
        if (charAt(i) == 'e' || charAt(i) == 'E') {
            int exponent = charAt(i + 1) == '+' || charAt(i + 1) == '-' ? i + 2 : i + 1;
            if (digitAt(exponent)) {
                i = exponent;
                while (digitAt(i)) {
                    i++;
                }
            }
        }
        return i;
    }

    private int wordEnd(int from, boolean dollars) {
        int i = from;
        while (wordAt(i) || (dollars && charAt(i) == '$')) {
            i++;
        }
        return i;
    }

    private boolean isHex(int from, int digits) {
        for (int i = from; i < from + digits; i++) {
            if (Character.digit(charAt(i), 16) < 0) {
                return false;
            }
        }
        return true;
    }

    private int closing(String end, int from, String what) {
        int found = text.indexOf(end, from);
        if (found < 0) {
            throw new SqlSyntaxError(text, at, "unterminated " + what);
        }
        return found;
    }

    private void add(Kind kind, int end) {
        add(kind, text.substring(at, end), end);
    }

    private void add(Kind kind, String value, int end) {
        tokens.add(new Token(kind, value, at, end));
        at = end;
    }

    private boolean looking(String prefix) {
        return text.startsWith(prefix, at);
    }

    private boolean digitAt(int i) {
        return Character.digit(charAt(i), 10) >= 0;
    }

    private boolean wordAt(int i) {
        return Character.isLetterOrDigit(charAt(i)) || charAt(i) == '_';
    }

    private char charAt(int i) {
        return i < text.length() ? text.charAt(i) : '\uffff';
    }
}
