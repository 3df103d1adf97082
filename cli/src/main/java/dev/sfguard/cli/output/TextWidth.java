package dev.sfguard.cli.output;

import org.jline.utils.WCWidth;

/// How many columns of a screen a text takes: CJK and emoji take two, combining marks none.
public final class TextWidth {
    private TextWidth() {}

    public static int of(String text) {
        if (isAscii(text)) {
            return text.length();
        }
        return text.codePoints().map(WCWidth::wcwidth).map(width -> Math.max(0, width)).sum();
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7e) {
                return false;
            }
        }
        return true;
    }
}
