package dev.sfguard.agent.tunnel;

import dev.sfguard.gateway.identity.Secret;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/// The ed25519 key of this home, in OpenSSH's formats, so that plain `ssh` can use it too.
public final class AgentKey {
    private final KeyPair pair;

    private AgentKey(KeyPair pair) {
        this.pair = pair;
    }

    public static AgentKey generate() {
        try {
            return new AgentKey(KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("no ed25519 keys can be made", e);
        }
    }

    /// @throws IOException when it is no private key
    public static AgentKey parse(Secret openSsh) throws IOException {
        var bytes = openSsh.reveal().getBytes(StandardCharsets.UTF_8);
        try {
            var pairs =
                    SecurityUtils.loadKeyPairIdentities(
                            null,
                            NamedResource.ofName("id"),
                            new ByteArrayInputStream(bytes),
                            null);
            if (pairs == null || !pairs.iterator().hasNext()) {
                throw new IOException("the private key is damaged");
            }
            return new AgentKey(pairs.iterator().next());
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException("the private key is damaged", e);
        }
    }

    public Secret privateText() {
        var text = new ByteArrayOutputStream();
        try {
            // A null of the right type: no pass phrase, the folder is private.
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
                    pair, "sfguard", OpenSSHKeyPairResourceWriter.determineEncryption(null), text);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("the key could not be written", e);
        }
        return Secret.of(text.toString(StandardCharsets.UTF_8));
    }

    /// `ssh-ed25519 AAAA…`
    public String publicText() {
        return PublicKeyEntry.toString(pair.getPublic());
    }

    /// What a certificate says about itself.
    ///
    /// @param principal the SSH user that it is for
    public record Issued(String principal, Instant expires) {}

    /// @throws IOException when it is no user certificate of this key
    public Issued read(String certificate) throws IOException {
        var parsed = parse(certificate);
        if (!KeyUtils.compareKeys(parsed.getCertPubKey(), pair.getPublic())
                || parsed.getType() != OpenSshCertificate.Type.USER) {
            throw new IOException("the certificate is not one for this key");
        }
        Optional<String> principal = parsed.getPrincipals().stream().findFirst();
        return new Issued(
                principal.orElseThrow(() -> new IOException("the certificate is for nobody")),
                Instant.ofEpochSecond(parsed.getValidBefore()));
    }

    KeyPair certified(String certificate) throws IOException {
        return new KeyPair(parse(certificate), pair.getPrivate());
    }

    private static OpenSshCertificate parse(String certificate) throws IOException {
        try {
            PublicKey key =
                    PublicKeyEntry.parsePublicKeyEntry(certificate.strip())
                            .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
            if (key instanceof OpenSshCertificate found) {
                return found;
            }
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new IOException("the certificate is damaged", e);
        }
        throw new IOException("the gateway sent no certificate");
    }
}
