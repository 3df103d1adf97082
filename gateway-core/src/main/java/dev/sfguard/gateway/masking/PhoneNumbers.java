package dev.sfguard.gateway.masking;

/// Telephone numbers. Digits alone are none, unless a name or a word says so: they are far more
/// often the number of something else.
final class PhoneNumbers {
    private static final int MOST_DIGITS = 15;
    private static final int MOST_GROUPS = 8;
    private static final int CONTEXT = 20;
    private static final String[] WORDS = {
        "tel", "telephone", "telefon", "phone", "mobile", "mobil", "cell", "fax", "call", "whatsapp"
    };

    /// The international codes of one and two digits; those of three begin with the others.
    private static final boolean[] CODES = codes();

    private final int[] groups = new int[MOST_GROUPS];
    private int groupCount;
    private int digitCount;
    private byte separator;
    private boolean uniform;

    private static boolean[] codes() {
        var codes = new boolean[100];
        int[] all = {
            20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46, 47, 48, 49, 51, 52, 53, 54,
            55, 56, 57, 58, 60, 61, 62, 63, 64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98,
            // Beginnings of three digits.
            21, 22, 23, 24, 25, 26, 29, 35, 37, 38, 42, 50, 59, 67, 68, 69, 80, 85, 87, 88, 96, 97,
            99
        };
        for (int code : all) {
            codes[code] = true;
        }
        for (int i = 10; i < 20; i++) {
            codes[i] = true;
            codes[60 + i] = true;
        }
        return codes;
    }

    /// @param plus where the `+` stands
    int international(byte[] text, int from, int plus, int to) {
        if (plus > from && Ascii.isWord(text[plus - 1])) {
            return -1;
        }
        int at = plus + 1 < to && text[plus + 1] == '(' ? plus + 2 : plus + 1;
        int end = read(text, at, to);
        return digitCount >= 8 && hasCode(text, at) ? end : -1;
    }

    /// @param at the first digit, or the parenthesis before it
    int national(byte[] text, int from, int at, int to, boolean hinted) {
        boolean joined =
                at > from && (text[at - 1] == '-' || text[at - 1] == '.' || text[at - 1] == '/');
        if (joined && at - 2 >= from && Ascii.isWord(text[at - 2])) {
            return -1;
        }
        int end = read(text, at, to);
        if (digitCount < 7 || end < 0) {
            return -1;
        }
        boolean fits =
                isNorthAmerican(text, at)
                        || isEuropean(text, at)
                        || (text[at] == '0'
                                && text[at + 1] == '0'
                                && groupCount > 1
                                && digitCount >= 10
                                && hasCode(text, at + 2));
        if (fits || hinted || Words.before(text, from, at, CONTEXT, WORDS)) {
            return end;
        }
        return -1;
    }

    /// Reads digits in groups; one separator between two, or a parenthesis with a blank.
    ///
    /// @return behind the last digit; -1 when it goes on like no number of a telephone
    private int read(byte[] text, int at, int to) {
        groupCount = 0;
        digitCount = 0;
        separator = 0;
        uniform = true;
        int i = at < to && text[at] == '(' ? at + 1 : at;
        int end = -1;
        while (i < to && Ascii.isDigit(text[i])) {
            int start = i;
            while (i < to && Ascii.isDigit(text[i])) {
                i++;
            }
            int length = i - start;
            boolean tooMuch = digitCount + length > MOST_DIGITS || groupCount == MOST_GROUPS;
            if (tooMuch || (i < to && Ascii.isLetter(text[i]))) {
                // What came before may be a number, followed by another one.
                return tooMuch && groupCount > 0 && text[start - 1] == ' ' ? end : -1;
            }
            groups[groupCount++] = length;
            digitCount += length;
            end = i;
            i = gap(text, i, to);
        }
        return end;
    }

    private int gap(byte[] text, int at, int to) {
        int i = at;
        if (i < to && text[i] == ')') {
            i++;
            if (i < to && (text[i] == ' ' || text[i] == '-')) {
                i++;
            }
            return i;
        }
        if (i >= to) {
            return to;
        }
        int length = text[i] == '.' || text[i] == '/' ? 1 : Ascii.separator(text, i, to);
        if (length == 0) {
            return to;
        }
        if (separator != 0 && separator != text[i]) {
            uniform = false;
        }
        separator = text[i];
        i += length;
        return i < to && text[i] == '(' ? i + 1 : i;
    }

    private static boolean hasCode(byte[] text, int at) {
        return text[at] != '0'
                && Ascii.isDigit(text[at])
                && (text[at] == '1'
                        || text[at] == '7'
                        || !Ascii.isDigit(text[at + 1])
                        || CODES[(text[at] - '0') * 10 + text[at + 1] - '0']);
    }

    private boolean isNorthAmerican(byte[] text, int at) {
        boolean open = text[at] == '(';
        int first = groupCount == 4 && groups[0] == 1 && text[at] == '1' ? 1 : 0;
        int three = groupCount - first;
        if (three != 3 || groups[first] != 3 || groups[first + 1] != 3 || groups[first + 2] != 4) {
            return false;
        }
        int area = at + (open ? 1 : first * 2);
        if (first == 1 && text[area] == '(') {
            area++;
        }
        int exchange = area + 3;
        while (!Ascii.isDigit(text[exchange])) {
            exchange++;
        }
        boolean marked = open || first == 1 || separator != ' ';
        return marked && isCode(text, area) && isCode(text, exchange) && text[area + 1] != '9';
    }

    /// `NXX`, and not `N11`, which calls a service.
    private static boolean isCode(byte[] text, int at) {
        return text[at] >= '2' && !(text[at + 1] == '1' && text[at + 2] == '1');
    }

    /// The zero of a trunk call, in a grouping of Britain, France or Germany.
    private boolean isEuropean(byte[] text, int at) {
        int digit = text[at] == '(' ? at + 1 : at;
        if (text[digit] != '0' || text[digit + 1] == '0' || groupCount < 2 || !uniform) {
            return false;
        }
        boolean french = groupCount == 5 && digitCount == 10 && areAll(2) && separator != '-';
        boolean british =
                separator == ' '
                        && (isGrouped(3, 4, 4) || isGrouped(4, 3, 4) || isGrouped(5, 6, 0));
        boolean german =
                groupCount == 2
                        && groups[0] >= 3
                        && groups[0] <= 5
                        && groups[1] >= (separator == '/' ? 4 : 6)
                        && digitCount <= 12
                        && separator != '.';
        return french || british || german;
    }

    private boolean areAll(int length) {
        for (int i = 0; i < groupCount; i++) {
            if (groups[i] != length) {
                return false;
            }
        }
        return true;
    }

    private boolean isGrouped(int first, int second, int third) {
        return groups[0] == first
                && groups[1] == second
                && groupCount == (third == 0 ? 2 : 3)
                && (third == 0 || groups[2] == third);
    }
}
