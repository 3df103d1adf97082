package dev.sfguard.gateway.masking;

/// US social security numbers by the Social Security Administration's rules, and the taxpayer
/// numbers that look like them.
final class SocialSecurityNumbers {
    /// How far before nine bare digits a word may announce them.
    private static final int CONTEXT = 32;

    private static final String[] WORDS = {"ssn", "social security", "soc sec", "tax id", "itin"};

    private SocialSecurityNumbers() {}

    /// @param at the first digit of a run, `run` its length
    /// @return where the number ends; -1 if there is none
    static int end(byte[] text, int from, int at, int to, int run, boolean hinted) {
        if (run == 3) {
            return grouped(text, from, at, to, hinted);
        }
        int end = at + run;
        boolean alone = !isJoined(text, from, at, end, to, false);
        // A number's leading zeros are lost: 1012345 is 001-01-2345.
        boolean whole = at == from && end == to;
        boolean length = run == 9 || (hinted && whole && run >= 7 && run < 9);
        if (!length || !alone || !(hinted || Words.before(text, from, at, CONTEXT, WORDS))) {
            return -1;
        }
        int number = number(text, at, end);
        return isIssued(number / 1_000_000, number / 10_000 % 100, number % 10_000, true)
                ? end
                : -1;
    }

    private static int grouped(byte[] text, int from, int at, int to, boolean hinted) {
        int gap = Ascii.separator(text, at + 3, to);
        boolean dot = hinted && gap == 0 && at + 3 < to && text[at + 3] == '.';
        gap = dot ? 1 : gap;
        int group = at + 3 + gap;
        int serial = group + 2 + gap;
        int end = serial + 4;
        if (gap == 0
                || end > to
                || !areDigits(text, group, group + 2)
                || !areDigits(text, serial, end)
                || text[group + 2] != text[at + 3]
                || !(dot || Ascii.separator(text, group + 2, to) == gap)
                || (end < to && Ascii.isWord(text[end]))
                || isJoined(text, from, at, end, to, text[at + 3] == ' ')) {
            return -1;
        }
        boolean issued =
                isIssued(
                        number(text, at, at + 3),
                        number(text, group, group + 2),
                        number(text, serial, end),
                        hinted || text[at + 3] == '-');
        return issued ? end : -1;
    }

    /// @param taxpayer whether an ITIN counts too
    private static boolean isIssued(int area, int group, int serial, boolean taxpayer) {
        boolean social = area != 0 && area != 666 && area < 900 && group != 0 && serial != 0;
        boolean itin =
                area >= 900
                        && group >= 50
                        && group != 66
                        && group != 67
                        && group != 68
                        && group != 69
                        && group != 89
                        && group != 93;
        return social || (taxpayer && itin);
    }

    /// More digits stand beside it: then it is a part of something else.
    ///
    /// @param blanks whether a blank joins too, as in a list of numbers
    private static boolean isJoined(
            byte[] text, int from, int at, int end, int to, boolean blanks) {
        boolean before =
                at - 2 >= from && isGlue(text[at - 1], blanks) && Ascii.isDigit(text[at - 2]);
        boolean hyphen = at - 2 >= from && text[at - 1] == '-' && Ascii.isWord(text[at - 2]);
        boolean behind = end + 1 < to && isGlue(text[end], blanks) && Ascii.isDigit(text[end + 1]);
        return before || hyphen || behind;
    }

    private static boolean isGlue(byte b, boolean blanks) {
        return b == '-' || b == '.' || b == '/' || b == '+' || (blanks && b == ' ');
    }

    private static boolean areDigits(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!Ascii.isDigit(text[i])) {
                return false;
            }
        }
        return true;
    }

    private static int number(byte[] text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + text[i] - '0';
        }
        return number;
    }
}
