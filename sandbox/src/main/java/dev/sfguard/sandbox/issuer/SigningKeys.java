package dev.sfguard.sandbox.issuer;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/// The issuer's RSA keys: the newest signs, all are published. They live in memory and die with
/// the issuer.
public final class SigningKeys {
    private final Deque<RSAKey> newestFirst = new ArrayDeque<>();

    SigningKeys() {
        rotate();
    }

    /// Signs with a new key from now on; tokens of the old one stay valid.
    public void rotate() {
        RSAKey key = generate();
        synchronized (newestFirst) {
            newestFirst.addFirst(key);
        }
    }

    /// Publishes the newest key alone: tokens of older ones no longer verify.
    public void forgetOld() {
        synchronized (newestFirst) {
            RSAKey newest = newestFirst.getFirst();
            newestFirst.clear();
            newestFirst.add(newest);
        }
    }

    /// Signs any claims; a test's way to a token that this issuer would never give out.
    ///
    /// @param type the header's `typ`: `JWT` for ID tokens, `at+jwt` for access tokens
    public String sign(String type, Map<String, Object> claims) {
        RSAKey key;
        synchronized (newestFirst) {
            key = newestFirst.getFirst();
        }
        return sign(key, type, claims);
    }

    /// Signs with a key that nobody published, under the key id of the newest that is: a forgery.
    public String forge(String type, Map<String, Object> claims) {
        String keyId;
        synchronized (newestFirst) {
            keyId = newestFirst.getFirst().getKeyID();
        }
        return sign(new RSAKey.Builder(generate()).keyID(keyId).build(), type, claims);
    }

    Map<String, Object> published() {
        synchronized (newestFirst) {
            return new JWKSet(newestFirst.stream().<JWK>map(RSAKey::toPublicJWK).toList())
                    .toJSONObject();
        }
    }

    private static String sign(RSAKey key, String type, Map<String, Object> claims) {
        var header =
                new JWSHeader.Builder(JWSAlgorithm.RS256)
                        .type(new JOSEObjectType(type))
                        .keyID(key.getKeyID())
                        .build();
        var token = new JWSObject(header, new Payload(claims));
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException("RS256 is part of every JDK", e);
        }
        return token.serialize();
    }

    private static RSAKey generate() {
        try {
            return new RSAKeyGenerator(2048)
                    .keyIDFromThumbprint(true)
                    .algorithm(JWSAlgorithm.RS256)
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException("RSA is part of every JDK", e);
        }
    }
}
