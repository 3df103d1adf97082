package dev.sfguard.agent.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/// A connection through a unix domain socket.
public final class UnixWire implements Wire {
    private final SocketChannel channel;
    private final InputStream in;
    private final OutputStream out;

    UnixWire(SocketChannel channel) {
        this.channel = channel;
        in = Channels.newInputStream(channel);
        out = Channels.newOutputStream(channel);
    }

    /// @throws IOException when nobody listens there
    public static UnixWire connect(Path socket) throws IOException {
        return new UnixWire(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // It is closed either way.
            return;
        }
    }
}
