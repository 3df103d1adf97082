package dev.sfguard.gateway.masking;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;

/// Values as they could stand in tables, drawn at random: right ones by each detector's rules, and
/// others that only look a little like them.
final class Drawn {
    private static final List<String> WORDS =
            List.of("alpha", "invoice", "customer", "Berlin", "paid", "late", "red", "north");

    private Drawn() {}

    /// What tables are full of, and at most which part of it may be taken for something else.
    enum Noise {
        UUID_TEXT(0),
        /// Sixteen digits of any kind: a third has an issuer's prefix, and a tenth of it passes.
        ORDER_NUMBER_16(0.045),
        EPOCH_MILLIS(0),
        EPOCH_MICROS(0),
        TIMESTAMP(0),
        ID_9(0),
        ID_10(0),
        EAN_13(0),
        /// One in ten thousand or so has eight digits in a row that pass for something.
        SHA_1(0.001),
        BASE64(0.002),
        DECIMAL(0),
        VERSION(0),
        IP_ADDRESS(0),
        SENTENCE(0),
        MONEY(0),
        /// One in a hundred passes the check: these have a known country and its length.
        WRONG_IBAN(0),
        WRONG_CARD(0);

        private final double mostFound;

        Noise(double mostFound) {
            this.mostFound = mostFound;
        }

        double mostFound() {
            return mostFound;
        }
    }

    static String value(Detector detector, Random random) {
        return switch (detector) {
            case CARD -> grouped(card(random), random);
            case EMAIL ->
                    letters(random, 1 + random.nextInt(10))
                            + pick(random, "", ".x", "+tag", "_1", "-y")
                            + "@"
                            + letters(random, 2 + random.nextInt(8))
                            + pick(random, ".com", ".de", ".co.uk", ".io", ".museum");
            case US_SSN -> ssn(random);
            case IBAN -> iban(random);
            case PHONE -> phone(random);
            case API_KEY -> key(random);
            case PRIVATE_KEY ->
                    "-----BEGIN RSA PRIVATE KEY-----\n"
                            + base64(random, 90)
                            + "\n-----END RSA PRIVATE KEY-----";
        };
    }

    static String around(String value, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> word(random) + " " + value;
            case 1 -> value + ", " + word(random);
            case 2 -> "<" + value + ">";
            case 3 -> word(random) + "; " + value + "; " + word(random);
            case 4 -> "'" + value + "'";
            default -> value;
        };
    }

    static String noise(Noise kind, Random random) {
        return switch (kind) {
            case UUID_TEXT -> new UUID(random.nextLong(), random.nextLong()).toString();
            case ORDER_NUMBER_16 -> digits(random, 16);
            case EPOCH_MILLIS -> "17" + digits(random, 11);
            case EPOCH_MICROS -> "17" + digits(random, 14);
            case TIMESTAMP -> instant(random).toString();
            case ID_9 -> digits(random, 9);
            case ID_10 -> digits(random, 10);
            case EAN_13 -> ean(random);
            case SHA_1 -> hex(random, 20);
            case BASE64 -> base64(random, 60);
            case DECIMAL -> Double.toString(random.nextDouble() * 1000);
            case VERSION ->
                    random.nextInt(30) + "." + random.nextInt(300) + "." + random.nextInt(99999);
            case IP_ADDRESS ->
                    "%d.%d.%d.%d"
                            .formatted(
                                    random.nextInt(256),
                                    random.nextInt(256),
                                    random.nextInt(256),
                                    random.nextInt(256));
            case SENTENCE -> word(random) + " " + random.nextInt(10000) + " " + word(random);
            case MONEY -> String.format(Locale.ROOT, "%,.2f", random.nextDouble() * 1e9);
            case WRONG_IBAN -> wrongIban(random);
            case WRONG_CARD -> changed(card(random));
        };
    }

    private static Instant instant(Random random) {
        return Instant.ofEpochSecond(1_500_000_000L + random.nextInt(300_000_000));
    }

    private static String card(Random random) {
        String prefix =
                pick(random, "4", "51", "55", "2221", "2720", "34", "37", "6011", "3528", "65");
        int length = prefix.startsWith("34") || prefix.equals("37") ? 15 : 16;
        String body = prefix + digits(random, length - prefix.length() - 1);
        return body + luhn(body);
    }

    private static int luhn(String body) {
        int sum = 0;
        for (int i = 0; i < body.length(); i++) {
            int digit = body.charAt(body.length() - 1 - i) - '0';
            int twice = digit * 2;
            sum += i % 2 == 0 ? twice - (twice > 9 ? 9 : 0) : digit;
        }
        return (10 - sum % 10) % 10;
    }

    private static String changed(String number) {
        int last = number.charAt(number.length() - 1) - '0';
        return number.substring(0, number.length() - 1) + (last + 1) % 10;
    }

    private static String grouped(String number, Random random) {
        String gap = pick(random, "", " ", "-");
        return number.length() == 15
                ? number.substring(0, 4)
                        + gap
                        + number.substring(4, 10)
                        + gap
                        + number.substring(10)
                : number.replaceAll("(.{4})(?!$)", "$1" + gap);
    }

    private static String ssn(Random random) {
        int area = 1 + random.nextInt(899);
        String text =
                "%03d-%02d-%04d"
                        .formatted(
                                area == 666 ? 667 : area,
                                1 + random.nextInt(99),
                                1 + random.nextInt(9999));
        return switch (random.nextInt(3)) {
            case 0 -> text.replace('-', ' ');
            case 1 -> "SSN " + text.replace("-", "");
            default -> text;
        };
    }

    private static String iban(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> withCheck("DE", digits(random, 18), random);
            case 1 -> withCheck("GB", "NWBK" + digits(random, 14), random);
            case 2 -> withCheck("FR", digits(random, 20) + "M" + digits(random, 2), random);
            case 3 -> withCheck("NO", digits(random, 11), random);
            case 4 -> withCheck("CH", digits(random, 17), random);
            default -> withCheck("MT", "MALT" + digits(random, 5) + upper(random, 18), random);
        };
    }

    private static String withCheck(String country, String body, Random random) {
        String iban = country + "%02d".formatted(98 - remainder(body + country + "00")) + body;
        return random.nextBoolean() ? iban : iban.replaceAll("(.{4})(?!$)", "$1 ");
    }

    private static int remainder(String text) {
        var number = new StringBuilder();
        text.chars().forEach(c -> number.append(Character.digit(c, 36)));
        return new BigInteger(number.toString()).mod(BigInteger.valueOf(97)).intValue();
    }

    private static String wrongIban(Random random) {
        String body = digits(random, 18);
        int check = 98 - remainder(body + "DE00");
        return "DE" + "%02d".formatted(check == 98 ? 2 : check + 1) + body;
    }

    private static String phone(Random random) {
        String area = "" + (2 + random.nextInt(8)) + random.nextInt(9) + (2 + random.nextInt(8));
        String exchange =
                "" + (2 + random.nextInt(8)) + random.nextInt(10) + (2 + random.nextInt(8));
        String line = digits(random, 4);
        return switch (random.nextInt(7)) {
            case 0 -> "+1" + area + exchange + line;
            case 1 -> "(" + area + ") " + exchange + "-" + line;
            case 2 -> area + "-" + exchange + "-" + line;
            case 3 -> "+44 20 " + digits(random, 4) + " " + digits(random, 4);
            case 4 -> "+49 " + pick(random, "30", "171", "89") + " " + digits(random, 7);
            case 5 -> area + "." + exchange + "." + line;
            default -> "0171 " + digits(random, 7);
        };
    }

    private static String key(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "AKIA" + upper(random, 16);
            case 1 -> "ghp_" + mixed(random, 36);
            case 2 -> "xoxb-" + digits(random, 12) + "-" + mixed(random, 24);
            case 3 -> "sk-" + "a1B" + mixed(random, 45);
            case 4 ->
                    "eyJ"
                            + mixed(random, 20)
                            + ".eyJ"
                            + mixed(random, 60)
                            + "."
                            + mixed(random, 43);
            default -> "api_key=" + "x7" + hex(random, 16);
        };
    }

    private static String ean(Random random) {
        String body = "4" + digits(random, 11);
        int sum = 0;
        for (int i = 0; i < 12; i++) {
            sum += (body.charAt(i) - '0') * (i % 2 == 0 ? 1 : 3);
        }
        return body + (10 - sum % 10) % 10;
    }

    private static String digits(Random random, int count) {
        return of(random, count, "0123456789");
    }

    private static String letters(Random random, int count) {
        return of(random, count, "abcdefghijklmnopqrstuvwxyz");
    }

    private static String upper(Random random, int count) {
        return of(random, count, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
    }

    private static String mixed(Random random, int count) {
        return of(random, count, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
    }

    private static String of(Random random, int count, String letters) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append(letters.charAt(random.nextInt(letters.length())));
        }
        return text.toString();
    }

    private static String hex(Random random, int bytes) {
        var content = new byte[bytes];
        random.nextBytes(content);
        return HexFormat.of().formatHex(content);
    }

    private static String base64(Random random, int bytes) {
        var content = new byte[bytes];
        random.nextBytes(content);
        return new String(Base64.getEncoder().encode(content), StandardCharsets.US_ASCII);
    }

    private static String word(Random random) {
        return WORDS.get(random.nextInt(WORDS.size()));
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }
}
