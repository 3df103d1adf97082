package dev.sfguard.gateway.masking;

/// The inside of a JSON string: from escapes to UTF-8 and back. A lone surrogate, which UTF-8
/// cannot hold, becomes the three bytes that it would have, and an escape again.
final class JsonStrings {
    private static final byte[] HEX = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private JsonStrings() {}

    /// Appends the content.
    ///
    /// @return whether every escape could be read
    static boolean decode(byte[] text, int from, int to, OutputBytes out) {
        int i = from;
        while (i < to) {
            int plain = i;
            while (i < to && text[i] != '\\') {
                i++;
            }
            out.add(text, plain, i);
            if (i == to) {
                return true;
            }
            if (i + 1 == to) {
                return false;
            }
            byte letter = text[i + 1];
            i += 2;
            switch (letter) {
                case '"', '\\', '/' -> out.add(letter);
                case 'b' -> out.add('\b');
                case 'f' -> out.add('\f');
                case 'n' -> out.add('\n');
                case 'r' -> out.add('\r');
                case 't' -> out.add('\t');
                case 'u' -> {
                    int unit = hex(text, i, to);
                    if (unit < 0) {
                        return false;
                    }
                    i += 4;
                    int low = -1;
                    if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < to && text[i] == '\\') {
                        low = text[i + 1] == 'u' ? hex(text, i + 2, to) : -1;
                    }
                    if (low >= 0xdc00 && low < 0xe000) {
                        i += 6;
                        utf8(Character.toCodePoint((char) unit, (char) low), out);
                    } else {
                        utf8(unit, out);
                    }
                }
                default -> {
                    return false;
                }
            }
        }
        return true;
    }

    private static int hex(byte[] text, int from, int to) {
        if (from + 4 > to) {
            return -1;
        }
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            int digit = text[i] < 0 ? -1 : Character.digit(text[i], 16);
            if (digit < 0) {
                return -1;
            }
            value = value * 16 + digit;
        }
        return value;
    }

    private static void utf8(int point, OutputBytes out) {
        if (point < 0x80) {
            out.add(point);
        } else if (point < 0x800) {
            out.add(0xc0 | (point >> 6));
            out.add(0x80 | (point & 0x3f));
        } else if (point < 0x10000) {
            out.add(0xe0 | (point >> 12));
            out.add(0x80 | ((point >> 6) & 0x3f));
            out.add(0x80 | (point & 0x3f));
        } else {
            out.add(0xf0 | (point >> 18));
            out.add(0x80 | ((point >> 12) & 0x3f));
            out.add(0x80 | ((point >> 6) & 0x3f));
            out.add(0x80 | (point & 0x3f));
        }
    }

    /// Appends the content as the inside of a JSON string.
    static void encode(byte[] text, int from, int to, OutputBytes out) {
        for (int i = from; i < to; i++) {
            byte b = text[i];
            if (b == '"' || b == '\\') {
                out.add('\\');
                out.add(b);
            } else if (b >= 0 && b < ' ') {
                control(b, out);
            } else if (b == (byte) 0xed && i + 2 < to && (text[i + 1] & 0xff) >= 0xa0) {
                escape(0xd000 | ((text[i + 1] & 0x3f) << 6) | (text[i + 2] & 0x3f), out);
                i += 2;
            } else {
                out.add(b);
            }
        }
    }

    private static void control(byte b, OutputBytes out) {
        int letter =
                switch (b) {
                    case '\n' -> 'n';
                    case '\r' -> 'r';
                    case '\t' -> 't';
                    case '\b' -> 'b';
                    case '\f' -> 'f';
                    default -> 0;
                };
        if (letter == 0) {
            escape(b, out);
        } else {
            out.add('\\');
            out.add(letter);
        }
    }

    private static void escape(int unit, OutputBytes out) {
        out.add('\\');
        out.add('u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.add(HEX[(unit >> shift) & 0xf]);
        }
    }

    /// Whether the bytes are UTF-8, without overlong forms; surrogates count, as `decode` makes
    /// them.
    static boolean isUtf8(byte[] text, int from, int to) {
        int i = from;
        while (i < to) {
            int b = text[i] & 0xff;
            if (b < 0x80) {
                i++;
                continue;
            }
            int more = b >= 0xc2 && b < 0xe0 ? 1 : b >= 0xe0 && b < 0xf0 ? 2 : b < 0xf5 ? 3 : 0;
            if (b < 0xc2 || more == 0 || i + more >= to) {
                return false;
            }
            int second = text[i + 1] & 0xff;
            boolean overlong = (b == 0xe0 && second < 0xa0) || (b == 0xf0 && second < 0x90);
            if (overlong || (b == 0xf4 && second > 0x8f)) {
                return false;
            }
            for (int k = 1; k <= more; k++) {
                if ((text[i + k] & 0xc0) != 0x80) {
                    return false;
                }
            }
            i += more + 1;
        }
        return true;
    }
}
