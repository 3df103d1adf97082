package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.TokenVerifier;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;

/// The SSH server: no shell, no commands, no files, no forwarding of anything but our own
/// channels,
/// which end in Jetty. Any OpenSSH client with a certificate can use it.
public final class SshGateway implements AutoCloseable {
    /// Tunnels idle for days are fine: probes tell the living from the dead.
    private static final Duration IDLE = Duration.ofDays(30);

    /// Requests are small; a receive window bounds what one channel can make us hold.
    private static final long WINDOW = 512 * 1024;

    private static final long PACKET = 64 * 1024;

    private static final int READ_BUFFER = 32 * 1024;

    /// How long running replies may take to leave when the gateway stops.
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final SshServer server;
    private final SessionWatch watch;
    private final String fingerprint;

    private SshGateway(SshServer server, SessionWatch watch, String fingerprint) {
        this.server = server;
        this.watch = watch;
        this.fingerprint = fingerprint;
    }

    /// Starts listening; logins work when this returns.
    ///
    /// @param connector of a started Jetty server
    /// @throws IOException when the port is taken
    public static SshGateway start(
            SshGatewaySettings settings,
            SshConnector connector,
            TokenVerifier tokens,
            CertificateAuthority authority,
            Clock clock)
            throws IOException {
        var server = ServerBuilder.builder().build();
        server.setHost(settings.listen().getHostString());
        server.setPort(settings.listen().getPort());
        server.setKeyPairProvider(KeyPairProvider.wrap(settings.hostKey()));
        chooseAlgorithms(server);
        limit(server, settings.limits());
        lockDown(server, connector, settings);
        var login = new SshLogin(authority, tokens, settings.revoked(), settings.offer(), clock);
        server.setPublickeyAuthenticator(login);
        server.setKeyboardInteractiveAuthenticator(login);
        server.setUserAuthFactories(
                List.of(
                        UserAuthPublicKeyFactory.INSTANCE,
                        UserAuthKeyboardInteractiveFactory.INSTANCE));
        var watch =
                new SessionWatch(server, authority, settings.revoked(), settings.limits(), clock);
        server.addSessionListener(watch);
        server.start();
        watch.start();
        return new SshGateway(server, watch, KeyFiles.fingerprint(settings.hostKey()));
    }

    /// GCM costs half the CPU of the library's first choice; ML-KEM costs nothing noticeable.
    private static void chooseAlgorithms(SshServer server) {
        server.setCipherFactories(List.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm));
        server.setCompressionFactories(List.of(BuiltinCompressions.none));
        server.setKeyExchangeFactories(
                NamedFactory.setUpTransformedFactories(
                        false,
                        List.of(
                                BuiltinDHFactories.mlkem768x25519,
                                BuiltinDHFactories.curve25519,
                                BuiltinDHFactories.curve25519_libssh,
                                BuiltinDHFactories.sntrup761x25519,
                                BuiltinDHFactories.sntrup761x25519_openssh,
                                BuiltinDHFactories.ecdhp256,
                                BuiltinDHFactories.ecdhp384),
                        ServerBuilder.DH2KEX));
        server.setSignatureFactories(
                List.of(
                        BuiltinSignatures.ed25519_cert,
                        BuiltinSignatures.ed25519,
                        BuiltinSignatures.nistp256_cert,
                        BuiltinSignatures.nistp256,
                        BuiltinSignatures.nistp384_cert,
                        BuiltinSignatures.nistp384,
                        BuiltinSignatures.rsaSHA512_cert,
                        BuiltinSignatures.rsaSHA512,
                        BuiltinSignatures.rsaSHA256_cert,
                        BuiltinSignatures.rsaSHA256));
    }

    private static void limit(SshServer server, SshGatewaySettings.Limits limits) {
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        CoreModuleProperties.WINDOW_SIZE.set(server, WINDOW);
        CoreModuleProperties.MAX_PACKET_SIZE.set(server, PACKET);
        CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(server, READ_BUFFER);
        CoreModuleProperties.IDLE_TIMEOUT.set(server, IDLE);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, limits.loginTime());
        CoreModuleProperties.MAX_AUTH_REQUESTS.set(server, limits.loginAttempts());
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, limits.channels());
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "sfguard");
    }

    private static void lockDown(
            SshServer server, SshConnector connector, SshGatewaySettings settings) {
        server.setChannelFactories(
                List.of(new HttpChannel.Factory(connector, settings.connections())));
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setGlobalRequestHandlers(
                List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE));
        server.setShellFactory(null);
        server.setCommandFactory(null);
        server.setSubsystemFactories(null);
        server.setAgentFactory(null);
    }

    public int port() {
        return server.getPort();
    }

    /// `SHA256:…`, to be told to people beside the address.
    public String hostKeyFingerprint() {
        return fingerprint;
    }

    /// SSH sessions that exist now, logged in or not.
    public int sessions() {
        return server.getActiveSessions().size();
    }

    /// Stops listening, lets what is being written leave for a few seconds, and ends the tunnels.
    @Override
    public void close() throws IOException {
        watch.close();
        var sessions = server.getActiveSessions();
        sessions.forEach(session -> session.close(false));
        if (!server.close(false).await(CLOSING)) {
            server.close(true).await(CLOSING);
        }
    }
}
