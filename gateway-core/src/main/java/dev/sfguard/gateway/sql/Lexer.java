package dev.sfguard.gateway.sql;

import dev.sfguard.gateway.sql.Tokens.Kind;

/// Cuts a text into Snowflake's tokens in one pass. It never throws: what is doubtful is
/// recorded, and lexing stops there. Doubtful is every place where known readers of
/// Snowflake's SQL disagree (nested comments, a lone carriage return in a line comment,
/// letters beyond ASCII outside quotes, `#`, back-ticks…): were one of them right and we
/// wrong, a statement could hide in the difference.
final class Lexer {
    /// The floor's bound; longer statements are no statements that people or drivers write.
    static final int LONGEST = 1 << 20;

    private static final String[] OPERATORS = {
        "->>", "::", ":=", "->", "=>", "||", "<>", "!=", "<=", ">=", "**", "{-", "-}", "=", "<",
        ">", "+", "-", "*", "/", "%", ",", ".", ":", "[", "]", "{", "}", "|", "&", "^", "~", "!"
    };
    private static final char BELOW_NON_ASCII = 0x80;
    private static final char NEXT_LINE = 0x85;
    private static final char VERTICAL_TAB = 0x0b;

    private final String text;
    private final Tokens tokens;
    private int at;
    private boolean statementBegins = true;

    /// The statement is PUT or GET: the only ones where `file://` is a path and not a
    /// comment.
    private boolean transfersFiles;

    private Lexer(String text) {
        this.text = text;
        this.tokens = new Tokens(text);
    }

    static Tokens read(String text) {
        var lexer = new Lexer(text);
        if (text.length() > LONGEST) {
            lexer.tokens.doubt("more than 1 MiB of text", LONGEST);
            return lexer.tokens;
        }
        while (lexer.at < text.length() && lexer.tokens.doubt() == null) {
            lexer.next();
        }
        return lexer.tokens;
    }

    private void next() {
        char c = text.charAt(at);
        switch (c) {
            case ' ', '\t', '\n', '\r' -> at++;
            case '\'' -> string();
            case '"' -> quoted();
            case '$' -> dollar();
            case '@' -> stage();
            case '?' -> single(Kind.BIND);
            case '(' -> single(Kind.OPEN);
            case ')' -> single(Kind.CLOSE);
            case ';' -> {
                single(Kind.SEMICOLON);
                statementBegins = true;
                transfersFiles = false;
            }
            default -> other(c);
        }
    }

    private void other(char c) {
        char following = peek(1);
        if ((c == '-' || c == '/') && following == c) {
            lineComment();
        } else if (c == '/' && following == '*') {
            blockComment();
        } else if (beginsWord(c)) {
            word();
        } else if (isDigit(c) || (c == '.' && isDigit(following))) {
            number();
        } else {
            operator(c);
        }
    }

    private void single(Kind kind) {
        add(kind, at + 1);
    }

    private void add(Kind kind, int end) {
        tokens.add(kind, at, end);
        at = end;
        statementBegins = false;
    }

    private void doubt(String what, int offset) {
        tokens.doubt(what, offset);
    }

    private char peek(int ahead) {
        return at + ahead < text.length() ? text.charAt(at + ahead) : '\0';
    }

    private void word() {
        int end = at + 1;
        while (end < text.length() && continuesWord(text.charAt(end))) {
            if (text.charAt(end) == '$' && text.charAt(end - 1) == '$') {
                doubt("$$ inside a word", end - 1);
            }
            end++;
        }
        boolean first = statementBegins;
        if (transfersFiles && isWord(end, "file") && text.startsWith("://", end)) {
            while (end < text.length() && " \t\r\n;".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            add(Kind.PATH, end);
            return;
        }
        transfersFiles |= first && (isWord(end, "put") || isWord(end, "get"));
        add(Kind.WORD, end);
    }

    private boolean isWord(int end, String word) {
        return end - at == word.length() && text.regionMatches(true, at, word, 0, word.length());
    }

    private void number() {
        int end = at + 1;
        while (end < text.length() && (isDigit(text.charAt(end)) || text.charAt(end) == '.')) {
            end++;
        }
        int exponent = end;
        if (exponent < text.length() && (text.charAt(exponent) | 0x20) == 'e') {
            exponent++;
            if (exponent < text.length() && "+-".indexOf(text.charAt(exponent)) >= 0) {
                exponent++;
            }
            if (exponent < text.length() && isDigit(text.charAt(exponent))) {
                end = exponent;
                while (end < text.length() && isDigit(text.charAt(end))) {
                    end++;
                }
            }
        }
        add(Kind.NUMBER, end);
    }

    private void string() {
        int end = at + 1;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c == '\\'
                    || (c == '\'' && end + 1 < text.length() && text.charAt(end + 1) == '\'')) {
                end += 2;
            } else if (c == '\'') {
                int nul = text.indexOf('\0', at, end);
                if (nul >= 0) {
                    doubt("NUL in a string", nul);
                }
                add(Kind.STRING, end + 1);
                return;
            } else {
                end++;
            }
        }
        doubt("unterminated string", at);
    }

    private void quoted() {
        int end = endOfQuoted(at);
        if (end < 0) {
            doubt("unterminated quoted name", at);
        } else if (text.indexOf('\0', at, end) >= 0) {
            doubt("NUL in a name", at);
        } else {
            add(Kind.QUOTED, end);
        }
    }

    /// Behind the closing quote, or -1. A backslash is a letter like any other here.
    private int endOfQuoted(int start) {
        int end = start + 1;
        while (end < text.length()) {
            if (text.charAt(end) != '"') {
                end++;
            } else if (end + 1 < text.length() && text.charAt(end + 1) == '"') {
                end += 2;
            } else {
                return end + 1;
            }
        }
        return -1;
    }

    private void dollar() {
        if (peek(1) == '$') {
            dollarString();
            return;
        }
        int end = at + 1;
        while (end < text.length() && continuesWord(text.charAt(end))) {
            if (text.charAt(end) == '$') {
                doubt("$ inside a variable's name", end);
            }
            end++;
        }
        if (end > at + 1) {
            add(Kind.VARIABLE, end);
        } else if (end == text.length() || " \t\r\n)".indexOf(peek(1)) >= 0) {
            // The end anchor of MATCH_RECOGNIZE's PATTERN.
            add(Kind.OPERATOR, end);
        } else {
            doubt("lone $", at);
        }
    }

    private void dollarString() {
        int end = text.indexOf("$$", at + 2);
        if (end < 0) {
            doubt("unterminated $$", at);
        } else if (end + 2 < text.length() && text.charAt(end + 2) == '$') {
            doubt("$$$", end);
        } else if (text.indexOf('\0', at, end) >= 0) {
            doubt("NUL in a $$ literal", at);
        } else {
            add(Kind.DOLLAR_STRING, end + 2);
        }
    }

    private void stage() {
        int end = at + 1;
        while (end < text.length() && " \t\r\n;(),'".indexOf(text.charAt(end)) < 0) {
            char c = text.charAt(end);
            if (c == '"') {
                end = endOfQuoted(end);
                if (end < 0) {
                    doubt("unterminated quoted name", at);
                    return;
                }
                continue;
            }
            char following = end + 1 < text.length() ? text.charAt(end + 1) : '\0';
            boolean comment =
                    (c == '-' && following == '-')
                            || (c == '/' && (following == '/' || following == '*'));
            if (comment) {
                doubt("a comment's mark in a stage path", end);
            } else if (c < ' ' || c >= BELOW_NON_ASCII || c == '`' || c == '#' || c == '\\') {
                doubt("unexpected " + describe(end) + " in a stage path", end);
            }
            end++;
        }
        if (end == at + 1) {
            doubt("lone @", at);
        }
        add(Kind.STAGE, end);
    }

    private void lineComment() {
        int end = at;
        while (end < text.length() && text.charAt(end) != '\n') {
            char c = text.charAt(end);
            if (c == '\r' && !(end + 1 < text.length() && text.charAt(end + 1) == '\n')) {
                doubt("a carriage return without a line feed in a comment", end);
            } else if (endsLineElsewhere(c)) {
                doubt(describe(end) + " in a line comment", end);
            }
            end++;
        }
        at = end;
    }

    /// Characters that other readers may take for the end of a line.
    private static boolean endsLineElsewhere(char c) {
        return c == '\0'
                || c == VERTICAL_TAB
                || c == '\f'
                || c == NEXT_LINE
                || c == '\u2028'
                || c == '\u2029';
    }

    private void blockComment() {
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
            doubt("unterminated comment", at);
            return;
        }
        // "/*/" counts: a reader that nests would open a second comment there.
        int nested = text.indexOf("/*", at + 2, end + 1);
        int nul = text.indexOf('\0', at, end);
        if (nested >= 0) {
            doubt("a comment inside a comment", nested);
        } else if (nul >= 0) {
            doubt("NUL in a comment", nul);
        }
        at = end + 2;
    }

    private void operator(char c) {
        if (text.startsWith("{--", at)) {
            // An object that begins with a comment, or a pattern's {- before a minus.
            doubt("{--", at);
            return;
        }
        for (String operator : OPERATORS) {
            if (operator.charAt(0) == c && text.startsWith(operator, at)) {
                add(Kind.OPERATOR, at + operator.length());
                return;
            }
        }
        doubt("unexpected " + describe(at), at);
    }

    private String describe(int offset) {
        int code = text.codePointAt(offset);
        return code > ' ' && code < 0x7f
                ? Character.toString(code)
                : "character U+%04X".formatted(code);
    }

    private static boolean beginsWord(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
    }

    private static boolean continuesWord(char c) {
        return beginsWord(c) || isDigit(c) || c == '$';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
