package dev.sfguard.agent.tunnel;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.GatewayAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.compression.BuiltinCompressions;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;

/// Our end of SSH connections to one gateway: tuned, and trusting one host key alone.
final class SshEnd implements AutoCloseable {
    private static final long WINDOW = 4 * 1024 * 1024;
    private static final long PACKET = 128 * 1024;
    private static final int READ_BUFFER = 256 * 1024;

    private final GatewayAddress gateway;
    private final TunnelSettings settings;
    private final SshClient client;
    private final AtomicReference<String> shown = new AtomicReference<>("");

    /// @param gateway without a pin every host key is refused, but {@link #shownHostKey} tells it
    SshEnd(GatewayAddress gateway, TunnelSettings settings) {
        this.gateway = gateway;
        this.settings = settings;
        client = ClientBuilder.builder().build();
        // The person's own SSH configuration and keys are not ours to use.
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        client.setUserAuthFactories(
                List.of(
                        UserAuthPublicKeyFactory.INSTANCE,
                        UserAuthKeyboardInteractiveFactory.INSTANCE));
        client.setServerKeyVerifier(
                (session, address, key) -> {
                    String fingerprint = KeyUtils.getFingerPrint(key);
                    shown.set(fingerprint);
                    return gateway.pin().equals(Optional.of(fingerprint));
                });
        chooseAlgorithms();
        tune();
        client.start();
    }

    /// GCM costs half the CPU of the library's first choice; ML-KEM costs nothing noticeable.
    private void chooseAlgorithms() {
        client.setCipherFactories(List.of(BuiltinCiphers.aes128gcm, BuiltinCiphers.aes256gcm));
        client.setCompressionFactories(List.of(BuiltinCompressions.none));
        client.setKeyExchangeFactories(
                NamedFactory.setUpTransformedFactories(
                        false,
                        List.of(
                                BuiltinDHFactories.mlkem768x25519,
                                BuiltinDHFactories.curve25519,
                                BuiltinDHFactories.curve25519_libssh,
                                BuiltinDHFactories.sntrup761x25519,
                                BuiltinDHFactories.ecdhp256),
                        ClientBuilder.DH2KEX));
    }

    private void tune() {
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        CoreModuleProperties.WINDOW_SIZE.set(client, WINDOW);
        CoreModuleProperties.MAX_PACKET_SIZE.set(client, PACKET);
        CoreModuleProperties.NIO2_READ_BUFFER_SIZE.set(client, READ_BUFFER);
        // Probes of our own tell the living from the dead.
        CoreModuleProperties.IDLE_TIMEOUT.set(client, java.time.Duration.ofDays(30));
        CoreModuleProperties.AUTH_TIMEOUT.set(client, settings.connect());
    }

    /// The TCP connection; the host key is checked during the login.
    ClientSession connect(String user) throws AgentFailure {
        try {
            var address =
                    new InetSocketAddress(InetAddress.getByName(gateway.host()), gateway.port());
            return client.connect(user, address).verify(settings.connect()).getSession();
        } catch (UnknownHostException e) {
            throw unreachable("no such host", e);
        } catch (IOException e) {
            throw unreachable(reason(e), e);
        }
    }

    /// Logs in, or says why that failed.
    ///
    /// @return false when the gateway let us try and said no
    boolean login(ClientSession session) throws AgentFailure {
        try {
            session.auth().verify(settings.connect());
            return true;
        } catch (IOException e) {
            if (isHostKeyWrong()) {
                throw new AgentFailure.HostKeyMismatch(
                        gateway.place(), gateway.pin().orElse("none"), shown.get());
            }
            if (shown.get().isEmpty()) {
                throw new AgentFailure.GatewayFault(
                        gateway.place(), "it did not complete an SSH handshake", e);
            }
            return false;
        }
    }

    private boolean isHostKeyWrong() {
        return !shown.get().isEmpty() && !gateway.pin().equals(Optional.of(shown.get()));
    }

    /// The fingerprint of the host key that the gateway showed last; empty before a login.
    String shownHostKey() {
        return shown.get();
    }

    GatewayAddress gateway() {
        return gateway;
    }

    AgentFailure.GatewayUnreachable unreachable(String why, Throwable cause) {
        return new AgentFailure.GatewayUnreachable(gateway.place(), why, cause);
    }

    private static String reason(Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.net.ConnectException) {
                return "connection refused";
            }
            if (cause instanceof java.net.NoRouteToHostException) {
                return "no route to it";
            }
            if (cause instanceof java.util.concurrent.TimeoutException) {
                return "no answer";
            }
        }
        return "the connection could not be made";
    }

    @Override
    public void close() {
        client.stop();
    }
}
