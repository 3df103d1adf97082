package dev.sfguard.sandbox;

import com.sun.net.httpserver.HttpServer;
import dev.sfguard.sandbox.engine.Account;
import dev.sfguard.sandbox.protocol.Logins;
import dev.sfguard.sandbox.protocol.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// A Snowflake account on 127.0.0.1: its protocol in front, DuckDB behind it. For demos, tests and
/// benchmarks.
public final class SnowflakeServer implements AutoCloseable {
    static {
        // Headers and body leave in two writes; with Nagle's algorithm the second waits 40 ms for
        // an acknowledgement.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private final HttpServer server;
    private final ExecutorService threads;
    private final Account account;
    private final Logins logins;
    private final Router router;
    private final Witness witness;
    private final Faults faults;

    private SnowflakeServer(
            SandboxSettings settings, HttpServer server, Account account, Witness witness) {
        this.server = server;
        this.account = account;
        this.witness = witness;
        threads = Executors.newVirtualThreadPerTaskExecutor();
        logins = new Logins(settings, account);
        faults = new Faults(logins::expireSessions, logins::expireMasters);
        router = new Router(settings, logins, witness, faults, uri());
    }

    /// Starts the account with its sample data; it answers when this returns.
    ///
    /// @throws IOException when the port is taken or the log cannot be written
    public static SnowflakeServer start(SandboxSettings settings) throws IOException {
        var loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        var witness = new Witness(settings);
        try {
            var account = Account.open(settings.account());
            var http = HttpServer.create(new InetSocketAddress(loopback, settings.port()), 0);
            var server = new SnowflakeServer(settings, http, account, witness);
            http.createContext("/", server.router);
            http.setExecutor(server.threads);
            http.start();
            return server;
        } catch (SQLException e) {
            witness.close();
            throw new IOException("DuckDB did not start: " + e.getMessage(), e);
        }
    }

    public int port() {
        return server.getAddress().getPort();
    }

    /// `http://127.0.0.1:PORT`.
    public URI uri() {
        return URI.create("http://127.0.0.1:" + port());
    }

    /// Every statement that reached the account, oldest first.
    public List<ReceivedStatement> received() {
        return witness.statements();
    }

    /// Every HTTP request, oldest first.
    public List<ReceivedRequest> requests() {
        return witness.requests();
    }

    /// Forgets what was received; the log file keeps it.
    public void forgetReceived() {
        witness.forget();
    }

    public Faults faults() {
        return faults;
    }

    /// Sessions that are open now.
    public int sessions() {
        return logins.open();
    }

    @Override
    public void close() {
        server.stop(0);
        router.close();
        logins.close();
        threads.shutdownNow();
        account.close();
        try {
            witness.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("the sandbox's log would not close", e);
        }
    }
}
