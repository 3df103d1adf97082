package dev.sfguard.gateway.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/// A text that must not be printed: a token, a password, a key. Its `toString` says `<secret>`, so
/// that a
/// record, a log line or an exception that holds one gives nothing away.
///
/// {@link #reveal()} belongs only where the bytes leave for the wire or for a file of mode 0600.
public final class Secret {
    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    public static Secret of(String value) {
        return new Secret(value);
    }

    public String reveal() {
        return value;
    }

    /// Compares in a time that does not depend on where the texts differ.
    public boolean matches(String candidate) {
        return MessageDigest.isEqual(
                value.getBytes(StandardCharsets.UTF_8), candidate.getBytes(StandardCharsets.UTF_8));
    }

    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && matches(secret.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    @Override
    public String toString() {
        return "<secret>";
    }
}
