package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.sandbox.SandboxSettings.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Clock;
import java.util.Base64;

/// Checks the JWT of a key-pair login: RS256, issuer `ACCOUNT.USER.SHA256:fingerprint`, subject
/// `ACCOUNT.USER`, not expired, and signed by the user's key.
final class KeyPairLogin {
    /// Snowflake lets a token live an hour at most, whatever it says of itself.
    private static final long MAX_LIFE_SECONDS = 3_600;

    private static final long CLOCK_SKEW_SECONDS = 60;

    private final String account;
    private final Clock clock;

    KeyPairLogin(String account, Clock clock) {
        this.account = account;
        this.clock = clock;
    }

    boolean accepts(String token, User user) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return false;
        }
        try {
            JsonNode header = json(parts[0]);
            JsonNode claims = json(parts[1]);
            return header.path("alg").asText().equals("RS256")
                    && names(claims, user)
                    && isNow(claims)
                    && isSigned(parts, user.key());
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            // Not a token at all: the same refusal as a wrong one.
            return false;
        }
    }

    private boolean names(JsonNode claims, User user) throws GeneralSecurityException {
        String subject = account + "." + user.name();
        return claims.path("sub").asText().equals(subject)
                && claims.path("iss").asText().equals(subject + "." + fingerprint(user.key()));
    }

    private boolean isNow(JsonNode claims) {
        long now = clock.instant().getEpochSecond();
        long issued = claims.path("iat").asLong();
        long expires = claims.path("exp").asLong();
        return issued > 0
                && issued <= now + CLOCK_SKEW_SECONDS
                && expires > now
                && now - issued < MAX_LIFE_SECONDS;
    }

    private static boolean isSigned(String[] parts, PublicKey key) throws GeneralSecurityException {
        var signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(key);
        signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
    }

    static String fingerprint(PublicKey key) throws GeneralSecurityException {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
        return "SHA256:" + Base64.getEncoder().encodeToString(digest);
    }

    private static JsonNode json(String part) throws JsonProcessingException {
        var text = new String(Base64.getUrlDecoder().decode(part), StandardCharsets.UTF_8);
        return HttpCall.JSON.readTree(text);
    }
}
