package dev.sfguard.gateway.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A reply on its way out, whose last bytes stay here until they are released: so that the end of
/// a result leaves only after the end of its recording is durable. Small replies stay here whole.
final class HeldOutput extends OutputStream {

    /// Replies up to this size can be replaced by an error, and given again to a client that lost
    /// its connection.
    static final int KEPT = 65_536;

    /// What leaves at once: two packets of the tunnel.
    private static final int LARGEST = 4 * KEPT;

    /// Opens the way to the client at the first byte that leaves.
    @FunctionalInterface
    interface Target {
        OutputStream open() throws ClientGone;
    }

    private final Target target;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(2048);
    private @Nullable OutputStream open;
    private final int kept;
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
        return open != null;
    }

    long written() {
        return written;
    }

    /// The whole reply, while nothing of it has left.
    byte[] whole() {
        return held.toByteArray();
    }

    @Override
    public void write(int b) throws IOException {
        written++;
        if (held.size() == largest()) {
            pass();
        }
        held.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        written += length;
        if (held.size() > 1 && held.size() + length > kept) {
            pass();
        }
        int largest = largest();
        int left = length;
        // A row as large as its largest cell is not held a second time.
        for (; left > largest; left -= largest) {
            held.write(bytes, offset + length - left, largest);
            pass();
        }
        held.write(bytes, offset + length - left, left);
    }

    private int largest() {
        return Math.max(kept, LARGEST);
    }

    private void pass() throws ClientGone {
        if (open == null) {
            open = target.open();
        }
        try {
            held.writeTo(open);
        } catch (IOException e) {
            throw new ClientGone(e);
        }
        held.reset();
    }

    /// Lets the last bytes go.
    void release() throws ClientGone {
        pass();
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw new ClientGone(e);
        }
    }
}
