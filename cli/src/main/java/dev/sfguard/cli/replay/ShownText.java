package dev.sfguard.cli.replay;

import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.output.TextWidth;

/// Texts of a recording as a screen may show them: harmless, on one line, cut to a width.
final class ShownText {
    private ShownText() {}

    /// White space between words becomes one blank, as in a list of statements.
    static String oneLine(String text) {
        return Printable.line(text.strip().replaceAll("\\s+", " "));
    }

    /// @param width in columns of a screen; what is cut off shows as `…`
    static String cut(String text, int width) {
        if (TextWidth.of(text) <= width) {
            return text;
        }
        var kept = new StringBuilder();
        int used = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            String next = Character.toString(point);
            used += TextWidth.of(next);
            if (used > width - 1) {
                break;
            }
            kept.append(next);
            i += next.length();
        }
        return kept.append('…').toString();
    }

    /// Cut, or filled with blanks, to exactly the width.
    static String field(String text, int width) {
        String cut = cut(text, width);
        return cut + " ".repeat(width - TextWidth.of(cut));
    }
}
