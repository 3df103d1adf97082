package dev.sfguard.gateway.sql;

import java.util.ArrayList;
import java.util.List;

/// The pieces of a text that an editor colors, as the lexer sees them: what is colored as a string
/// here is a string to the gateway too.
public final class Highlights {
    private Highlights() {}

    public enum Kind {
        WORD,
        QUOTED_NAME,
        STRING,
        NUMBER,
        VARIABLE,
        STAGE,
        COMMENT,
        OTHER,
        /// Cannot be read with certainty, from here to the end.
        DOUBTFUL
    }

    /// @param start inclusive, @param end exclusive, in UTF-16 units
    public record Span(Kind kind, int start, int end) {}

    /// In order, without overlaps; blanks between them belong to none. Never throws.
    public static List<Span> of(String text) {
        var tokens = Lexer.read(text);
        var spans = new ArrayList<Span>();
        int from = 0;
        for (int i = 0; i < tokens.size(); i++) {
            comment(spans, text, from, tokens.start(i));
            spans.add(new Span(kind(tokens.kind(i)), tokens.start(i), tokens.end(i)));
            from = tokens.end(i);
        }
        if (tokens.doubt() != null) {
            int offset = Math.clamp(tokens.doubt().offset(), from, text.length());
            comment(spans, text, from, offset);
            spans.add(new Span(Kind.DOUBTFUL, offset, text.length()));
        } else {
            comment(spans, text, from, text.length());
        }
        return spans;
    }

    /// What a string means, without its quotes and escapes.
    ///
    /// @param span of kind STRING in that text
    public static String content(String text, Span span) {
        return text.startsWith("$$", span.start())
                ? text.substring(span.start() + 2, span.end() - 2)
                : StringLiteral.content(text, span.start() + 1, span.end() - 1);
    }

    /// Between two tokens stand only blanks and comments.
    private static void comment(List<Span> spans, String text, int from, int to) {
        int start = from;
        while (start < to && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        if (start < to) {
            spans.add(new Span(Kind.COMMENT, start, to));
        }
    }

    private static Kind kind(Tokens.Kind kind) {
        return switch (kind) {
            case WORD -> Kind.WORD;
            case QUOTED -> Kind.QUOTED_NAME;
            case STRING, DOLLAR_STRING -> Kind.STRING;
            case NUMBER -> Kind.NUMBER;
            case VARIABLE, BIND -> Kind.VARIABLE;
            case STAGE, PATH -> Kind.STAGE;
            case OPERATOR, SEMICOLON, OPEN, CLOSE, END -> Kind.OTHER;
        };
    }
}
