package dev.sfguard.agent.forward;

import dev.sfguard.agent.AgentFailure;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// A port on 127.0.0.1 whose connections end in the tunnel.
public final class LocalListener implements AutoCloseable {
    private static final int BACKLOG = 256;

    private static final System.Logger LOG = System.getLogger(LocalListener.class.getName());

    private final ServerSocket server;
    private final Wire.Opener far;
    private final Apology apology;
    private final Set<Wire> open = ConcurrentHashMap.newKeySet();

    private LocalListener(ServerSocket server, Wire.Opener far, Apology apology) {
        this.server = server;
        this.far = far;
        this.apology = apology;
    }

    /// What a client is told when the tunnel cannot be reached.
    @FunctionalInterface
    public interface Apology {
        /// @return the bytes of an HTTP response
        byte[] to(IOException failure);
    }

    /// Listens when this returns.
    ///
    /// @param port 0 takes a free one
    /// @throws AgentFailure.PortInUse when somebody else has it
    public static LocalListener open(int port, Wire.Opener far, Apology apology)
            throws IOException {
        var server = new ServerSocket();
        try {
            // Restarting must not wait for the last run's connections to time out.
            server.setReuseAddress(true);
            server.bind(
                    new InetSocketAddress(
                            InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port),
                    BACKLOG);
        } catch (BindException taken) {
            server.close();
            throw new AgentFailure.PortInUse(port);
        }
        var listener = new LocalListener(server, far, apology);
        Thread.ofVirtual().name("listen-" + server.getLocalPort()).start(listener::accept);
        return listener;
    }

    public int port() {
        return server.getLocalPort();
    }

    /// Connections that exist now.
    public int connections() {
        return open.size();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                Thread.ofVirtual().name("forward").start(() -> serve(socket));
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "closed, or one connection broke before it was taken", e);
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var near = new SocketWire(socket);
            open.add(near);
            try {
                forward(near, far, apology);
            } finally {
                open.remove(near);
            }
        } catch (IOException gone) {
            // The client left.
            return;
        }
    }

    static void forward(Wire near, Wire.Opener far, Apology apology) throws IOException {
        Wire other;
        try {
            other = far.open();
        } catch (IOException failure) {
            // A client waits for an answer to its request, so it is read first.
            Apologies.answer(near, apology.to(failure));
            return;
        }
        Pump.join(near, other);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException gone) {
            // The port is free either way; its connections are not.
            open.forEach(Wire::close);
            return;
        }
        open.forEach(Wire::close);
    }
}
