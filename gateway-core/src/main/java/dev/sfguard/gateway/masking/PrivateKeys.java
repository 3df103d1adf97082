package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.US_ASCII;

/// Private keys in PEM or PGP armor.
final class PrivateKeys {
    private static final byte[] BEGIN = "-----BEGIN ".getBytes(US_ASCII);
    private static final byte[] END = "-----END ".getBytes(US_ASCII);
    private static final byte[] DASHES = "-----".getBytes(US_ASCII);
    private static final byte[] KEY = "PRIVATE KEY".getBytes(US_ASCII);

    /// `-----BEGIN ENCRYPTED PRIVATE KEY-----` and longer.
    private static final int LABEL = 64;

    private PrivateKeys() {}

    /// @param at where a hyphen stands
    /// @return where the block ends; the text's end where it is cut off; -1 if there is none
    static int end(byte[] text, int at, int to) {
        if (!Ascii.startsWith(text, at, to, BEGIN)) {
            return -1;
        }
        int label = at + BEGIN.length;
        int labelEnd = find(text, label, Math.min(to, label + LABEL), KEY);
        if (labelEnd < 0) {
            return -1;
        }
        int end = find(text, labelEnd, to, END);
        if (end < 0) {
            return to;
        }
        int dashes = find(text, end + END.length, Math.min(to, end + END.length + LABEL), DASHES);
        return dashes < 0 ? to : dashes + DASHES.length;
    }

    private static int find(byte[] text, int from, int to, byte[] what) {
        for (int i = from; i <= to - what.length; i++) {
            if (text[i] == what[0] && Ascii.startsWith(text, i, to, what)) {
                return i;
            }
        }
        return -1;
    }
}
