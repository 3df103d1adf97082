package dev.sfguard.agent.tunnel;

import dev.sfguard.agent.forward.Wire;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.sshd.client.channel.ChannelDirectTcpip;

/// A channel of the tunnel.
final class ChannelWire implements Wire {
    private final ChannelDirectTcpip channel;
    private final InputStream in;
    private final OutputStream out;

    ChannelWire(ChannelDirectTcpip channel) {
        this.channel = channel;
        in = channel.getInvertedOut();
        out = channel.getInvertedIn();
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
        out.close();
    }

    /// Lets what is under way leave; the library ends a channel whose peer does not answer.
    @Override
    public void close() {
        channel.close(false);
    }
}
