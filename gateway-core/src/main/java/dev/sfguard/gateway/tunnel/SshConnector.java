package dev.sfguard.gateway.tunnel;

import java.net.SocketAddress;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.VirtualThreads;

/// Jetty's side of the tunnel: every SSH channel that the gateway admits becomes an HTTP/1.1
/// connection here. It listens nowhere itself.
///
/// A handler knows a tunnelled request by its endpoint's transport, which is an
/// {@link dev.sfguard.gateway.identity.Caller}; no header can forge that.
public final class SshConnector extends AbstractConnector {
    /// Above the 45 s for which a poll is held, and above a reader's pause in a page of rows.
    private static final long IDLE_MILLIS = 600_000;

    public SshConnector(Server server, HttpConfiguration configuration) {
        super(server, null, null, null, 0, new HttpConnectionFactory(configuration));
        setName("ssh");
        setIdleTimeout(IDLE_MILLIS);
    }

    /// Where handlers run: on a virtual thread each, when the server has any.
    Executor blocking() {
        Executor virtual = VirtualThreads.getVirtualThreadsExecutor(getExecutor());
        return virtual == null ? getExecutor() : virtual;
    }

    @Override
    protected void accept(int acceptor) {
        throw new UnsupportedOperationException("channels are handed in, not accepted");
    }

    @Override
    public Object getTransport() {
        return this;
    }

    /// Makes an endpoint and its HTTP connection; reading begins with {@link SshEndPoint#start}.
    SshEndPoint open(HttpChannel channel, SocketAddress local, SocketAddress remote) {
        var endPoint = new SshEndPoint(this, channel, local, remote);
        endPoint.setIdleTimeout(getIdleTimeout());
        Connection connection = getDefaultConnectionFactory().newConnection(this, endPoint);
        endPoint.setConnection(connection);
        endPoint.onOpen();
        onEndPointOpened(endPoint);
        connection.addEventListener(
                new Connection.Listener() {
                    @Override
                    public void onClosed(Connection closed) {
                        onEndPointClosed(endPoint);
                    }
                });
        return endPoint;
    }
}
