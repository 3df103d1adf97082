package dev.sfguard.agent.forward;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Consumer;

/// A unix domain socket in a private folder. Whoever can open it is the person whose folder it is.
public final class UnixListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(UnixListener.class.getName());

    private final ServerSocketChannel server;
    private final Path path;
    private final Consumer<Wire> served;

    private UnixListener(ServerSocketChannel server, Path path, Consumer<Wire> served) {
        this.server = server;
        this.path = path;
        this.served = served;
    }

    /// Listens when this returns. A socket file that a dead process left is replaced.
    ///
    /// @param served called on a thread of its own for each connection, and closes it
    public static UnixListener open(Path path, Consumer<Wire> served) throws IOException {
        Files.deleteIfExists(path);
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            server.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            server.close();
            throw e;
        }
        var listener = new UnixListener(server, path, served);
        Thread.ofVirtual().name("listen-" + path.getFileName()).start(listener::accept);
        return listener;
    }

    /// Forwards a connection to the other end, byte by byte.
    public static Consumer<Wire> forwarding(Wire.Opener far, LocalListener.Apology apology) {
        return near -> {
            try {
                LocalListener.forward(near, far, apology);
            } catch (IOException gone) {
                near.close();
            }
        };
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel channel = server.accept();
                Thread.ofVirtual()
                        .name("local")
                        .start(
                                () -> {
                                    try (var wire = new UnixWire(channel)) {
                                        served.accept(wire);
                                    }
                                });
            } catch (IOException e) {
                LOG.log(Level.DEBUG, "closed, or one connection broke before it was taken", e);
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException gone) {
            // A socket file that stays is replaced by the next agent.
            return;
        }
    }
}
