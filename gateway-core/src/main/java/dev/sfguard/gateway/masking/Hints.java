package dev.sfguard.gateway.masking;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What a name says of the values under it: `CUSTOMER_SSN`, `cardNumber`, `tax-id`. A hint lowers
/// what a detector asks of a value; without one, digits alone are no social security number.
final class Hints {
    static final int NONE = 0;

    /// Longer names are no column's.
    private static final int LONGEST = 256;

    private static final Map<Detector, List<String>> WORDS =
            Map.of(
                    Detector.US_SSN,
                    List.of(
                            "ssn",
                            "ssns",
                            "social_security",
                            "socialsecurity",
                            "soc_sec",
                            "socsec",
                            "tax_id",
                            "taxid",
                            "tax_number",
                            "tin",
                            "itin",
                            "national_id",
                            "taxpayer_id"),
                    Detector.CARD,
                    List.of(
                            "card_number",
                            "cardnumber",
                            "card_num",
                            "card_no",
                            "cardno",
                            "card",
                            "pan",
                            "ccn",
                            "cc",
                            "ccnum",
                            "cc_num",
                            "cc_number",
                            "credit_card",
                            "creditcard",
                            "debit_card",
                            "kreditkarte"),
                    Detector.EMAIL,
                    List.of("email", "e_mail", "mail", "emails", "email_address", "mailaddress"),
                    Detector.PHONE,
                    List.of(
                            "phone",
                            "phones",
                            "tel",
                            "telephone",
                            "telefon",
                            "mobile",
                            "msisdn",
                            "fax",
                            "cell",
                            "cellphone",
                            "phonenumber",
                            "phone_number",
                            "handy"),
                    Detector.IBAN,
                    List.of("iban", "ibans", "bank_account"),
                    Detector.API_KEY,
                    List.of(
                            "api_key",
                            "apikey",
                            "access_key",
                            "secret",
                            "secrets",
                            "token",
                            "password",
                            "passwd",
                            "pwd",
                            "passphrase",
                            "secret_key",
                            "credential",
                            "credentials",
                            "private_key"));

    private Hints() {}

    /// @return bits of {@link Detector#bit}
    static int of(String name) {
        if (name.length() > LONGEST) {
            return NONE;
        }
        String words = words(name);
        int hints = NONE;
        for (var entry : WORDS.entrySet()) {
            for (var word : entry.getValue()) {
                if (words.contains("_" + word + "_")) {
                    hints |= entry.getKey().bit();
                    break;
                }
            }
        }
        return hints;
    }

    /// `cardNumber`, `CARD NUMBER` and `card-number` all become `_card_number_`.
    private static String words(String name) {
        var words = new StringBuilder("_");
        char before = '_';
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean part = Character.isLetterOrDigit(c);
            boolean hump = Character.isUpperCase(c) && Character.isLowerCase(before);
            if ((hump || !part) && words.charAt(words.length() - 1) != '_') {
                words.append('_');
            }
            if (part) {
                words.append(c);
            }
            before = c;
        }
        return words.append('_').toString().toLowerCase(Locale.ROOT);
    }
}
