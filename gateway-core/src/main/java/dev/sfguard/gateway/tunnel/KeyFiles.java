package dev.sfguard.gateway.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/// The gateway's own keys (host key, certificate authority): ed25519 in OpenSSH's format, so that
/// `ssh-keygen` can read and make them.
public final class KeyFiles {
    private KeyFiles() {}

    /// Writes a new key, mode 0600.
    ///
    /// @throws java.nio.file.FileAlreadyExistsException when there is one: keys are never
    ///     replaced
    public static KeyPair create(Path file, String comment) throws IOException {
        try {
            KeyPair key = KeyUtils.generateKeyPair(KeyPairProvider.SSH_ED25519, 256);
            var text = new ByteArrayOutputStream();
            OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(
                    key, comment, (OpenSSHKeyEncryptionContext) null, text);
            var permissions =
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------"));
            Files.createFile(file, permissions);
            Files.write(file, text.toByteArray(), StandardOpenOption.SYNC);
            return key;
        } catch (GeneralSecurityException e) {
            throw new IOException("cannot make a key: " + e.getMessage(), e);
        }
    }

    /// @throws IOException when the file is missing, holds no key, or others may read it
    public static KeyPair read(Path file) throws IOException {
        var permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
        if (!permissions.endsWith("------")) {
            throw new IOException(
                    "%s may be read by others (%s). Run: chmod 600 %s"
                            .formatted(file, permissions, file));
        }
        try (var in = Files.newInputStream(file)) {
            var keys =
                    SecurityUtils.loadKeyPairIdentities(
                            null, NamedResource.ofName(file.toString()), in, null);
            if (keys == null || !keys.iterator().hasNext()) {
                throw new IOException(file + " holds no OpenSSH private key");
            }
            return keys.iterator().next();
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " cannot be read as a key: " + e.getMessage(), e);
        }
    }

    /// `SHA256:…`, as ssh prints it.
    public static String fingerprint(KeyPair key) {
        return KeyUtils.getFingerPrint(key.getPublic());
    }
}
