package dev.sfguard.gateway.masking;

/// Looks for everything in one pass over a text's bytes: what a byte is decides what may begin
/// there, and what does not fit is passed by. Linear in the text's length, whatever it holds. One
/// for each thread.
final class ContentScanner {
    /// The shortest IBAN, and shorter than every key with a prefix.
    private static final int SHORTEST_WORD = 15;

    /// Of digits in anything that is found by its digits; a telephone number has the fewest.
    private static final int FEWEST_DIGITS = 7;

    private final Detections detections;
    private final int wanted;
    private final Findings findings = new Findings();
    private final CardNumbers cards = new CardNumbers();
    private final PhoneNumbers phones = new PhoneNumbers();
    private final EmailAddresses emails = new EmailAddresses();
    private final Randomness randomness = new Randomness();
    private final KeyPrefixes prefixes = new KeyPrefixes(randomness);
    private final NamedSecrets secrets = new NamedSecrets(randomness);

    private byte[] text = new byte[0];
    private int from;
    private int to;
    private int hints;

    /// Behind the last finding: nothing before it belongs to another one.
    private int floor;

    ContentScanner(Detections detections) {
        this.detections = detections;
        this.wanted = detections.builtIn();
    }

    /// Whether a text of so many bytes, with so many digits among them, may hold anything. Texts of
    /// which this says no need no scan.
    boolean mayHold(int length, int digits, boolean at, int hints) {
        return at
                || digits >= FEWEST_DIGITS
                || length >= SHORTEST_WORD
                || hints != Hints.NONE
                || detections.hasPatterns();
    }

    /// @param hints what a name says of the text
    /// @return valid until the next call
    Findings scan(byte[] text, int from, int to, int hints) {
        this.text = text;
        this.from = from;
        this.to = to;
        this.hints = hints & wanted;
        floor = from;
        findings.clear();
        prefixes.begin();
        if (!wholeSecret()) {
            walk();
        }
        if (detections.hasPatterns()) {
            detections.findPatterns(text, from, to, findings);
            findings.settle();
        }
        return findings;
    }

    private void walk() {
        int i = from;
        while (i < to) {
            i =
                    switch (Ascii.KIND[text[i] & 0xff]) {
                        case Ascii.LETTER -> word(i);
                        case Ascii.DIGIT -> digits(i);
                        case Ascii.AT -> address(i);
                        case Ascii.ASSIGN -> secret(i);
                        case Ascii.DASH -> block(i);
                        case Ascii.PLUS -> international(i);
                        case Ascii.OPEN -> parenthesis(i);
                        default -> i + 1;
                    };
        }
    }

    private boolean wants(Detector detector) {
        return (wanted & detector.bit()) != 0;
    }

    private boolean hinted(Detector detector) {
        return (hints & detector.bit()) != 0;
    }

    private int found(Detector detector, int start, int end) {
        findings.add(start, end, detector.kind());
        floor = end;
        return end;
    }

    private int word(int at) {
        if (wants(Detector.API_KEY)) {
            int end = prefixes.end(text, at, to);
            if (end >= 0) {
                return found(Detector.API_KEY, at, end);
            }
        }
        if (at + 3 < to
                && Ascii.isDigit(text[at + 2])
                && Ascii.isDigit(text[at + 3])
                && Ascii.isLetter(text[at + 1])
                && wants(Detector.IBAN)) {
            int end = Ibans.end(text, from, at, to, hinted(Detector.IBAN));
            if (end >= 0) {
                return found(Detector.IBAN, at, end);
            }
        }
        return behindWord(at + 1);
    }

    private int behindWord(int at) {
        int i = at;
        while (i < to && Ascii.isWord(text[i])) {
            i++;
        }
        return i;
    }

    private int digits(int at) {
        int end = at + 1;
        while (end < to && Ascii.isDigit(text[end])) {
            end++;
        }
        if (end < to && Ascii.isLetter(text[end])) {
            return behindWord(end);
        }
        int run = end - at;
        if (wants(Detector.CARD)) {
            int card = cards.end(text, from, at, to, run, hinted(Detector.CARD));
            if (card >= 0) {
                return found(Detector.CARD, at, card);
            }
        }
        if (wants(Detector.US_SSN) && (run == 3 || (run >= 7 && run <= 9))) {
            int ssn = SocialSecurityNumbers.end(text, from, at, to, run, hinted(Detector.US_SSN));
            if (ssn >= 0) {
                return found(Detector.US_SSN, at, ssn);
            }
        }
        return run <= 15 && wants(Detector.PHONE) ? phone(at, end) : end;
    }

    private int phone(int at, int otherwise) {
        int end = phones.national(text, from, at, to, hinted(Detector.PHONE));
        return end < 0 ? otherwise : found(Detector.PHONE, at, end);
    }

    private int international(int at) {
        int end = wants(Detector.PHONE) ? phones.international(text, from, at, to) : -1;
        return end < 0 ? at + 1 : found(Detector.PHONE, at, end);
    }

    private int parenthesis(int at) {
        boolean digit = at + 1 < to && Ascii.isDigit(text[at + 1]) && wants(Detector.PHONE);
        return digit ? phone(at, at + 1) : at + 1;
    }

    private int address(int at) {
        int end =
                wants(Detector.EMAIL)
                        ? emails.end(text, floor, at, to, hinted(Detector.EMAIL))
                        : -1;
        return end < 0 ? at + 1 : found(Detector.EMAIL, emails.start(), end);
    }

    private int secret(int at) {
        int end = wants(Detector.API_KEY) ? secrets.end(text, floor, at, to) : -1;
        return end < 0 ? at + 1 : found(Detector.API_KEY, secrets.start(), end);
    }

    private int block(int at) {
        int end = wants(Detector.PRIVATE_KEY) ? PrivateKeys.end(text, at, to) : -1;
        return end < 0 ? at + 1 : found(Detector.PRIVATE_KEY, at, end);
    }

    /// Under a name like `PASSWORD` the whole text is one, if it is one word and no number.
    private boolean wholeSecret() {
        if (!hinted(Detector.API_KEY) || to - from < 6) {
            return false;
        }
        boolean number = true;
        for (int i = from; i < to; i++) {
            if (text[i] >= 0 && text[i] <= ' ') {
                return false;
            }
            number &= Ascii.isDigit(text[i]) || text[i] == '.';
        }
        if (!number) {
            found(Detector.API_KEY, from, to);
        }
        return !number;
    }
}
