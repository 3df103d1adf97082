package dev.sfguard.gateway.masking;

/// International bank account numbers, in one word or in groups, in any case.
final class Ibans {
    private static final byte[] LENGTHS = new byte[26 * 26];

    static {
        // The registry of ISO 13616, release 99, and the partial users of the scheme.
        String all =
                "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24"
                        + " DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18"
                        + " GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32"
                        + " LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18"
                        + " NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19"
                        + " SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30"
                        + " AO25 BF28 BJ28 CF27 CG27 CI28 CM27 CV25 DZ26 GA27 GQ27 GW25 IR26 KM27 MA28"
                        + " MG27 ML28 MZ25 NE28 SN28 TD27 TG28";
        for (String each : all.split(" ", -1)) {
            int country = (each.charAt(0) - 'A') * 26 + each.charAt(1) - 'A';
            LENGTHS[country] = Byte.parseByte(each.substring(2));
        }
    }

    private Ibans() {}

    /// @param at two letters and two digits stand here
    /// @param hinted a name says that here are such numbers: one with a typing error is one too
    /// @return where the number ends; -1 if there is none
    static int end(byte[] text, int from, int at, int to, boolean hinted) {
        // A part of a UUID.
        if (at - 2 >= from && text[at - 1] == '-' && Ascii.isWord(text[at - 2])) {
            return -1;
        }
        int country = (upper(text[at]) - 'A') * 26 + upper(text[at + 1]) - 'A';
        int length = LENGTHS[country];
        if (length == 0) {
            return -1;
        }
        int remainder = 0;
        int head = 0;
        int i = at;
        for (int count = 0; count < length; count++) {
            // Blanks or hyphens stand between groups, one at a time.
            if (count > 2 && i < to && !Ascii.isWord(text[i])) {
                i += Ascii.separator(text, i, to);
            }
            if (i >= to || !Ascii.isWord(text[i])) {
                return -1;
            }
            int value = value(text[i++]);
            if (count < 4) {
                head = append(head, value);
            } else {
                remainder = append(remainder, value);
            }
        }
        boolean joined = i + 1 < to && text[i] == '-' && Ascii.isWord(text[i + 1]);
        if (joined || (i < to && Ascii.isWord(text[i]))) {
            return -1;
        }
        // The country and its check digits count as the last six digits: two letters are four.
        int check = (remainder * (1_000_000 % 97) + head) % 97;
        return check == 1 || hinted ? i : -1;
    }

    private static int append(int number, int value) {
        return (number * (value > 9 ? 100 : 10) + value) % 97;
    }

    private static int upper(int b) {
        return b & ~0x20;
    }

    private static int value(byte b) {
        return Ascii.isDigit(b) ? b - '0' : upper(b) - 'A' + 10;
    }
}
