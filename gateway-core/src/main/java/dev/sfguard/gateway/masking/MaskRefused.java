package dev.sfguard.gateway.masking;

/// A statement cannot be rewritten with certainty; the message is a clause that says why.
final class MaskRefused extends Exception {
    private static final long serialVersionUID = 1L;

    MaskRefused(String why) {
        super(why);
    }
}
