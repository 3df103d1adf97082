package dev.sfguard.gateway.tunnel;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EofException;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/// The bytes of an SSH channel, as Jetty sees a connection.
///
/// Memory is bounded in both directions: towards us by the channel's window, which opens again
/// only
/// as Jetty consumes; towards the client by one pending write of at most {@link #LARGEST_WRITE}.
/// Jetty's callbacks never run on the SSH library's threads: a blocked handler would stop every
/// tunnel. Nor on the server's few real ones: handlers block while a statement is held.
final class SshEndPoint extends AbstractEndPoint {
    /// Two packets of 128 KiB: larger ones gain nothing, and this is what a stalled reader costs.
    private static final int LARGEST_WRITE = 256 * 1024;

    private final SshConnector connector;
    private final HttpChannel channel;
    private final SocketAddress local;
    private final SocketAddress remote;

    /// Guarded by itself, as is {@link #ended}.
    private final ArrayDeque<ByteBuffer> received = new ArrayDeque<>();

    private boolean ended;

    /// Guarded by {@link #writeLock}, as is {@link #writeFailure}.
    private boolean writing;

    private @Nullable IOException writeFailure;
    private final Object writeLock = new Object();

    SshEndPoint(
            SshConnector connector,
            HttpChannel channel,
            SocketAddress local,
            SocketAddress remote) {
        super(connector.getScheduler());
        this.connector = connector;
        this.channel = channel;
        this.local = local;
        this.remote = remote;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    /// Who opened the channel: asked anew each time, since a renewed certificate may carry other
    /// groups.
    @Override
    public Object getTransport() {
        return channel.caller();
    }

    @Override
    public boolean isSecure() {
        return true;
    }

    /// Lets Jetty begin to read, after the client has been told that the channel is open.
    void start() {
        connector.blocking().execute(getConnection()::onOpen);
    }

    void receive(byte[] data, int offset, int length) {
        var copy = ByteBuffer.wrap(Arrays.copyOfRange(data, offset, offset + length));
        synchronized (received) {
            received.add(copy);
        }
        wakeReader();
    }

    void receiveEnd() {
        synchronized (received) {
            if (ended) {
                return;
            }
            ended = true;
        }
        wakeReader();
    }

    private void wakeReader() {
        if (getFillInterest().isInterested()) {
            connector.blocking().execute(getFillInterest()::fillable);
        }
    }

    @Override
    protected void needsFillInterest() {
        boolean ready;
        synchronized (received) {
            ready = ended || !received.isEmpty();
        }
        if (ready) {
            connector.blocking().execute(getFillInterest()::fillable);
        }
    }

    @Override
    public int fill(ByteBuffer buffer) throws IOException {
        if (!isOpen()) {
            throw new EofException("closed");
        }
        int filled = 0;
        synchronized (received) {
            for (var data = received.peek();
                    data != null && BufferUtil.space(buffer) > 0;
                    data = received.peek()) {
                filled += BufferUtil.append(buffer, data);
                if (!data.hasRemaining()) {
                    received.remove();
                }
            }
            if (filled == 0 && ended) {
                shutdownInput();
                return -1;
            }
        }
        if (filled > 0) {
            notIdle();
            channel.consumed(filled);
        }
        return filled;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        byte[] chunk;
        boolean all;
        synchronized (writeLock) {
            if (writeFailure != null) {
                throw writeFailure;
            }
            if (!isOpen() || isOutputShutdown()) {
                throw new EofException("closed");
            }
            int total = Arrays.stream(buffers).mapToInt(ByteBuffer::remaining).sum();
            if (total == 0) {
                return true;
            }
            if (writing) {
                return false;
            }
            chunk = take(buffers, Math.min(total, LARGEST_WRITE));
            all = chunk.length == total;
            writing = true;
        }
        notIdle();
        write(chunk);
        return all;
    }

    private static byte[] take(ByteBuffer[] buffers, int length) {
        var chunk = new byte[length];
        int taken = 0;
        for (var buffer : buffers) {
            int part = Math.min(buffer.remaining(), length - taken);
            buffer.get(chunk, taken, part);
            taken += part;
        }
        return chunk;
    }

    private void write(byte[] chunk) throws IOException {
        IoWriteFuture write;
        try {
            write = channel.write(new ByteArrayBuffer(chunk));
        } catch (IOException e) {
            synchronized (writeLock) {
                writing = false;
                writeFailure = e;
            }
            throw e;
        }
        write.addListener(
                done -> {
                    synchronized (writeLock) {
                        writing = false;
                        writeFailure = failure(done.getException());
                    }
                    connector.blocking().execute(getWriteFlusher()::completeWrite);
                });
    }

    private static @Nullable IOException failure(@Nullable Throwable cause) {
        return switch (cause) {
            case null -> null;
            case IOException io -> io;
            case Throwable other -> new EofException(other);
        };
    }

    /// The pending write may have ended before Jetty parked this one; then nobody else wakes it.
    @Override
    protected void onIncompleteFlush() {
        boolean pending;
        synchronized (writeLock) {
            pending = writing;
        }
        if (!pending) {
            connector.blocking().execute(getWriteFlusher()::completeWrite);
        }
    }

    @Override
    protected void doShutdownOutput() {
        channel.close(false);
    }

    @Override
    protected void doClose() {
        super.doClose();
        channel.close(false);
    }

    /// Without this the HTTP connection would never learn of its end, and leak.
    @Override
    public void onClose(Throwable cause) {
        super.onClose(cause);
        Connection connection = getConnection();
        if (connection != null) {
            connection.onClose(cause);
        }
    }
}
