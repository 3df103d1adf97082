package dev.sfguard.gateway.masking;

/// Payment card numbers: in one run of digits, or in the groups that cards are printed in.
final class CardNumbers {
    private static final int SHORTEST = 13;
    private static final int LONGEST = 19;
    private static final int GROUP = 4;

    private final byte[] digits = new byte[LONGEST];

    /// @param at the first digit of a run, `run` its length
    /// @param hinted a name says that here are card numbers: any issuer and grouping will do
    /// @return where the number ends; -1 if there is none
    int end(byte[] text, int from, int at, int to, int run, boolean hinted) {
        if (run > LONGEST || isJoined(text, from, at)) {
            return -1;
        }
        if (run >= SHORTEST) {
            return single(text, at, to, run, hinted);
        }
        return run == GROUP || hinted ? grouped(text, at, to, hinted) : -1;
    }

    private int single(byte[] text, int at, int to, int run, boolean hinted) {
        int end = at + run;
        if (isFraction(text, end, to) || isJoinedBehind(text, end, to)) {
            return -1;
        }
        for (int i = 0; i < run; i++) {
            digits[i] = (byte) (text[at + i] - '0');
        }
        return isCard(run, hinted) ? end : -1;
    }

    private int grouped(byte[] text, int at, int to, boolean hinted) {
        int count = 0;
        int groups = 0;
        int best = -1;
        int i = at;
        byte separator = 0;
        boolean usual = true;
        while (true) {
            int groupStart = i;
            while (i < to && Ascii.isDigit(text[i])) {
                if (count == LONGEST) {
                    return best;
                }
                digits[count++] = (byte) (text[i++] - '0');
            }
            int group = i - groupStart;
            groups++;
            // 4-4-4-4 and longer, 4-6-5 (Amex), 4-6-4 (Diners): only the last may be shorter.
            boolean last = group < GROUP || group == 5;
            usual &= group == GROUP || (groups == 2 && group == 6) || (groups > 2 && last);
            if (group == 0 || !(usual || hinted) || (i < to && Ascii.isLetter(text[i]))) {
                return best;
            }
            boolean ends = separator == ' ' || !isJoinedBehind(text, i, to);
            if (count >= SHORTEST && ends && isCard(count, hinted)) {
                best = i;
            }
            int gap = Ascii.separator(text, i, to);
            if (gap == 0 || (separator != 0 && text[i] != separator) || (last && !hinted)) {
                return best;
            }
            separator = text[i];
            i += gap;
            if (i >= to || !Ascii.isDigit(text[i])) {
                return best;
            }
        }
    }

    /// A part of something longer that hyphens hold together, like a UUID.
    private static boolean isJoined(byte[] text, int from, int at) {
        return at - 2 >= from
                && (text[at - 1] == '-' || text[at - 1] == '.')
                && Ascii.isWord(text[at - 2]);
    }

    private static boolean isJoinedBehind(byte[] text, int end, int to) {
        return end + 1 < to && text[end] == '-' && Ascii.isWord(text[end + 1]);
    }

    /// `….25` makes the digits a number's; `….00` is how a decimal column shows a card.
    private static boolean isFraction(byte[] text, int end, int to) {
        if (end + 1 >= to || text[end] != '.' || !Ascii.isDigit(text[end + 1])) {
            return false;
        }
        int i = end + 1;
        while (i < to && text[i] == '0') {
            i++;
        }
        return i < to && Ascii.isDigit(text[i]);
    }

    private boolean isCard(int length, boolean hinted) {
        return passesLuhn(length)
                && (hinted || (isIssued(length) && !isBarcode(length)))
                && !isOneDigit(length);
    }

    private boolean passesLuhn(int length) {
        int sum = 0;
        boolean twice = false;
        for (int i = length - 1; i >= 0; i--) {
            int digit = digits[i];
            if (twice) {
                digit *= 2;
                if (digit > 9) {
                    digit -= 9;
                }
            }
            sum += digit;
            twice = !twice;
        }
        return sum % 10 == 0;
    }

    private boolean isOneDigit(int length) {
        for (int i = 1; i < length; i++) {
            if (digits[i] != digits[0]) {
                return false;
            }
        }
        return true;
    }

    /// EAN-13: one in ten of those that begin with 4 passes Luhn's check too.
    private boolean isBarcode(int length) {
        if (length != SHORTEST) {
            return false;
        }
        int sum = 0;
        for (int i = 0; i < length; i++) {
            sum += digits[i] * (i % 2 == 0 ? 1 : 3);
        }
        return sum % 10 == 0;
    }

    /// By the ranges that issuers publish; Maestro's many only at the lengths in use.
    private boolean isIssued(int length) {
        int two = digits[0] * 10 + digits[1];
        int four = two * 100 + digits[2] * 10 + digits[3];
        int three = four / 10;
        boolean long16 = length >= 16;
        return switch (digits[0]) {
            case 2 ->
                    (four >= 2221 && four <= 2720 && length == 16)
                            || (four >= 2200 && four <= 2204 && long16);
            case 3 ->
                    ((two == 34 || two == 37) && length == 15)
                            || ((two == 36 || two == 38 || two == 39) && (length == 14 || long16))
                            || (((three >= 300 && three <= 305) || three == 309)
                                    && (length == 14 || long16))
                            || (four >= 3528 && four <= 3589 && long16);
            case 4 -> length == 13 || length == 16 || length == 19;
            case 5 ->
                    (two >= 51 && two <= 55 && length == 16)
                            || ((two == 50 || two >= 56) && two <= 58 && long16);
            case 6 ->
                    long16
                            && (two == 60
                                    || two == 62
                                    || two == 63
                                    || two == 65
                                    || two == 67
                                    || (three >= 644 && three <= 649));
            case 8 -> (two == 81 || two == 82) && long16;
            case 9 -> four == 9792 && length == 16;
            default -> false;
        };
    }
}
