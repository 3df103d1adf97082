package dev.sfguard.gateway.yaml;

/// What is wrong in a file, and where.
///
/// @param file the file's name as people know it
/// @param line from 1; 0 where the file as a whole is meant
/// @param sourceLine the line's text, for the caret
public record Problem(String file, int line, int column, String message, String sourceLine) {

    /// Longer lines are cut around the column: the caret must stay on the screen.
    private static final int WIDEST = 100;

    /// `policy.yaml:12:9: unknown key …`, the line, and a caret under the column.
    @Override
    public String toString() {
        if (line == 0) {
            return file + ": " + printable(message);
        }
        int cut = column > WIDEST ? column - WIDEST / 2 : 0;
        String shown = sourceLine.substring(Math.min(cut, sourceLine.length()));
        if (shown.length() > WIDEST) {
            shown = shown.substring(0, WIDEST);
        }
        return "%s:%d:%d: %s\n    %s\n    %s^"
                .formatted(
                        file,
                        line,
                        column,
                        printable(message),
                        printable(shown),
                        " ".repeat(Math.max(0, column - 1 - cut)));
    }

    /// Tabs would move the caret; other control characters have no business on a terminal.
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }
}
