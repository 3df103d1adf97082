package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;

/// Prefixes that services give their keys so that leaked ones are recognized.
final class KeyPrefixes {
    /// What a key is written with behind its prefix.
    private enum Letters {
        WORD,
        TOKEN,
        DOTTED
    }

    /// @param least letters behind the prefix, `most` of them at most
    /// @param random whether the rest must look random, for a prefix that words begin with too
    // Never compared, and made once.
    @SuppressWarnings("ArrayRecordComponent")
    private record Prefix(byte[] text, Letters letters, int least, int most, boolean random) {
        boolean has(byte b) {
            return switch (letters) {
                case WORD -> Ascii.isWord(b);
                case TOKEN -> Ascii.isToken(b);
                case DOTTED -> Ascii.isToken(b) || b == '.';
            };
        }
    }

    private static final int ANY = Integer.MAX_VALUE;

    /// Two letters are enough to pass by nearly every word.
    private static final boolean[] PAIRS = new boolean[128 * 128];

    private static final Prefix[][] BY_FIRST = new Prefix[128][];

    static {
        var all = new ArrayList<Prefix>();
        for (String aws : List.of("AKIA", "ASIA", "ABIA", "ACCA")) {
            all.add(prefix(aws, Letters.WORD, 16, 16, false));
        }
        for (String github : List.of("ghp_", "gho_", "ghu_", "ghs_", "ghr_")) {
            all.add(prefix(github, Letters.WORD, 36, 255, false));
        }
        for (String slack :
                List.of("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-")) {
            all.add(prefix(slack, Letters.TOKEN, 10, ANY, false));
        }
        for (String stripe : List.of("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_")) {
            all.add(prefix(stripe, Letters.WORD, 16, ANY, false));
        }
        all.add(prefix("github_pat_", Letters.TOKEN, 40, 255, false));
        all.add(prefix("glpat-", Letters.TOKEN, 20, ANY, false));
        all.add(prefix("AIza", Letters.TOKEN, 35, 35, false));
        all.add(prefix("ya29.", Letters.TOKEN, 20, ANY, false));
        all.add(prefix("GOCSPX-", Letters.TOKEN, 20, ANY, false));
        all.add(prefix("sk-", Letters.TOKEN, 20, ANY, true));
        all.add(prefix("npm_", Letters.WORD, 36, 36, false));
        all.add(prefix("pypi-", Letters.TOKEN, 40, ANY, true));
        all.add(prefix("dop_v1_", Letters.WORD, 64, 64, false));
        all.add(prefix("dapi", Letters.WORD, 32, 32, true));
        all.add(prefix("SG.", Letters.DOTTED, 50, 80, true));
        all.add(prefix("hf_", Letters.WORD, 30, 60, true));
        all.add(prefix("hvs.", Letters.TOKEN, 24, ANY, true));
        all.add(prefix("glsa_", Letters.TOKEN, 32, ANY, true));
        all.add(prefix("shpat_", Letters.WORD, 32, 32, true));
        all.add(prefix("ATATT3", Letters.TOKEN, 40, ANY, true));
        for (var prefix : all) {
            int first = prefix.text[0];
            PAIRS[first * 128 + prefix.text[1]] = true;
            var old = BY_FIRST[first] == null ? new Prefix[0] : BY_FIRST[first];
            var more = java.util.Arrays.copyOf(old, old.length + 1);
            more[old.length] = prefix;
            BY_FIRST[first] = more;
        }
        PAIRS['e' * 128 + 'y'] = true;
    }

    private final Randomness randomness;

    /// Up to here no JSON web token begins: its first part ends in nothing that goes on like one.
    private int noTokenBefore;

    KeyPrefixes(Randomness randomness) {
        this.randomness = randomness;
    }

    private static Prefix prefix(
            String text, Letters letters, int least, int most, boolean random) {
        return new Prefix(text.getBytes(US_ASCII), letters, least, most, random);
    }

    /// Before each text.
    void begin() {
        noTokenBefore = 0;
    }

    /// @param at the first letter of a word
    /// @return where the key ends; -1 if there is none
    int end(byte[] text, int at, int to) {
        int first = text[at];
        if (at + 1 >= to || text[at + 1] < 0 || !PAIRS[first * 128 + text[at + 1]]) {
            return -1;
        }
        if (first == 'e') {
            return webToken(text, at, to);
        }
        for (var prefix : BY_FIRST[first]) {
            if (Ascii.startsWith(text, at, to, prefix.text)) {
                int end = end(text, at + prefix.text.length, to, prefix);
                if (end >= 0) {
                    return end;
                }
            }
        }
        return -1;
    }

    private int end(byte[] text, int start, int to, Prefix prefix) {
        int i = start;
        // Long enough to know; only what is found is read to its end.
        int judged = Math.min(to, start + Randomness.LOOKED_AT);
        while (i < judged && prefix.has(text[i])) {
            i++;
        }
        if (i - start < prefix.least
                || i - start > prefix.most
                || (prefix.random && !randomness.isRandom(text, start, i))) {
            return -1;
        }
        while (i < to && prefix.has(text[i])) {
            i++;
        }
        return i;
    }

    /// Three parts in base64url with dots between; the first is a JSON object, so it begins with
    /// `eyJ`.
    private int webToken(byte[] text, int at, int to) {
        if (at < noTokenBefore || at + 2 >= to || text[at + 2] != 'J') {
            return -1;
        }
        int header = part(text, at, to);
        int payload = header < to && text[header] == '.' ? part(text, header + 1, to) : header;
        boolean whole =
                header - at >= 10 && payload - header > 10 && payload < to && text[payload] == '.';
        if (!whole) {
            noTokenBefore = header;
            return -1;
        }
        return part(text, payload + 1, to);
    }

    private static int part(byte[] text, int from, int to) {
        int i = from;
        while (i < to && Ascii.isToken(text[i])) {
            i++;
        }
        return i;
    }
}
