package dev.sfguard.gateway.snowflake;

/// Finds where rows end in bytes that {@link RowScanner} has found to be rows.
public final class RowBytes {

    private RowBytes() {}

    /// @param rows holds rows' JSON, joined by commas
    /// @param count how many of them, 1 or more
    /// @return how many bytes these are, without the comma after them
    public static int length(byte[] rows, int offset, int length, long count) {
        long left = count;
        int depth = 0;
        for (int i = offset; i < offset + length; i++) {
            switch (rows[i]) {
                case '"' -> i = endOfText(rows, i + 1);
                case '[', '{' -> depth++;
                case ']', '}' -> {
                    depth--;
                    if (depth == 0) {
                        left--;
                        if (left == 0) {
                            return i + 1 - offset;
                        }
                    }
                }
                default -> {}
            }
        }
        return length;
    }

    private static int endOfText(byte[] rows, int from) {
        int i = from;
        while (rows[i] != '"') {
            i += rows[i] == '\\' ? 2 : 1;
        }
        return i;
    }
}
