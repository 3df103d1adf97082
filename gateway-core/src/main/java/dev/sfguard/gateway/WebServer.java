package dev.sfguard.gateway;

import dev.sfguard.gateway.admin.Api;
import dev.sfguard.gateway.identity.Caller;
import dev.sfguard.gateway.proxy.ProxyHandler;
import dev.sfguard.gateway.tunnel.Handshake;
import dev.sfguard.gateway.tunnel.SshConnector;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// One HTTP server for both ways in: the tunnel's channels, and the HTTPS front where there is
/// one.
/// Every request runs on a virtual thread, so that handlers may block.
final class WebServer implements AutoCloseable {
    /// Drivers poll for 45 s and pause between pages of rows; a load balancer cuts at 60 s
    /// anyhow.
    private static final long HTTPS_IDLE_MILLIS = 120_000;

    /// Selectors and the scheduler need real threads; requests do not.
    private static final int THREADS = 64;

    /// Drivers send their environment in headers; 32 KiB is twice what any was seen to send.
    private static final int HEADER_BYTES = 32 * 1024;

    private final Server server;
    private final SshConnector tunnel;
    private final Optional<ServerConnector> https;

    private WebServer(Server server, SshConnector tunnel, Optional<ServerConnector> https) {
        this.server = server;
        this.tunnel = tunnel;
        this.https = https;
    }

    static WebServer start(Optional<GatewayConfig.HttpsFront> front, ProxyHandler proxy, Api api)
            throws IOException {
        var threads = new QueuedThreadPool(THREADS);
        threads.setName("gateway");
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        var server = new Server(threads);
        var tunnel = new SshConnector(server, configuration());
        server.addConnector(tunnel);
        Optional<ServerConnector> https = Optional.empty();
        if (front.isPresent()) {
            https = Optional.of(https(server, front.get()));
            server.addConnector(https.get());
        }
        server.setHandler(new ByVirtualHost(proxy, api));
        try {
            server.start();
        } catch (IOException failed) {
            throw failed;
        } catch (Exception failed) {
            throw new IOException("The web server cannot start: " + failed.getMessage(), failed);
        }
        return new WebServer(server, tunnel, https);
    }

    SshConnector tunnel() {
        return tunnel;
    }

    Optional<Integer> httpsPort() {
        return https.map(ServerConnector::getLocalPort);
    }

    @Override
    public void close() throws IOException {
        try {
            server.stop();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (Exception failed) {
            throw new IOException("The web server did not stop: " + failed.getMessage(), failed);
        }
    }

    private static ServerConnector https(Server server, GatewayConfig.HttpsFront front)
            throws IOException {
        var configuration = configuration();
        // The Host is checked by the handler against the public name; clients at loopback send
        // addresses that no certificate's SNI could name.
        var customizer = new SecureRequestCustomizer();
        customizer.setSniHostCheck(false);
        configuration.addCustomizer(customizer);
        var connector =
                new ServerConnector(
                        server,
                        1,
                        1,
                        new TlsConnections(PemKeys.server(front), "http/1.1"),
                        new HttpConnectionFactory(configuration));
        connector.setHost(front.address().getHostString());
        connector.setPort(front.address().getPort());
        connector.setIdleTimeout(HTTPS_IDLE_MILLIS);
        return connector;
    }

    private static HttpConfiguration configuration() {
        var configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setSendXPoweredBy(false);
        configuration.setRequestHeaderSize(HEADER_BYTES);
        return configuration;
    }

    /// A tunnelled connection says by its channel whom it wants; all others want the proxy.
    private static final class ByVirtualHost extends Handler.Abstract {
        private final ProxyHandler proxy;
        private final Api api;

        ByVirtualHost(ProxyHandler proxy, Api api) {
            this.proxy = proxy;
            this.api = api;
            proxy.setServer(getServer());
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws Exception {
            var transport =
                    request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
            boolean wantsApi =
                    transport instanceof Caller caller
                            && caller.virtualHost().equals(Handshake.API_HOST);
            return wantsApi
                    ? api.handle(request, response, callback)
                    : proxy.handle(request, response, callback);
        }
    }
}
