package dev.sfguard.gateway.masking;

import java.util.Arrays;

/// Tells random text, as keys are, from words.
final class Randomness {
    /// More says nothing new, and a long text must not be read again for each of its parts.
    static final int LOOKED_AT = 256;

    /// Bits per byte; English words of this length have about 2.8, random hex 3.4 and more.
    private static final double ENTROPY = 3.0;

    private final int[] counts = new int[256];

    /// @param to at most {@link #LOOKED_AT} bytes behind `from` are looked at
    boolean isRandom(byte[] text, int from, int to) {
        int end = Math.min(to, from + LOOKED_AT);
        Arrays.fill(counts, 0);
        int digits = 0;
        int letters = 0;
        for (int i = from; i < end; i++) {
            counts[text[i] & 0xff]++;
            digits += Ascii.isDigit(text[i]) ? 1 : 0;
            letters += Ascii.isLetter(text[i]) ? 1 : 0;
        }
        return digits > 0 && letters > 0 && entropy(end - from) >= ENTROPY;
    }

    private double entropy(int length) {
        double sum = 0;
        for (int count : counts) {
            if (count > 0) {
                sum -= count * Math.log((double) count / length);
            }
        }
        return sum / length / Math.log(2);
    }
}
