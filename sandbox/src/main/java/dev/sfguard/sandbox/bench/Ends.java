package dev.sfguard.sandbox.bench;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The first and the last part of a body of any length: what a result says about itself stands
/// before its rows and after them.
final class Ends {
    private static final int START = 8 * 1024;

    /// Holds the list of a few thousand chunks.
    private static final int END = 1024 * 1024;

    private final byte[] start = new byte[START];
    private final byte[] ring = new byte[END];
    private long length;

    void take(byte[] bytes, int from, int count) {
        if (length < START) {
            System.arraycopy(
                    bytes, from, start, (int) length, (int) Math.min(count, START - length));
        }
        // Only a part's last END bytes can matter.
        int skip = Math.max(0, count - END);
        int at = (int) ((length + skip) % END);
        int first = Math.min(count - skip, END - at);
        System.arraycopy(bytes, from + skip, ring, at, first);
        System.arraycopy(bytes, from + skip + first, ring, 0, count - skip - first);
        length += count;
    }

    String start() {
        return text(Arrays.copyOf(start, (int) Math.min(length, START)));
    }

    /// The last bytes, without those that {@link #start} holds already.
    String end() {
        int kept = (int) Math.min(Math.max(0, length - START), END);
        byte[] last = new byte[kept];
        for (int i = 0; i < kept; i++) {
            last[i] = ring[(int) ((length - kept + i) % END)];
        }
        return text(last);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
