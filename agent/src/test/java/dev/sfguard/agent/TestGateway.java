package dev.sfguard.agent;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.identity.Caller;
import dev.sfguard.gateway.identity.IssuerSettings;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.identity.TokenVerifier;
import dev.sfguard.gateway.identity.Verdict;
import dev.sfguard.gateway.tunnel.CertificateAuthority;
import dev.sfguard.gateway.tunnel.Handshake;
import dev.sfguard.gateway.tunnel.SshConnector;
import dev.sfguard.gateway.tunnel.SshGateway;
import dev.sfguard.gateway.tunnel.SshGatewaySettings;
import dev.sfguard.sandbox.issuer.DevIssuer;
import dev.sfguard.sandbox.issuer.DevIssuerSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The gateway's real SSH end and token check, an issuer beside it, and a small API behind.
public final class TestGateway implements AutoCloseable {
    public final DevIssuer issuer;
    final AtomicInteger certificates = new AtomicInteger();
    final AtomicInteger renewals = new AtomicInteger();
    private final KeyPair hostKey;
    private final Server jetty;
    private final SshConnector connector;
    private final CertificateAuthority authority;
    private final TokenVerifier tokens;
    private SshGateway gateway;
    private boolean stopped;

    TestGateway(Duration certificateLife) throws Exception {
        issuer = DevIssuer.start(DevIssuerSettings.demo());
        hostKey = newKey();
        authority = new CertificateAuthority(newKey(), certificateLife, Clock.systemUTC());
        tokens = verifier();
        var threads = new QueuedThreadPool();
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        jetty = new Server(threads);
        connector = new SshConnector(jetty, new HttpConfiguration());
        jetty.addConnector(connector);
        jetty.setHandler(new Api());
        jetty.start();
        gateway = listen(0);
    }

    private SshGateway listen(int port) throws Exception {
        return SshGateway.start(
                new SshGatewaySettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        hostKey,
                        Set.of("shop", "prod")::contains,
                        serial -> false,
                        new Handshake.Offer(
                                "gw-1", Optional.of(issuer.uri()), Optional.of("sfguard-cli")),
                        SshGatewaySettings.Limits.usual()),
                connector,
                tokens,
                authority,
                Clock.systemUTC());
    }

    private TokenVerifier verifier() {
        var used = ConcurrentHashMap.<String>newKeySet();
        return new TokenVerifier(
                List.of(
                        new IssuerSettings(
                                issuer.uri(),
                                Optional.of("sfguard-cli"),
                                "sfguard",
                                "groups",
                                Set.of(),
                                Set.of("client_credentials"))),
                (token, expires) -> used.add(token),
                Clock.systemUTC());
    }

    private static KeyPair newKey() throws Exception {
        return KeyUtils.generateKeyPair("ssh-ed25519", 256);
    }

    GatewayAddress pinned() {
        return unpinned().pinned(gateway.hostKeyFingerprint());
    }

    GatewayAddress unpinned() {
        return new GatewayAddress("127.0.0.1", gateway.port(), Optional.empty());
    }

    String idToken() {
        return issuer.idToken("ana", "sfguard-cli");
    }

    /// Ends all tunnels and comes back at the same port.
    void restart() throws Exception {
        int port = gateway.port();
        gateway.close();
        gateway = listen(port);
    }

    void stop() throws Exception {
        stopped = true;
        gateway.close();
    }

    @Override
    public void close() throws Exception {
        if (!stopped) {
            stop();
        }
        jetty.stop();
        issuer.close();
    }

    private final class Api extends Handler.Abstract {
        private final ObjectMapper json = new ObjectMapper();

        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws Exception {
            var caller =
                    (Caller)
                            request.getConnectionMetaData()
                                    .getConnection()
                                    .getEndPoint()
                                    .getTransport();
            byte[] body;
            try (var in = Content.Source.asInputStream(request)) {
                body = in.readAllBytes();
            }
            Object answer =
                    caller.virtualHost().equals("api")
                            ? answer(caller, request, response, body)
                            : Map.of("warehouse", caller.virtualHost(), "bytes", body.length);
            try (var out = Content.Sink.asOutputStream(response)) {
                json.writeValue(out, answer);
            }
            callback.succeeded();
            return true;
        }

        private Object answer(Caller caller, Request request, Response response, byte[] body)
                throws Exception {
            String path = request.getHttpURI().getPath();
            if (path.equals("/v1/certificates")) {
                return certificate(caller, body);
            }
            if (caller.isEnrolling()) {
                response.setStatus(403);
                return Map.of("error", Map.of("code", "forbidden", "message", "Enrol first."));
            }
            return switch (path) {
                case "/v1/whoami" -> Map.of("user", caller.identity().name());
                case "/v1/connections/shop/secret" -> Map.of("secret", "canary-secret");
                default -> {
                    response.setStatus(404);
                    yield Map.of("error", Map.of("code", "not_found", "message", "None."));
                }
            };
        }

        private Object certificate(Caller caller, byte[] body) throws Exception {
            var request = json.readTree(body);
            certificates.incrementAndGet();
            var identity = caller.identity();
            if (!caller.isEnrolling()) {
                renewals.incrementAndGet();
                var verdict = tokens.forEnrolment(Secret.of(request.path("token").asText()));
                identity = ((Verdict.Verified) verdict).identity();
            }
            var issued = authority.issue(identity, request.path("public_key").asText());
            return Map.of(
                    "certificate", issued.openSsh(),
                    "serial", Long.toString(issued.serial()),
                    "expires", issued.identity().expires().toString(),
                    "user", identity.name(),
                    "kind", "human",
                    "groups", List.copyOf(identity.groups()));
        }
    }
}
