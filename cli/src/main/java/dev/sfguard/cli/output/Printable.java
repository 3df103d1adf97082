package dev.sfguard.cli.output;

/// Makes a text harmless on a terminal: escape sequences, other control characters and marks that
/// turn the direction of writing are shown as signs instead of being obeyed.
public final class Printable {
    private Printable() {}

    /// One line: line ends and tabs are shown as signs too.
    public static String line(String text) {
        return harmless(text, false);
    }

    /// Several lines: line ends and tabs stay.
    public static String lines(String text) {
        return harmless(text, true);
    }

    private static String harmless(String text, boolean keepLines) {
        int first = firstSuspect(text, keepLines);
        if (first < 0) {
            return text;
        }
        var shown = new StringBuilder(text.length() + 16).append(text, 0, first);
        for (int i = first; i < text.length(); i++) {
            char character = text.charAt(i);
            shown.append(isSuspect(character, keepLines) ? sign(character) : character);
        }
        return shown.toString();
    }

    private static int firstSuspect(String text, boolean keepLines) {
        for (int i = 0; i < text.length(); i++) {
            if (isSuspect(text.charAt(i), keepLines)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean isSuspect(char character, boolean keepLines) {
        if (character < 0x20) {
            return !(keepLines && (character == '\n' || character == '\t'));
        }
        return (character >= 0x7f && character <= 0x9f)
                || (character >= 0x202a && character <= 0x202e)
                || (character >= 0x2066 && character <= 0x2069)
                || character == 0x200e
                || character == 0x200f
                || character == 0x2028
                || character == 0x2029;
    }

    /// Unicode's own pictures of the control characters; the replacement sign where there is none.
    private static char sign(char character) {
        if (character < 0x20) {
            return (char) (0x2400 + character);
        }
        return character == 0x7f ? '\u2421' : '\ufffd';
    }
}
