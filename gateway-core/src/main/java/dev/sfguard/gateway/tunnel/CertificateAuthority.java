package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.Identity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.sshd.certificate.OpenSshCertificateBuilder;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;

/// Signs short-lived SSH user certificates with the gateway's own ed25519 key, and remembers the
/// newest one of each serial, so that tunnels carry on when their certificate is renewed.
public final class CertificateAuthority {
    /// Clocks of clients may be behind.
    private static final Duration BACKDATED = Duration.ofMinutes(1);

    /// An ed25519 key with a comment has some 100 characters.
    private static final int LONGEST_KEY = 1024;

    /// What any SSH client can pass as a user name. A leading underscore is ours.
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}");

    private final KeyPair key;
    private final Duration life;
    private final Clock clock;
    private final Map<Long, Identity> newest = new ConcurrentHashMap<>();

    /// @param life of each certificate; 10 minutes to an hour are sensible
    public CertificateAuthority(KeyPair key, Duration life, Clock clock) {
        if (life.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("certificates must live a second: " + life);
        }
        this.key = key;
        this.life = life;
        this.clock = clock;
    }

    /// Certifies a key for whoever proved this identity.
    ///
    /// @param openSshPublicKey `ssh-ed25519 AAAA…`, with or without a comment
    /// @throws IllegalArgumentException when it is no ed25519 key; the message says why
    public IssuedCertificate issue(Identity identity, String openSshPublicKey) {
        PublicKey subjectKey = read(openSshPublicKey);
        Instant now = clock.instant();
        var certified =
                new Identity(
                        identity.subject(),
                        identity.name(),
                        identity.kind(),
                        identity.groups(),
                        identity.issuer(),
                        now.plus(life).truncatedTo(ChronoUnit.SECONDS));
        long serial = serial(subjectKey, certified);
        String user = user(certified);
        String line = sign(subjectKey, certified, serial, user, now);
        newest.values().removeIf(old -> old.expires().isBefore(now));
        newest.put(serial, certified);
        return new IssuedCertificate(line, serial, user, certified);
    }

    private String sign(
            PublicKey subjectKey, Identity certified, long serial, String user, Instant now) {
        try {
            var certificate =
                    OpenSshCertificateBuilder.userCertificate()
                            .publicKey(subjectKey)
                            .id(certified.issuer() + " " + certified.subject())
                            .serial(serial)
                            .principals(List.of(user))
                            .extensions(
                                    Map.of(
                                            Handshake.IDENTITY_EXTENSION,
                                            CertifiedIdentity.toJson(certified),
                                            "permit-port-forwarding",
                                            ""))
                            .validAfter(now.minus(BACKDATED))
                            .validBefore(certified.expires())
                            .sign(key);
            return PublicKeyEntry.toString(certificate);
        } catch (Exception e) {
            throw new IllegalStateException("the certificate could not be signed", e);
        }
    }

    /// What the newest certificate of a serial says, as long as it is valid. Empty after a
    /// restart
    /// until the next renewal: then a tunnel's own certificate holds.
    Optional<Identity> newest(long serial) {
        return Optional.ofNullable(newest.get(serial))
                .filter(identity -> clock.instant().isBefore(identity.expires()));
    }

    boolean signed(OpenSshCertificate certificate) {
        return KeyUtils.compareKeys(certificate.getCaPubKey(), key.getPublic());
    }

    private static PublicKey read(String line) {
        if (line.length() > LONGEST_KEY) {
            throw new IllegalArgumentException("the key is longer than an ed25519 key");
        }
        if (!line.startsWith("ssh-ed25519 ")) {
            throw new IllegalArgumentException("only ssh-ed25519 keys are certified");
        }
        try {
            var entry = PublicKeyEntry.parsePublicKeyEntry(line.strip());
            return entry.resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            throw new IllegalArgumentException("the key cannot be read", e);
        }
    }

    /// The first 63 bits of SHA-256 over key and subject: the same on every renewal, so that the
    /// connection secrets derived from it stay valid.
    private static long serial(PublicKey subjectKey, Identity identity) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            var parts =
                    List.of(
                            PublicKeyEntry.toString(subjectKey),
                            identity.issuer(),
                            identity.subject());
            for (var part : parts) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
                digest.update(bytes);
            }
            // 0 means "enrolling"; one key in 2^63 would have met it.
            return Math.max(1, ByteBuffer.wrap(digest.digest()).getLong() >>> 1);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /// The name itself where SSH clients can carry it; else something that they can.
    private static String user(Identity identity) {
        if (USER.matcher(identity.name()).matches()) {
            return identity.name();
        }
        String folded = identity.name().replaceAll("[^A-Za-z0-9.@+-]", "-");
        return "u-" + folded.substring(0, Math.min(folded.length(), 100));
    }
}
