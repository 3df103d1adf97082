package dev.sfguard.gateway.snowflake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Skips the plain bytes of a JSON text, eight at a time.
final class TextBytes {

    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH = 0x8080808080808080L;

    private TextBytes() {}

    /// @return where the first quote, backslash or control character lies, or `stop`
    static int plain(byte[] bytes, int start, int stop) {
        int i = start;
        for (; i <= stop - 8; i += 8) {
            long found = special((long) EIGHT.get(bytes, i));
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (i < stop && bytes[i] != '"' && bytes[i] != '\\' && (bytes[i] & 0xe0) != 0) {
            i++;
        }
        return i;
    }

    /// The high bit of each byte that is special. A byte behind a special one may be marked
    /// wrongly, since the subtraction borrows; the first mark is always right.
    private static long special(long eight) {
        long quote = eight ^ ONES * '"';
        long backslash = eight ^ ONES * '\\';
        return ((quote - ONES & ~quote)
                        | (backslash - ONES & ~backslash)
                        | (eight - ONES * ' ' & ~eight))
                & HIGH;
    }
}
