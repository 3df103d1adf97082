package dev.sfguard.cli.shell;

import dev.sfguard.gateway.sql.Highlights;
import org.jline.reader.LineReader;
import org.jline.reader.impl.DefaultHighlighter;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;

/// Colors what is typed, as the gateway's own lexer reads it.
public final class SqlHighlighter extends DefaultHighlighter {
    private static final AttributedStyle PLAIN = AttributedStyle.DEFAULT;

    private final boolean color;

    SqlHighlighter(boolean color) {
        this.color = color;
    }

    @Override
    public AttributedString highlight(LineReader reader, String buffer) {
        return color ? colored(buffer) : new AttributedString(buffer);
    }

    /// Any text: what is no SQL stays plain.
    public static AttributedString colored(String text) {
        var out = new AttributedStringBuilder();
        int from = 0;
        for (var span : Highlights.of(text)) {
            out.append(text.substring(from, span.start()), PLAIN);
            String piece = text.substring(span.start(), span.end());
            out.append(piece, style(span.kind(), piece));
            from = span.end();
        }
        return out.append(text.substring(from), PLAIN).toAttributedString();
    }

    private static AttributedStyle style(Highlights.Kind kind, String piece) {
        return switch (kind) {
            case WORD ->
                    Keywords.contains(piece)
                            ? PLAIN.bold().foreground(AttributedStyle.BLUE)
                            : PLAIN;
            case QUOTED_NAME, OTHER -> PLAIN;
            case STRING -> PLAIN.foreground(AttributedStyle.GREEN);
            case NUMBER -> PLAIN.foreground(AttributedStyle.CYAN);
            case VARIABLE, STAGE -> PLAIN.foreground(AttributedStyle.MAGENTA);
            case COMMENT -> PLAIN.faint();
            case DOUBTFUL -> PLAIN.foreground(AttributedStyle.RED);
        };
    }
}
