package dev.sfguard.gateway.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A reply on its way out, whose last bytes stay here until they are released: so that the end of
/// a result leaves only after the end of its recording is durable. Small replies stay here whole.
final class HeldOutput extends OutputStream {

    /// Replies up to this size can be replaced by an error, and given again to a client that lost
    /// its connection.
    static final int KEPT = 65_536;

    /// What leaves at once: two packets of the tunnel.
    private static final int LARGEST = 4 * KEPT;

    private static final int FIRST_BUFFER = 2048;

    /// Opens the way to the client at the first byte that leaves.
    @FunctionalInterface
    interface Target {
        OutputStream open() throws ClientGone;
    }

    private final Target target;
    private final int kept;
    private byte[] held = new byte[FIRST_BUFFER];
    private int size;
    private @Nullable AheadOutput ahead;
    private long written;

    HeldOutput(Target target) {
        this(target, KEPT);
    }

    /// @param kept how many bytes stay here
    HeldOutput(Target target, int kept) {
        this.target = target;
        this.kept = kept;
    }

    /// Whether bytes have left already.
    boolean started() {
        return ahead != null;
    }

    long written() {
        return written;
    }

    /// The whole reply, while nothing of it has left.
    byte[] whole() {
        return Arrays.copyOf(held, size);
    }

    @Override
    public void write(int b) throws IOException {
        written++;
        if (size == largest()) {
            pass();
        }
        makeRoom(1);
        held[size] = (byte) b;
        size++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        written += length;
        int end = offset + length;
        // A row as large as its largest cell is not held a second time.
        for (int at = offset; at < end; ) {
            if (size == largest()) {
                pass();
            }
            int part = Math.min(end - at, largest() - size);
            makeRoom(part);
            System.arraycopy(bytes, at, held, size, part);
            size += part;
            at += part;
        }
    }

    private int largest() {
        return Math.max(kept, LARGEST);
    }

    private void makeRoom(int length) {
        if (size + length > held.length) {
            held = Arrays.copyOf(held, Math.clamp(2L * held.length, size + length, largest()));
        }
    }

    private void pass() throws ClientGone {
        var way = ahead;
        if (way == null) {
            way = AheadOutput.start(target.open());
            ahead = way;
        }
        var next = way.pass(held, size);
        held = next == null ? new byte[Math.min(held.length, LARGEST)] : next;
        size = 0;
    }

    /// Lets the last bytes go.
    void release() throws ClientGone {
        pass();
        if (ahead != null) {
            ahead.finish();
        }
    }

    /// Nothing more leaves, nor is anything on its way when this returns.
    void abandon() {
        if (ahead != null) {
            ahead.abandon();
        }
    }
}
