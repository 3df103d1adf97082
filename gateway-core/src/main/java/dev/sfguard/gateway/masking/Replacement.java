package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sfguard.gateway.policy.Masks.With;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/// What takes the place of one kind of finding.
// Its records are made once and never compared.
@SuppressWarnings("ArrayRecordComponent")
sealed interface Replacement {

    /// @throws IllegalArgumentException when a result cannot be masked like this
    static Replacement of(
            String name, Optional<Detector> detector, With with, Optional<SecretKey> hashKey) {
        byte[] constant = ("<redacted:" + name + ">").getBytes(UTF_8);
        return switch (with) {
            case With.Redact() -> new Constant(constant);
            case With.Null() -> new Null(constant);
            case With.Partial() ->
                    switch (detector.orElse(null)) {
                        case EMAIL -> new FirstAndDomain();
                        case CARD, US_SSN, IBAN, PHONE -> new LastFour(constant);
                        // Of a secret no part may show.
                        case API_KEY, PRIVATE_KEY -> new Constant(constant);
                        case null -> new LastFour(constant);
                    };
            case With.Hash() ->
                    new Hash(
                            name,
                            hashKey.orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "there is no key to hash \"%s\" with"
                                                            .formatted(name))));
            case With.Expression(_) ->
                    throw new IllegalArgumentException(
                            "what \"%s\" finds in a result cannot be replaced by an SQL expression"
                                    .formatted(name));
        };
    }

    /// Appends what stands for the finding; harmless in a JSON string if the finding was.
    void write(byte[] text, int from, int to, OutputBytes out);

    record Constant(byte[] bytes) implements Replacement {
        @Override
        public void write(byte[] text, int from, int to, OutputBytes out) {
            out.add(bytes);
        }
    }

    /// The whole value becomes null; where that cannot be, as in a key of an object, a constant.
    record Null(byte[] bytes) implements Replacement {
        @Override
        public void write(byte[] text, int from, int to, OutputBytes out) {
            out.add(bytes);
        }
    }

    /// `j***@acme.io`: how long the name is stays hidden.
    record FirstAndDomain() implements Replacement {
        @Override
        public void write(byte[] text, int from, int to, OutputBytes out) {
            int at = to - 1;
            while (at > from && text[at] != '@') {
                at--;
            }
            if (text[from] >= 0) {
                out.add(text[from]);
            }
            out.add("***".getBytes(US_ASCII));
            out.add(text, at, to);
        }
    }

    /// `***-**-6789`: what stands between the digits stays.
    record LastFour(byte[] constant) implements Replacement {
        private static final int SHOWN = 4;

        /// Of fewer, four would be most of it.
        private static final int SHORTEST = 8;

        @Override
        public void write(byte[] text, int from, int to, OutputBytes out) {
            int letters = 0;
            boolean plain = true;
            for (int i = from; i < to; i++) {
                letters += Ascii.isWord(text[i]) ? 1 : 0;
                plain &= text[i] >= ' ' && text[i] != '"' && text[i] != '\\';
            }
            if (letters < SHORTEST || !plain) {
                out.add(constant);
                return;
            }
            for (int i = from; i < to; i++) {
                boolean letter = Ascii.isWord(text[i]);
                out.add(letter && letters > SHOWN ? '*' : text[i]);
                letters -= letter ? 1 : 0;
            }
        }
    }

    /// Keyed, so that trying all card numbers does not undo it; 96 bits of HMAC-SHA-256. Of letters
    /// and digits alone, so that one number is one hash in whatever groups it is written.
    record Hash(String name, SecretKey key) implements Replacement {
        private static final int BYTES = 12;

        @Override
        public void write(byte[] text, int from, int to, OutputBytes out) {
            var mac = mac();
            for (int i = from; i < to; i++) {
                if (text[i] < 0 || Ascii.isWord(text[i]) || text[i] == '@' || text[i] == '.') {
                    mac.update((byte) Ascii.lower(text[i]));
                }
            }
            String hex = HexFormat.of().formatHex(mac.doFinal(), 0, BYTES);
            out.add(("<" + name + ":" + hex + ">").getBytes(UTF_8));
        }

        private Mac mac() {
            try {
                var mac = Mac.getInstance("HmacSHA256");
                mac.init(key);
                mac.update(name.getBytes(UTF_8));
                mac.update((byte) 0);
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has HmacSHA256", e);
            }
        }
    }
}
