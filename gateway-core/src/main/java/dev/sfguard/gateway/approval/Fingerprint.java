package dev.sfguard.gateway.approval;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/// What an approval is bound to: SHA-256 over the exact bytes of a statement and of all that
/// gives it its meaning. Every part goes in with its length before it, so that no two different
/// sets of parts have the same bytes.
public record Fingerprint(String hex) {

    /// Gathers the parts; their order counts.
    public static final class Builder {
        private final MessageDigest digest;

        private Builder() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every Java has SHA-256", e);
            }
        }

        /// @param name keeps apart an absent part from an empty one beside it
        public Builder part(String name, byte[] value) {
            length(name.getBytes(StandardCharsets.UTF_8));
            length(value);
            return this;
        }

        public Builder part(String name, String value) {
            return part(name, value.getBytes(StandardCharsets.UTF_8));
        }

        /// In the order of the keys, whatever the map's own order.
        public Builder part(String name, Map<String, String> values) {
            part(name, Integer.toString(values.size()));
            new TreeMap<>(values).forEach(this::part);
            return this;
        }

        private void length(byte[] value) {
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, value.length));
            digest.update(value);
        }

        public Fingerprint build() {
            return new Fingerprint(HexFormat.of().formatHex(digest.digest()));
        }
    }

    public static Builder of() {
        return new Builder();
    }
}
