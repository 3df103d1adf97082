package dev.sfguard.gateway.recording;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// Ties each line to the one before: a line's `prev` is the SHA-256 of the previous line's exact
/// bytes without the line feed. A changed, missing or moved line breaks the chain at the next one.
final class HashChain {
    /// `prev` of the first line, which has none before it.
    static final String START = "0".repeat(64);

    private static final HexFormat HEX = HexFormat.of();

    private final MessageDigest sha256 = sha256();
    private String last;

    HashChain(String last) {
        this.last = last;
    }

    String last() {
        return last;
    }

    void advance(byte[] buffer, int offset, int length) {
        sha256.update(buffer, offset, length);
        last = HEX.formatHex(sha256.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String hex(byte[] digest) {
        return HEX.formatHex(digest);
    }
}
