package dev.sfguard.gateway.snowflake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/// Finds the rows in the bytes of a result's part, which are JSON arrays joined by commas, and
/// hands them on in batches. The bytes of a row are not changed and no row is ever held whole
/// beyond its batch.
public final class RowScanner {

    /// Large enough that the cost of a batch vanishes, small enough to hold thousands of them.
    private static final int BATCH = 65_536;

    /// Takes a batch of whole rows.
    @FunctionalInterface
    public interface Batch {
        void rows(int count, byte[] rows) throws IOException;
    }

    private final Batch target;
    private final Batches batch = new Batches();
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean needsComma;
    private int count;

    public RowScanner(Batch target) {
        this.target = target;
    }

    /// Reads to the end.
    ///
    /// @throws IOException when the bytes are not rows, or end within one
    public void scan(InputStream in) throws IOException {
        var buffer = new byte[32_768];
        int read;
        while ((read = in.read(buffer)) >= 0) {
            feed(buffer, read);
        }
        if (depth != 0 || inString) {
            throw new IOException("the result's part ends within a row");
        }
        flush();
    }

    private void feed(byte[] bytes, int length) throws IOException {
        // Where the part of the current row begins that is not in the batch yet.
        int start = 0;
        for (int i = 0; i < length; i++) {
            byte b = bytes[i];
            if (inString) {
                if (escaped) {
                    escaped = false;
                } else if (b == '\\') {
                    escaped = true;
                } else if (b == '"') {
                    inString = false;
                }
            } else if (depth == 0) {
                start = i;
                outside(b);
            } else if (b == '"') {
                inString = true;
            } else if (b == '[' || b == '{') {
                depth++;
            } else if (b == ']' || b == '}') {
                depth--;
                if (depth == 0) {
                    batch.write(bytes, start, i + 1 - start);
                    start = i + 1;
                    rowEnded();
                }
            }
        }
        if (depth > 0) {
            batch.write(bytes, start, length - start);
        }
    }

    private void outside(byte b) throws IOException {
        switch (b) {
            case '[' -> {
                if (needsComma) {
                    throw new IOException("two rows of a result's part stand without a comma");
                }
                if (count > 0) {
                    batch.write(',');
                }
                depth = 1;
            }
            case ',' -> needsComma = false;
            case ' ', '\n', '\r', '\t' -> {}
            default -> throw new IOException("a result's part holds something that is no row");
        }
    }

    private void rowEnded() throws IOException {
        count++;
        needsComma = true;
        if (batch.size() >= BATCH) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (count > 0) {
            var rows = batch.toByteArray();
            int rowCount = count;
            batch.reset();
            count = 0;
            target.rows(rowCount, rows);
        }
    }

    /// A cell may make a row as large as it likes; after it the batch goes back to its size.
    private static final class Batches extends ByteArrayOutputStream {
        Batches() {
            super(BATCH + 4096);
        }

        @Override
        public synchronized void reset() {
            super.reset();
            if (buf.length > 8 * BATCH) {
                buf = new byte[BATCH + 4096];
            }
        }
    }
}
