package dev.sfguard.gateway.recording;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.regex.Pattern;

/// A recording's name: a [ULID](https://github.com/ulid/spec), 26 characters of Crockford's base
/// 32. It sorts by time, and its time names the day's folder, so that no lookup is needed.
final class SessionId {
    static final int LENGTH = 26;

    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final Pattern SHAPE = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private SessionId() {}

    static String next(Instant now) {
        byte[] random = new byte[10];
        RANDOM.nextBytes(random);
        var text = new StringBuilder(LENGTH);
        long millis = now.toEpochMilli();
        for (int shift = 45; shift >= 0; shift -= 5) {
            text.append(DIGITS.charAt((int) (millis >>> shift) & 31));
        }
        appendFiveBytes(text, random, 0);
        appendFiveBytes(text, random, 5);
        return text.toString();
    }

    private static void appendFiveBytes(StringBuilder text, byte[] random, int from) {
        long bits = ByteBuffer.allocate(8).put(3, random, from, 5).getLong(0);
        for (int shift = 35; shift >= 0; shift -= 5) {
            text.append(DIGITS.charAt((int) (bits >>> shift) & 31));
        }
    }

    /// Ids come from clients too, and name files: whatever is not exactly of the shape is no id.
    static boolean isValid(String text) {
        return text.length() == LENGTH && SHAPE.matcher(text).matches();
    }

    static LocalDate day(String id) {
        long millis = 0;
        for (int i = 0; i < 10; i++) {
            millis = millis << 5 | DIGITS.indexOf(id.charAt(i));
        }
        return LocalDate.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    }
}
