package dev.sfguard.sandbox.issuer;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Locale;

/// Codes and tokens that cannot be guessed.
final class RandomText {
    /// No vowels, so no words; no letters that are mistaken for digits (RFC 8628 section 6.1).
    private static final String USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomText() {}

    /// 256 bits, URL-safe.
    static String token() {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// Eight letters to type, shown as `BCDF-GHJK`: 34 bits, enough for ten minutes and five tries.
    static String userCode() {
        var code = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == 4) {
                code.append('-');
            }
            code.append(USER_CODE_LETTERS.charAt(RANDOM.nextInt(USER_CODE_LETTERS.length())));
        }
        return code.toString();
    }

    /// As people type a code: small letters, no dash, blanks around.
    static String normalUserCode(String typed) {
        String letters = typed.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "");
        return letters.length() == 8
                ? letters.substring(0, 4) + "-" + letters.substring(4)
                : letters;
    }
}
