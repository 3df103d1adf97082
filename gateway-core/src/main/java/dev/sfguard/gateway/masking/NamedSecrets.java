package dev.sfguard.gateway.masking;

/// Secrets that a name gives away: `api_key=…`, `"client_secret": "…"`, `Authorization: Bearer …`.
final class NamedSecrets {
    private static final String[] KEYS = {
        "key", "secret", "token", "authorization", "bearer", "credential", "credentials", "sas"
    };

    /// Names of keys that are none: `primary_key: …`.
    private static final String[] HARMLESS = {
        "primary_key",
        "foreign_key",
        "public_key",
        "sort_key",
        "partition_key",
        "primary key",
        "foreign key",
        "public key",
        "cluster_key",
        "idempotency_key"
    };

    private static final String[] PASSWORDS = {"password", "passwd", "pwd", "passphrase", "secret"};
    private static final String[] SCHEMES = {"bearer ", "basic ", "token "};
    private static final int SHORTEST_KEY = 16;
    private static final int SHORTEST_PASSWORD = 6;

    private final Randomness randomness;

    /// Where the last secret that was found begins.
    private int start;

    NamedSecrets(Randomness randomness) {
        this.randomness = randomness;
    }

    int start() {
        return start;
    }

    /// @param at where `=` or `:` stands
    /// @return where the secret ends; -1 if there is none
    int end(byte[] text, int from, int at, int to) {
        int name = at;
        int least = Math.max(from, at - 4);
        while (name > least && isBetween(text[name - 1])) {
            name--;
        }
        if (name == from || !Ascii.isLetter(text[name - 1])) {
            return -1;
        }
        boolean password = endsWithOne(text, from, name, PASSWORDS);
        boolean key =
                !password
                        && endsWithOne(text, from, name, KEYS)
                        && !endsWithOne(text, from, name, HARMLESS);
        return password || key ? value(text, at + 1, to, password) : -1;
    }

    private static boolean isBetween(byte b) {
        return b == ' ' || b == '"' || b == '\'' || b == '\\';
    }

    private static boolean endsWithOne(byte[] text, int from, int end, String[] words) {
        for (String word : words) {
            if (Ascii.endsWithWord(text, from, end, word)) {
                return true;
            }
        }
        return false;
    }

    private int value(byte[] text, int from, int to, boolean password) {
        int i = from;
        int latest = Math.min(to, from + 6);
        while (i < latest && (isBetween(text[i]) || text[i] == '>' || text[i] == '=')) {
            i++;
        }
        i = behindScheme(text, i, to);
        int judged = Math.min(to, i + Randomness.LOOKED_AT);
        int end = i;
        while (end < judged && Ascii.isSecret(text[end])) {
            end++;
        }
        boolean secret =
                password
                        ? end - i >= SHORTEST_PASSWORD && isMixed(text, i, end)
                        : end - i >= SHORTEST_KEY && randomness.isRandom(text, i, end);
        if (!secret) {
            return -1;
        }
        while (end < to && Ascii.isSecret(text[end])) {
            end++;
        }
        start = i;
        return end;
    }

    private static int behindScheme(byte[] text, int at, int to) {
        for (String scheme : SCHEMES) {
            int end = at + scheme.length();
            if (end <= to && Ascii.endsWithWord(text, at, end, scheme)) {
                return end;
            }
        }
        return at;
    }

    /// Not a word, nor stars: `password: required`.
    private static boolean isMixed(byte[] text, int from, int to) {
        boolean letter = false;
        boolean other = false;
        for (int i = from; i < to; i++) {
            if (Ascii.isLetter(text[i])) {
                letter = true;
            } else {
                other |= text[i] != '*' && text[i] != '.';
            }
        }
        return letter && other;
    }
}
