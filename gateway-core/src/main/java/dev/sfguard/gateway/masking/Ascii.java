package dev.sfguard.gateway.masking;

/// Kinds of bytes, by table: the scanners ask for every byte of a result.
final class Ascii {
    static final byte OTHER = 0;
    static final byte DIGIT = 1;
    static final byte LETTER = 2;
    static final byte AT = 3;
    static final byte DASH = 4;
    static final byte PLUS = 5;
    static final byte ASSIGN = 6;
    static final byte OPEN = 7;

    /// What may begin something to be found.
    static final byte[] KIND = new byte[256];

    private static final byte[] FLAGS = new byte[256];
    private static final int EMAIL_LOCAL = 1;
    private static final int EMAIL_DOMAIN = 2;
    private static final int SECRET = 4;
    private static final int TOKEN = 8;

    static {
        for (int c = 0; c < 256; c++) {
            boolean digit = c >= '0' && c <= '9';
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            KIND[c] = digit ? DIGIT : letter ? LETTER : OTHER;
            int flags = digit || letter ? EMAIL_LOCAL | EMAIL_DOMAIN | SECRET | TOKEN : 0;
            // Beyond ASCII: internationalized addresses have such letters on both sides.
            FLAGS[c] = (byte) (c >= 0x80 ? EMAIL_LOCAL | EMAIL_DOMAIN : flags);
        }
        KIND['@'] = AT;
        KIND['-'] = DASH;
        KIND['+'] = PLUS;
        KIND[':'] = ASSIGN;
        KIND['='] = ASSIGN;
        KIND['('] = OPEN;
        flag("._%+-'~!#$*^{}|`", EMAIL_LOCAL);
        flag(".-", EMAIL_DOMAIN);
        flag("+/=_-.~!$%^*#@", SECRET);
        flag("_-", TOKEN);
    }

    private Ascii() {}

    private static void flag(String bytes, int flag) {
        for (int i = 0; i < bytes.length(); i++) {
            FLAGS[bytes.charAt(i)] |= (byte) flag;
        }
    }

    static boolean isDigit(int b) {
        return KIND[b & 0xff] == DIGIT;
    }

    static boolean isLetter(int b) {
        return KIND[b & 0xff] == LETTER;
    }

    static boolean isWord(int b) {
        byte kind = KIND[b & 0xff];
        return kind == DIGIT || kind == LETTER;
    }

    static boolean isEmailLocal(int b) {
        return (FLAGS[b & 0xff] & EMAIL_LOCAL) != 0;
    }

    static boolean isEmailDomain(int b) {
        return (FLAGS[b & 0xff] & EMAIL_DOMAIN) != 0;
    }

    /// What a password or key is written with; neither white space nor quotes.
    static boolean isSecret(int b) {
        return (FLAGS[b & 0xff] & SECRET) != 0;
    }

    /// The letters of base64url.
    static boolean isToken(int b) {
        return (FLAGS[b & 0xff] & TOKEN) != 0;
    }

    static int lower(int b) {
        return b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b;
    }

    /// @param word in lower case
    static boolean endsWithWord(byte[] text, int from, int end, String word) {
        int start = end - word.length();
        if (start < from) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if (lower(text[start + i]) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    static boolean startsWith(byte[] text, int at, int to, byte[] what) {
        if (to - at < what.length) {
            return false;
        }
        for (int i = 0; i < what.length; i++) {
            if (text[at + i] != what[i]) {
                return false;
            }
        }
        return true;
    }

    /// How many bytes the blank, hyphen or dash takes that groups of digits stand apart by; 0 for
    /// none. A text editor makes typographic ones of the plain.
    static int separator(byte[] text, int at, int to) {
        if (at >= to) {
            return 0;
        }
        byte b = text[at];
        if (b == ' ' || b == '-') {
            return 1;
        }
        if (b >= 0) {
            return 0;
        }
        if (b == (byte) 0xc2 && at + 1 < to && text[at + 1] == (byte) 0xa0) {
            return 2;
        }
        if (b == (byte) 0xe2 && at + 2 < to && text[at + 1] == (byte) 0x80) {
            int last = text[at + 2] & 0xff;
            return (last >= 0x90 && last <= 0x95) || last == 0xaf || last == 0x87 ? 3 : 0;
        }
        return 0;
    }
}
