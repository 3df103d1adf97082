package dev.sfguard.gateway.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The password that a driver gives at the local port: HMAC-SHA256 over the certificate's serial
/// and the connection's name. The gateway keeps no list: whoever holds a certificate can ask for
/// it
/// again and gets the same one, also after a renewal, since the serial stays.
///
/// It keeps other users of the same machine, and web pages, from using an open local port.
public final class ConnectionSecrets {
    /// Bytes that a key needs so that guessing it is no easier than guessing a secret.
    static final int LEAST_KEY_BYTES = 32;

    private static final String PURPOSE = "sfguard connection secret 1";

    private static final String HASHES = "sfguard masked value 1";

    private final SecretKeySpec key;

    /// @param gatewayKey at least 32 bytes of UTF-8, random
    public ConnectionSecrets(Secret gatewayKey) {
        byte[] bytes = gatewayKey.reveal().getBytes(StandardCharsets.UTF_8);
        if (bytes.length < LEAST_KEY_BYTES) {
            throw new IllegalArgumentException(
                    "the gateway key needs %d bytes and has %d"
                            .formatted(LEAST_KEY_BYTES, bytes.length));
        }
        key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /// The key of hashes that take the place of masked values: the same value has the same hash as
    /// long as the gateway keeps its key.
    public SecretKey hashKey() {
        return new SecretKeySpec(
                sign(HASHES.getBytes(StandardCharsets.UTF_8)), "HmacSHA256");
    }

    public Secret of(long certificateSerial, String connection) {
        byte[] purpose = PURPOSE.getBytes(StandardCharsets.UTF_8);
        byte[] name = connection.getBytes(StandardCharsets.UTF_8);
        // The parts before the name are of fixed length, so no two pairs give the same bytes.
        byte[] message =
                ByteBuffer.allocate(purpose.length + Long.BYTES + name.length)
                        .put(purpose)
                        .putLong(certificateSerial)
                        .put(name)
                        .array();
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(sign(message)));
    }

    /// Compares in constant time. A serial of 0 (an enrolling connection) matches nothing.
    public boolean matches(long certificateSerial, String connection, String candidate) {
        return certificateSerial != 0 && of(certificateSerial, connection).matches(candidate);
    }

    private byte[] sign(byte[] message) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}
