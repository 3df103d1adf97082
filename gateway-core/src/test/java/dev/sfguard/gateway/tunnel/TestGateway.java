package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.IssuerSettings;
import dev.sfguard.gateway.identity.TestIssuer;
import dev.sfguard.gateway.identity.TokenVerifier;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// A gateway on a free port, with an issuer and Jetty behind it, and a plain SSH client.
final class TestGateway implements AutoCloseable {
    static final Duration WAIT = Duration.ofSeconds(20);

    final TestIssuer issuer = new TestIssuer();
    final EchoHandler handler = new EchoHandler();
    final Set<Long> revoked = ConcurrentHashMap.newKeySet();
    final SshConnector connector;
    final CertificateAuthority authority;
    final SshGateway gateway;
    private final Server jetty;
    private final SshClient client = SshClient.setUpDefaultClient();

    TestGateway(SshGatewaySettings.Limits limits, Duration certificateLife) throws Exception {
        var threads = new QueuedThreadPool();
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        jetty = new Server(threads);
        connector = new SshConnector(jetty, new HttpConfiguration());
        jetty.addConnector(connector);
        jetty.setHandler(handler);
        jetty.start();
        authority = new CertificateAuthority(newKey(), certificateLife, Clock.systemUTC());
        var used = ConcurrentHashMap.<String>newKeySet();
        var tokens =
                new TokenVerifier(
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
        var settings =
                new SshGatewaySettings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        newKey(),
                        Set.of("shop", "prod")::contains,
                        revoked::contains,
                        new Handshake.Offer(
                                "gw-1", Optional.of(issuer.uri()), Optional.of("sfguard-cli")),
                        limits);
        gateway = SshGateway.start(settings, connector, tokens, authority, Clock.systemUTC());
        client.setServerKeyVerifier(
                (session, remote, key) ->
                        KeyUtils.getFingerPrint(key).equals(gateway.hostKeyFingerprint()));
        client.start();
    }

    static TestGateway usual() throws Exception {
        return new TestGateway(SshGatewaySettings.Limits.usual(), Duration.ofMinutes(10));
    }

    static KeyPair newKey() throws Exception {
        return KeyUtils.generateKeyPair("ssh-ed25519", 256);
    }

    static Identity ana() {
        return new Identity(
                "ana-1",
                "ana@shop.example",
                Identity.Kind.HUMAN,
                Set.of("analysts"),
                "https://idp.example",
                Instant.EPOCH);
    }

    static OpenSshCertificate certificate(String line) throws Exception {
        return (OpenSshCertificate)
                PublicKeyEntry.parsePublicKeyEntry(line)
                        .resolvePublicKey(null, java.util.Map.of(), PublicKeyEntryResolver.FAILING);
    }

    ClientSession connect(String user) throws Exception {
        return client.connect(user, "127.0.0.1", gateway.port()).verify(WAIT).getSession();
    }

    /// A session for `ana` with a fresh key and certificate.
    ClientSession certified() throws Exception {
        var key = newKey();
        return certified(key, authority.issue(ana(), PublicKeyEntry.toString(key.getPublic())));
    }

    ClientSession certified(KeyPair key, IssuedCertificate issued) throws Exception {
        return withCertificate(issued.user(), key, certificate(issued.openSsh()));
    }

    ClientSession withCertificate(String user, KeyPair key, OpenSshCertificate certificate)
            throws Exception {
        var session = connect(user);
        session.addPublicKeyIdentity(new KeyPair(certificate, key.getPrivate()));
        session.auth().verify(WAIT);
        return session;
    }

    ClientSession enrolling(String token) throws Exception {
        var session = connect(Handshake.ENROL_USER);
        session.setUserInteraction(new OneAnswer(token));
        session.auth().verify(WAIT);
        return session;
    }

    @Override
    public void close() throws Exception {
        client.stop();
        gateway.close();
        jetty.stop();
        issuer.close();
    }
}
