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
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;

/// The JWT that Snowflake accepts for a user with a key pair: RS256, good for one minute.
final class KeyPairToken {

    private static final Base64.Encoder URL = Base64.getUrlEncoder().withoutPadding();

    private KeyPairToken() {}

    static Secret of(Connection connection, Instant now) {
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
            claims.put("exp", now.getEpochSecond() + 60);
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
