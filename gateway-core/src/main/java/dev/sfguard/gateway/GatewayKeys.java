package dev.sfguard.gateway;

import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.tunnel.KeyFiles;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.util.Base64;

/// The gateway's keys as files in one folder, mode 0600. Nothing is ever overwritten: a gateway
/// that lost
/// its host key is another gateway, and its users must be told.
///
/// @param folder where they lie
record GatewayKeys(Path folder) {
    /// Snowflake asks for 2048 at least; the key is used a few times an hour.
    private static final int RSA_BITS = 3072;

    Path hostKey() {
        return folder.resolve("host_key");
    }

    Path certificateAuthority() {
        return folder.resolve("ca_key");
    }

    Path gatewayKey() {
        return folder.resolve("gateway_key");
    }

    Path snowflakeKey() {
        return folder.resolve("snowflake.p8");
    }

    /// Writes all keys that a new gateway needs.
    ///
    /// @return the service user's public key as Snowflake's `RSA_PUBLIC_KEY` takes it
    /// @throws FileAlreadyExistsException when one of them exists already
    String generate() throws IOException {
        var random = new SecureRandom();
        Files.createDirectories(
                folder,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        KeyFiles.create(hostKey(), "sfguard host key");
        KeyFiles.create(certificateAuthority(), "sfguard certificate authority");
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        KeyFile.write(gatewayKey(), Base64.getEncoder().encodeToString(bytes) + "\n");
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS, random);
            var pair = generator.generateKeyPair();
            KeyFile.write(
                    snowflakeKey(), KeyFile.pem("PRIVATE KEY", pair.getPrivate().getEncoded()));
            return Base64.getEncoder().encodeToString(pair.getPublic().getEncoded());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every JDK has RSA", impossible);
        }
    }

    Secret readGatewayKey() throws IOException {
        return Secret.of(Files.readString(gatewayKey()).strip());
    }
}
