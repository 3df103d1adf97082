package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/// Speaks just enough of Snowflake's protocol to be measured against: takes any login, answers
/// statements from a script, as fast as it can, over plain HTTP and TLS on 127.0.0.1.
///
/// `select * from inline_64mb`, `chunked_64mb` and `gzipped_64mb` give a result of so many MiB, in
/// the reply itself, in chunks, or in gzipped chunks as the real service sends them. Every other
/// query gives one row.
public final class ScriptedSnowflake implements AutoCloseable {
    private final ServerSocket plain;
    private final Optional<ServerSocket> tls;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<String, ScriptedSession> sessions = new ConcurrentHashMap<>();
    private final AtomicLong sessionCount = new AtomicLong();
    private final AtomicLong queryCount = new AtomicLong();

    private ScriptedSnowflake(ServerSocket plain, Optional<ServerSocket> tls) {
        this.plain = plain;
        this.tls = tls;
    }

    /// Listens on free ports.
    ///
    /// @param tls when given, the server also listens for TLS
    public static ScriptedSnowflake start(Optional<SSLContext> tls) throws IOException {
        var plain = new ServerSocket();
        var sockets = new ArrayList<>(List.of(plain));
        if (tls.isPresent()) {
            sockets.add(tls.get().getServerSocketFactory().createServerSocket());
        }
        for (var socket : sockets) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        }
        var server =
                new ScriptedSnowflake(
                        plain,
                        sockets.size() == 2 ? Optional.of(sockets.get(1)) : Optional.empty());
        server.threads.execute(() -> server.accept(plain, "http"));
        server.tls.ifPresent(
                socket -> server.threads.execute(() -> server.accept(socket, "https")));
        return server;
    }

    public int port() {
        return plain.getLocalPort();
    }

    /// @throws IllegalStateException when the server was started without TLS
    public int tlsPort() {
        return tls.orElseThrow(() -> new IllegalStateException("started without TLS"))
                .getLocalPort();
    }

    /// How many statements were asked for since the start.
    public long queries() {
        return queryCount.get();
    }

    /// How many logins were answered since the start.
    public long logins() {
        return sessionCount.get();
    }

    ScriptedSession newSession(String role) {
        var session = new ScriptedSession(sessionCount.incrementAndGet(), role);
        sessions.put(session.token(), session);
        sessions.put(session.masterToken(), session);
        return session;
    }

    Optional<ScriptedSession> session(String token) {
        return Optional.ofNullable(sessions.get(token));
    }

    void forget(ScriptedSession session) {
        sessions.remove(session.token());
        sessions.remove(session.masterToken());
    }

    long nextQuery() {
        return queryCount.incrementAndGet();
    }

    private void accept(ServerSocket server, String scheme) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                threads.execute(() -> serve(socket, scheme));
            } catch (SocketException e) {
                // Closed: the loop ends.
            } catch (IOException e) {
                // One client's handshake; the others do not care.
            }
        }
    }

    private void serve(Socket socket, String scheme) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new ScriptedConnection(this, socket, scheme).serve();
        } catch (IOException e) {
            // The client went away or sent no HTTP: its connection ends, nothing else does.
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        plain.close();
        if (tls.isPresent()) {
            tls.get().close();
        }
        for (var socket : open) {
            socket.close();
        }
        threads.shutdownNow();
    }
}
