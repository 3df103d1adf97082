package dev.sfguard.agent.bench;

import dev.sfguard.agent.GatewayAddress;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.client.ClientBuilder;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedFactory;
import org.apache.sshd.common.cipher.BuiltinCiphers;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.kex.BuiltinDHFactories;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;

/// Many idle tunnels of one signed-in person: opens them as fast as the gateway lets it, says how
/// long that took, and keeps them until it is ended. Says so when one is lost.
///
/// Arguments: an agent's home, how many, how many at once.
public final class TunnelCrowd {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final GatewayAddress gateway;
    private final KeyPair key;
    private final String user;
    private final AtomicInteger lost = new AtomicInteger();
    private final SshClient client = ClientBuilder.builder().build();

    private TunnelCrowd(Path home) throws Exception {
        gateway = GatewayAddress.parse(Files.readString(home.resolve("gateway")).strip());
        var certificate = certificate(Files.readString(home.resolve("id-cert.pub")).strip());
        user = certificate.getPrincipals().iterator().next();
        key = new KeyPair(certificate, privateKey(home.resolve("id")));
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
        client.setServerKeyVerifier(
                (session, address, shown) ->
                        KeyUtils.getFingerPrint(shown).equals(gateway.pin().orElse("")));
        // As the agent chooses.
        client.setCipherFactories(List.of(BuiltinCiphers.aes128gcm));
        client.setKeyExchangeFactories(
                NamedFactory.setUpTransformedFactories(
                        false,
                        List.of(BuiltinDHFactories.mlkem768x25519, BuiltinDHFactories.curve25519),
                        ClientBuilder.DH2KEX));
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ofDays(1));
        client.start();
    }

    public static void main(String[] arguments) throws Exception {
        int count = Integer.parseInt(arguments[1]);
        var crowd = new TunnelCrowd(Path.of(arguments[0]));
        long start = System.nanoTime();
        int open = crowd.open(count, Integer.parseInt(arguments[2]));
        double seconds = (System.nanoTime() - start) / 1e9;
        System.out.printf(Locale.ROOT, "open=%d seconds=%.3f%n", open, seconds);
        Thread.currentThread().join();
    }

    /// @return how many are open, which is all of them
    private int open(int count, int atOnce) throws Exception {
        var left = new AtomicInteger(count);
        var broken = new AtomicBoolean();
        Callable<Integer> worker =
                () -> {
                    int opened = 0;
                    while (!broken.get() && left.getAndDecrement() > 0) {
                        try {
                            one();
                            opened++;
                        } catch (Exception e) {
                            broken.set(true);
                            throw e;
                        }
                    }
                    return opened;
                };
        var workers = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < atOnce; i++) {
            workers.add(worker);
        }
        int opened = 0;
        try (var threads = Executors.newFixedThreadPool(atOnce)) {
            for (var done : threads.invokeAll(workers)) {
                opened += done.get();
            }
        }
        return opened;
    }

    private void one() throws Exception {
        ClientSession session =
                client.connect(user, gateway.host(), gateway.port()).verify(PATIENCE).getSession();
        session.addPublicKeyIdentity(key);
        session.auth().verify(PATIENCE);
        session.addCloseFutureListener(
                closed -> System.out.println("lost=" + lost.incrementAndGet()));
    }

    private static OpenSshCertificate certificate(String line) throws Exception {
        PublicKey read =
                PublicKeyEntry.parsePublicKeyEntry(line)
                        .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
        return (OpenSshCertificate) read;
    }

    private static PrivateKey privateKey(Path file) throws Exception {
        try (var in =
                new ByteArrayInputStream(Files.readString(file).getBytes(StandardCharsets.UTF_8))) {
            return SecurityUtils.loadKeyPairIdentities(null, () -> "id", in, null)
                    .iterator()
                    .next()
                    .getPrivate();
        }
    }
}
