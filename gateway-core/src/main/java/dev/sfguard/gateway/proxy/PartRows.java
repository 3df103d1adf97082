package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.snowflake.RowBytes;
import dev.sfguard.gateway.snowflake.RowScanner;
import java.io.IOException;
import java.io.OutputStream;

/// Rows of one part of a large result on their way to the client: as many as it may have of the
/// part, filtered, recorded, delivered.
final class PartRows implements RowScanner.Batch {
    private final ChunkedResult result;
    private final int part;
    private final OutputStream client;
    private final long most;
    private final long said;
    private long position;
    private long count;

    PartRows(ChunkedResult result, int part, OutputStream client) {
        this.result = result;
        this.part = part;
        this.client = client;
        this.most = result.body().parts().get(part).rows();
        this.said = result.body().parts().get(part).upstreamRows();
    }

    /// As they came from Snowflake, so far.
    long count() {
        return count;
    }

    @Override
    public void rows(int count, byte[] rows, int offset, int length) throws IOException {
        this.count += count;
        if (this.count > said) {
            throw new IOException("a part has more rows than the " + said + " it was said to have");
        }
        int passing = (int) Math.min(count, most - position);
        if (passing == count) {
            filter(count, rows, offset, length);
        } else if (passing > 0) {
            filter(passing, rows, offset, RowBytes.length(rows, offset, length, passing));
        }
    }

    private void filter(int count, byte[] rows, int offset, int length) throws IOException {
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
