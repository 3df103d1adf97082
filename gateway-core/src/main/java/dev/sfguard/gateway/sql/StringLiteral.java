package dev.sfguard.gateway.sql;

/// The content of a single-quoted literal, by the escape sequences of Snowflake's reference
/// ("String & binary data types", section "Escape sequences in single-quoted string
/// constants").
final class StringLiteral {
    private final String text;
    private final int end;
    private final StringBuilder content = new StringBuilder();
    private int at;

    private StringLiteral(String text, int start, int end) {
        this.text = text;
        this.at = start;
        this.end = end;
    }

    /// @param start behind the opening quote
    /// @param end at the closing quote
    static String content(String text, int start, int end) {
        String raw = text.substring(start, end);
        return raw.indexOf('\\') < 0 && raw.indexOf('\'') < 0
                ? raw
                : new StringLiteral(text, start, end).unescape();
    }

    private String unescape() {
        while (at < end) {
            char c = text.charAt(at++);
            if (c == '\\' && at < end) {
                escape(text.charAt(at++));
            } else {
                content.append(c);
                // The lexer ended the literal at the first quote that is not doubled.
                if (c == '\'') {
                    at++;
                }
            }
        }
        return content.toString();
    }

    private void escape(char c) {
        switch (c) {
            case 'b' -> content.append('\b');
            case 'f' -> content.append('\f');
            case 'n' -> content.append('\n');
            case 'r' -> content.append('\r');
            case 't' -> content.append('\t');
            case 'x' -> code(c, 2, 16);
            case 'u' -> code(c, 4, 16);
            case '0', '1', '2', '3', '4', '5', '6', '7' -> {
                at--;
                octal();
            }
            default -> content.append(c);
        }
    }

    /// `\xhh` and `\ uhhhh`; with too few digits the letter stands for itself.
    private void code(char letter, int digits, int radix) {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = at + i < end ? Character.digit(text.charAt(at + i), radix) : -1;
            if (digit < 0) {
                content.append(letter);
                return;
            }
            value = value * radix + digit;
        }
        at += digits;
        content.append((char) value);
    }

    private void octal() {
        int value = 0;
        for (int i = 0; i < 3 && at < end; i++) {
            int digit = Character.digit(text.charAt(at), 8);
            if (digit < 0) {
                break;
            }
            value = value * 8 + digit;
            at++;
        }
        content.append((char) value);
    }
}
