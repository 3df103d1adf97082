package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.snowflake.RowScanner;
import java.io.IOException;
import java.io.OutputStream;

/// Rows of one part of a large result on their way to the client: filtered, recorded, delivered.
final class PartRows implements RowScanner.Batch {
    private final ChunkedResult result;
    private final int part;
    private final OutputStream client;
    private long position;

    PartRows(ChunkedResult result, int part, OutputStream client) {
        this.result = result;
        this.part = part;
        this.client = client;
    }

    /// So far.
    long count() {
        return position;
    }

    @Override
    public void rows(int count, byte[] rows, int offset, int length) throws IOException {
        var filtered = result.filter().rows(count, rows, offset, length);
        if (filtered.isUnchanged()) {
            pass(count, rows, offset, length);
        } else {
            pass(count, filtered.bytes(), filtered.offset(), filtered.length());
        }
    }

    private void pass(int count, byte[] rows, int offset, int length) throws IOException {
        result.rows(part, position, count, rows, offset, length);
        if (position > 0) {
            client.write(',');
        }
        client.write(rows, offset, length);
        position += count;
    }
}
