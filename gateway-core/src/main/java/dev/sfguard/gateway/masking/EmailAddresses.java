package dev.sfguard.gateway.masking;

/// E-mail addresses, looked for around each `@`.
final class EmailAddresses {
    private static final String[] IMAGES = {"png", "jpg", "jpeg", "gif", "webp", "svg"};

    /// Where the last address that was found begins.
    private int start;

    int start() {
        return start;
    }

    /// @param from nothing before it belongs to an address
    /// @param at where the `@` stands
    /// @return where the address ends; -1 if there is none
    int end(byte[] text, int from, int at, int to, boolean hinted) {
        int local = at;
        while (local > from && Ascii.isEmailLocal(text[local - 1])) {
            local--;
        }
        // Quotes and brackets before an address are not its own.
        while (local < at && text[local] >= 0 && !Ascii.isWord(text[local]) && text[local] != '_') {
            local++;
        }
        if (local == at) {
            return -1;
        }
        int end = at + 1;
        while (end < to
                && Ascii.isEmailDomain(text[end])
                && !(text[end] == '.' && text[end - 1] == '.')) {
            end++;
        }
        while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) {
            end--;
        }
        if (end == at + 1 || text[at + 1] == '.' || text[at + 1] == '-') {
            return -1;
        }
        start = local;
        return hinted || isDomain(text, at + 1, end) ? end : -1;
    }

    private static boolean isDomain(byte[] text, int from, int to) {
        int dot = to - 1;
        while (dot > from && text[dot] != '.') {
            dot--;
        }
        int length = to - dot - 1;
        if (dot == from || length < 2) {
            return false;
        }
        boolean letters = true;
        for (int i = dot + 1; i < to; i++) {
            letters &= Ascii.isLetter(text[i]) || text[i] < 0;
        }
        boolean encoded = Ascii.endsWithWord(text, 0, dot + 5, "xn--") && length > 4;
        return encoded || (letters && !isImage(text, from, dot, to));
    }

    /// `icon@2x.png`: how pictures for fine screens are named.
    private static boolean isImage(byte[] text, int from, int dot, int to) {
        if (dot - from != 2 || !Ascii.isDigit(text[from]) || text[from + 1] != 'x') {
            return false;
        }
        for (String image : IMAGES) {
            if (to - dot - 1 == image.length() && Ascii.endsWithWord(text, dot, to, image)) {
                return true;
            }
        }
        return false;
    }
}
