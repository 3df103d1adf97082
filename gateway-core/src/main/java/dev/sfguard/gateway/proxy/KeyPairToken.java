package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.snowflake.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The JWT that Snowflake accepts for a user with a key pair: RS256, good for one minute, made anew
/// every half.
final class KeyPairToken {

    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    private static final Duration LIFE = Duration.ofSeconds(60);

    /// A signature costs a millisecond of a core. What is left of the token's life is ample for one
    /// login, also when Snowflake's clock is some seconds ahead.
    private static final Duration REUSE = Duration.ofSeconds(30);

    private record Made(Secret token, Instant at) {}

    private final Connection connection;
    private final ReentrantLock making = new ReentrantLock();
    private @Nullable Made last;

    KeyPairToken(Connection connection) {
        this.connection = connection;
    }

    /// The last one while it is fresh, else a new one.
    Secret at(Instant now) {
        making.lock();
        try {
            var made = last;
            // Not before it was made either: the machine's clock may have been set back.
            if (made == null || now.isBefore(made.at) || !now.isBefore(made.at.plus(REUSE))) {
                made = new Made(sign(now), now);
                last = made;
            }
            return made.token;
        } finally {
            making.unlock();
        }
    }

    private Secret sign(Instant now) {
        var subject = account(connection.account()) + "." + upper(connection.user());
        try {
            if (!(connection.key() instanceof RSAPrivateCrtKey key)) {
                throw new IllegalArgumentException(
                        "connection " + connection.name() + ": the private key is not RSA");
            }
            var claims = Json.mapper().createObjectNode();
            claims.put("iss", subject + "." + fingerprint(publicKey(key)));
            claims.put("sub", subject);
            claims.put("iat", now.getEpochSecond());
            claims.put("exp", now.plus(LIFE).getEpochSecond());
            var header = Json.mapper().createObjectNode().put("alg", "RS256").put("typ", "JWT");
            var signed = encode(header) + "." + encode(claims);
            var signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signed.getBytes(StandardCharsets.US_ASCII));
            return Secret.of(signed + "." + URL.encodeToString(signature.sign()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("cannot sign for " + connection.name(), e);
        }
    }

    /// Upper case, cut at the first dot: the region is no part of the name in a token.
    private static String account(String account) {
        int dot = account.indexOf('.');
        return upper(dot < 0 ? account : account.substring(0, dot));
    }

    private static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    private static PublicKey publicKey(RSAPrivateCrtKey key) throws GeneralSecurityException {
        return KeyFactory.getInstance("RSA")
                .generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
    }

    private static String fingerprint(PublicKey key) throws GeneralSecurityException {
        var hash = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        return "SHA256:" + Base64.getEncoder().encodeToString(hash);
    }

    private static String encode(ObjectNode node) {
        try {
            return URL.encodeToString(Json.mapper().writeValueAsBytes(node));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
