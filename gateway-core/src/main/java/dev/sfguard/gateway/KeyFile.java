package dev.sfguard.gateway;

import dev.sfguard.gateway.yaml.YamlMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/// Key files: PEM text, readable by their owner only from the moment they exist.
final class KeyFile {
    /// RFC 7468 wraps at 64.
    private static final Base64.Encoder PEM = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private KeyFile() {}

    /// A Snowflake key that the configuration names as `file:…`; a problem is noted where it
    /// cannot be
    /// read, and a throw-away key stands in so that reading goes on.
    static PrivateKey required(YamlMapping of, String key, Path folder) {
        String text = of.text(key);
        if (!text.startsWith("file:")) {
            if (!text.isEmpty()) {
                of.problem(key, "\"" + key + "\" must be file:PATH");
            }
            return standIn();
        }
        try {
            return readPrivate(folder.resolve(text.substring("file:".length())), "RSA");
        } catch (IOException unreadable) {
            of.problem(key, "cannot read the key: " + unreadable.getMessage());
            return standIn();
        }
    }

    /// A throw-away key, whatever the configuration names.
    static PrivateKey unread(YamlMapping of, String key) {
        of.text(key);
        return standIn();
    }

    private static PrivateKey standIn() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate();
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every JDK has Ed25519", impossible);
        }
    }

    /// Reads a private key in PKCS 8, unencrypted PEM.
    ///
    /// @param algorithm as the JDK names it: `RSA`, `EC`
    /// @throws IOException when it cannot be read, or is something else; the message names the
    ///     file
    static PrivateKey readPrivate(Path file, String algorithm) throws IOException {
        String text = Files.readString(file);
        if (!text.contains("-----BEGIN PRIVATE KEY-----")) {
            throw new IOException(
                    "%1$s holds no unencrypted PKCS 8 key. Convert it with: openssl pkcs8 -topk8 -nocrypt -in %1$s"
                            .formatted(file));
        }
        String base64 = text.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        try {
            var spec = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64));
            return KeyFactory.getInstance(algorithm).generatePrivate(spec);
        } catch (InvalidKeySpecException | IllegalArgumentException malformed) {
            throw new IOException(file + " holds no readable " + algorithm + " key", malformed);
        } catch (GeneralSecurityException unknown) {
            throw new IOException(file + " needs " + algorithm + ", which is not known", unknown);
        }
    }

    static String pem(String title, byte[] der) {
        return "-----BEGIN %1$s-----%n%2$s%n-----END %1$s-----%n"
                .formatted(title, PEM.encodeToString(der));
    }

    static void write(Path file, String text) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text, StandardOpenOption.WRITE);
    }
}
