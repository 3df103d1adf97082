package dev.sfguard.gateway.sql;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The tokens of one text, in arrays: a megabyte of text may hold a million of them. Reading
/// past either end gives {@link Kind#END}, so that looking ahead needs no checks.
final class Tokens {

    enum Kind {
        WORD,
        QUOTED,
        STRING,
        DOLLAR_STRING,
        NUMBER,
        VARIABLE,
        STAGE,
        PATH,
        BIND,
        OPERATOR,
        SEMICOLON,
        OPEN,
        CLOSE,
        END
    }

    /// Why the text cannot be read with certainty.
    record Doubt(String what, int offset) {}

    private final String source;
    private Kind[] kinds;
    private int[] starts;
    private int[] ends;
    private int size;
    private @Nullable Doubt doubt;
    private long looks;

    Tokens(String source) {
        this.source = source;
        int capacity = 16 + Math.min(source.length(), 1 << 16) / 4;
        kinds = new Kind[capacity];
        starts = new int[capacity];
        ends = new int[capacity];
    }

    void add(Kind kind, int start, int end) {
        if (size == kinds.length) {
            int capacity = size * 2;
            kinds = Arrays.copyOf(kinds, capacity);
            starts = Arrays.copyOf(starts, capacity);
            ends = Arrays.copyOf(ends, capacity);
        }
        kinds[size] = kind;
        starts[size] = start;
        ends[size] = end;
        size++;
    }

    /// Only the first doubt is kept: the text is refused whatever follows it.
    void doubt(String what, int offset) {
        if (doubt == null) {
            doubt = new Doubt(what, offset);
        }
    }

    @Nullable Doubt doubt() {
        return doubt;
    }

    int size() {
        return size;
    }

    /// How often a token was looked at: the measure of work by which tests hold the analysis
    /// linear.
    long looks() {
        return looks;
    }

    Kind kind(int index) {
        looks++;
        return index >= 0 && index < size ? kinds[index] : Kind.END;
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    String text(int index) {
        return source.substring(starts[index], ends[index]);
    }

    int length(int index) {
        return ends[index] - starts[index];
    }

    /// The token is this keyword, in any case; never a quoted identifier.
    boolean is(int index, String word) {
        return kind(index) == Kind.WORD
                && length(index) == word.length()
                && source.regionMatches(true, starts[index], word, 0, word.length());
    }

    boolean isOperator(int index, String operator) {
        return kind(index) == Kind.OPERATOR
                && length(index) == operator.length()
                && source.startsWith(operator, starts[index]);
    }

    boolean isName(int index) {
        Kind kind = kind(index);
        return kind == Kind.WORD || kind == Kind.QUOTED;
    }

    boolean isLiteral(int index) {
        Kind kind = kind(index);
        return kind == Kind.STRING || kind == Kind.DOLLAR_STRING;
    }

    /// The word in upper case; empty for every other kind.
    String word(int index) {
        return kind(index) == Kind.WORD ? text(index).toUpperCase(Locale.ROOT) : "";
    }

    /// An identifier as Snowflake folds it: upper case, or a quoted one's content.
    String name(int index) {
        return kind(index) == Kind.QUOTED
                ? source.substring(starts[index] + 1, ends[index] - 1).replace("\"\"", "\"")
                : word(index);
    }

    /// The content of a string or `$$` literal.
    String literal(int index) {
        return kind(index) == Kind.DOLLAR_STRING
                ? source.substring(starts[index] + 2, ends[index] - 2)
                : StringLiteral.content(source, starts[index] + 1, ends[index] - 1);
    }

    String source() {
        return source;
    }
}
