package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.Caller;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.sshd.client.future.DefaultOpenFuture;
import org.apache.sshd.client.future.OpenFuture;
import org.apache.sshd.common.Closeable;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelAsyncOutputStream;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.channel.exception.SshChannelOpenException;
import org.apache.sshd.common.future.CloseFuture;
import org.apache.sshd.common.future.DefaultCloseFuture;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.AbstractServerChannel;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;

/// A direct-tcpip channel (RFC 4254 section 7.2) that ends in Jetty instead of a socket. Only
/// `<connection>:443` and `api:80` open; everything else is refused and logged here, since the
/// protocol library does not send a reason's text.
final class HttpChannel extends AbstractServerChannel {
    private static final System.Logger LOG = System.getLogger(HttpChannel.class.getName());

    /// Opens one for each request of a client.
    record Factory(SshConnector connector, Predicate<String> connections)
            implements ChannelFactory {

        @Override
        public String getName() {
            return "direct-tcpip";
        }

        @Override
        public Channel createChannel(Session session) {
            return new HttpChannel(connector, connections);
        }
    }

    private final SshConnector connector;
    private final Predicate<String> connections;
    private @Nullable Opened opened;

    /// What exists once the channel is admitted.
    private record Opened(
            TunnelSession session, String host, Output output, SshEndPoint endPoint) {}

    private HttpChannel(SshConnector connector, Predicate<String> connections) {
        super("", List.of(), null);
        this.connector = connector;
        this.connections = connections;
    }

    @Override
    protected OpenFuture doInit(Buffer buffer) {
        String host = buffer.getString();
        int port = buffer.getInt();
        // The originator's address follows. The client chooses it, so it is neither used nor
        // logged.
        var future = new DefaultOpenFuture(this, this);
        var refusal = refusal(host, port);
        if (refusal.isPresent()) {
            LOG.log(Level.WARNING, "channel refused: {0}", refusal.get());
            future.setException(
                    new SshChannelOpenException(
                            getChannelId(),
                            SshConstants.SSH_OPEN_ADMINISTRATIVELY_PROHIBITED,
                            refusal.get()));
            super.close(true);
            return future;
        }
        var endPoint =
                connector.open(
                        this,
                        InetSocketAddress.createUnresolved(host, port),
                        getSession().getIoSession().getRemoteAddress());
        opened = new Opened(TunnelSession.of(getSession()), host, new Output(this), endPoint);
        addCloseFutureListener(
                closed ->
                        connector
                                .getExecutor()
                                .execute(() -> endPoint.close(new EofException("channel closed"))));
        signalChannelOpenSuccess();
        future.setOpened();
        endPoint.start();
        return future;
    }

    private Optional<String> refusal(String host, int port) {
        var session = TunnelSession.of(getSession());
        if (host.equals(Handshake.API_HOST) && port == Handshake.API_PORT) {
            return Optional.empty();
        }
        if (session.isEnrolling()) {
            return Optional.of("an enrolling connection may open the API only");
        }
        boolean known = port == Handshake.CONNECTION_PORT && connections.test(host);
        // The name is the client's: it is not copied into the log as it is.
        return known
                ? Optional.empty()
                : Optional.of(
                        "%s asked for a destination of %d characters, port %d, which is none of ours"
                                .formatted(session.user(), host.length(), port));
    }

    Caller caller() {
        var now = opened();
        return now.session().caller(now.host());
    }

    private Opened opened() {
        var now = opened;
        if (now == null) {
            throw new IllegalStateException("the channel was not admitted");
        }
        return now;
    }

    IoWriteFuture write(Buffer buffer) throws IOException {
        return opened().output().writeBuffer(buffer);
    }

    /// Lets the client send as many bytes more.
    void consumed(int bytes) throws IOException {
        var window = getLocalWindow();
        if (window.isOpen()) {
            window.release(bytes);
        }
    }

    /// Else data written while the channel closes gracefully is lost.
    @Override
    protected boolean mayWrite() {
        return !isClosed();
    }

    @Override
    public void handleWindowAdjust(Buffer buffer) throws IOException {
        super.handleWindowAdjust(buffer);
        opened().output().onWindowExpanded();
    }

    @Override
    public void handleEof() throws IOException {
        super.handleEof();
        opened().endPoint().receiveEnd();
    }

    @Override
    protected void doWriteData(byte[] data, int offset, long length) {
        opened().endPoint().receive(data, offset, Math.toIntExact(length));
    }

    @Override
    protected void doWriteExtendedData(byte[] data, int offset, long length) {
        throw new UnsupportedOperationException("direct-tcpip has no extended data");
    }

    @Override
    protected Closeable getInnerCloseable() {
        var now = opened;
        return now == null
                ? super.getInnerCloseable()
                : builder().close(now.output()).close(super.getInnerCloseable()).build();
    }

    @Override
    protected void preClose() {
        super.preClose();
        if (opened != null) {
            opened.endPoint().receiveEnd();
        }
    }

    /// Sends EOF after the last write has left.
    private static final class Output extends ChannelAsyncOutputStream {
        Output(HttpChannel channel) {
            super(channel, SshConstants.SSH_MSG_CHANNEL_DATA);
        }

        @Override
        protected CloseFuture doCloseGracefully() {
            var ended = new DefaultCloseFuture(getChannel(), futureLock);
            super.doCloseGracefully().addListener(written -> end(ended));
            return ended;
        }

        private void end(DefaultCloseFuture ended) {
            try {
                var eof = ((HttpChannel) getChannel()).sendEof();
                if (eof != null) {
                    eof.addListener(sent -> ended.setClosed());
                    return;
                }
            } catch (IOException e) {
                // The peer is gone: there is nobody to tell.
                LOG.log(Level.DEBUG, "no EOF could be sent", e);
            }
            ended.setClosed();
        }
    }
}
