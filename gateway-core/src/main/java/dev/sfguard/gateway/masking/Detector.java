package dev.sfguard.gateway.masking;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What is recognized by its content, without knowing where it comes from. Built in; a policy adds
/// regular expressions of its own.
public enum Detector {
    /// Payment card numbers: an issuer's prefix and length, and Luhn's check digit.
    CARD(0),
    EMAIL(1),
    /// US social security numbers: with separators, or nine digits that a name or word announces.
    US_SSN(2),
    /// A country's length and the checksum of ISO 13616.
    IBAN(3),
    /// E.164, and common national ways to write a number.
    PHONE(4),
    /// Tokens of well-known services by their prefix; random text behind a name like `api_key`.
    API_KEY(5),
    /// PEM and PGP blocks with a private key.
    PRIVATE_KEY(6);

    private static final List<Detector> ALL = List.of(values());

    private final int kind;
    private final String policyName = name().toLowerCase(Locale.ROOT);

    Detector(int kind) {
        this.kind = kind;
    }

    /// As a policy writes it: `us_ssn`.
    public String policyName() {
        return policyName;
    }

    public static Optional<Detector> of(String policyName) {
        for (var detector : values()) {
            if (detector.policyName.equals(policyName)) {
                return Optional.of(detector);
            }
        }
        return Optional.empty();
    }

    /// Its number among the kinds of findings; from 0, in the order of declaration.
    int kind() {
        return kind;
    }

    static Detector of(int kind) {
        return ALL.get(kind);
    }

    int bit() {
        return 1 << kind;
    }
}
