package dev.sfguard.agent.bench;

import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.tunnel.AgentKey;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.TokenVerifier;
import dev.sfguard.gateway.tunnel.CertificateAuthority;
import dev.sfguard.gateway.tunnel.Handshake;
import dev.sfguard.gateway.tunnel.SshConnector;
import dev.sfguard.gateway.tunnel.SshGateway;
import dev.sfguard.gateway.tunnel.SshGatewaySettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// The gateway's own SSH end, whose channels end in a local port instead of in HTTP. What the
/// product loses against this is what it does with requests; it is not a part of the product.
///
/// Arguments: a folder, in which it leaves a key and a certificate for {@link RawAgent}, and the
/// port.
public final class RawGateway {
    /// Longer than any run.
    private static final Duration LIFE = Duration.ofHours(12);

    static final String CONNECTION = "bench";
    static final String KEY = "id";
    static final String CERTIFICATE = "id-cert.pub";
    static final String ADDRESS = "gateway";

    private RawGateway() {}

    public static void main(String[] arguments) throws Exception {
        start(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        System.out.println("raw gateway is ready");
        Thread.currentThread().join();
    }

    static SshGateway start(Path folder, int targetPort) throws Exception {
        var authority = new CertificateAuthority(newKey(), LIFE, Clock.systemUTC());
        var settings =
                new SshGatewaySettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        newKey(),
                        CONNECTION::equals,
                        serial -> false,
                        new Handshake.Offer("raw", Optional.empty(), Optional.empty()),
                        SshGatewaySettings.Limits.usual());
        var nobody = new TokenVerifier(List.of(), (token, expires) -> false, Clock.systemUTC());
        var gateway =
                SshGateway.start(
                        settings, connector(targetPort), nobody, authority, Clock.systemUTC());
        leaveKey(folder, authority, gateway);
        return gateway;
    }

    private static SshConnector connector(int targetPort) throws Exception {
        var threads = new QueuedThreadPool();
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        var jetty = new Server(threads);
        var connector = new SshConnector(jetty, new HttpConfiguration());
        connector.setConnectionFactories(List.of(new RawBytes(targetPort)));
        connector.setDefaultProtocol(RawBytes.PROTOCOL);
        jetty.addConnector(connector);
        jetty.start();
        return connector;
    }

    private static void leaveKey(Path folder, CertificateAuthority authority, SshGateway gateway)
            throws Exception {
        var bench =
                new Identity(
                        "bench",
                        "bench",
                        Identity.Kind.WORKLOAD,
                        Set.of(),
                        "https://issuer.invalid",
                        Instant.MAX);
        var key = AgentKey.generate();
        Files.writeString(folder.resolve(KEY), key.privateText().reveal());
        Files.writeString(
                folder.resolve(CERTIFICATE), authority.issue(bench, key.publicText()).openSsh());
        var address = new GatewayAddress("127.0.0.1", gateway.port(), Optional.empty());
        Files.writeString(
                folder.resolve(ADDRESS), address.pinned(gateway.hostKeyFingerprint()).toString());
    }

    private static KeyPair newKey() throws Exception {
        return KeyUtils.generateKeyPair("ssh-ed25519", 256);
    }
}
