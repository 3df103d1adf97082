package dev.sfguard.gateway.masking;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Masks one text, and the JSON that may be inside of it: there a value's own key says what it is,
/// and escapes may hide letters. One for each thread.
final class TextMasker {

    /// What became of a text.
    enum Outcome {
        /// Nothing was found, and nothing was written.
        UNCHANGED,
        /// The whole new text was written.
        CHANGED,
        /// It is to be null as a whole; nothing was written.
        NULL
    }

    /// JSON in a string of JSON in a string…; what lies deeper and still has escapes is masked
    /// whole.
    private static final int DEEPEST = 6;

    /// The longest key that is looked at for what it says.
    private static final int LONGEST_KEY = 128;

    private final Detections detections;
    private final ContentScanner scanner;
    private final List<Level> levels = new ArrayList<>();
    private long found;

    /// Space for one level of JSON in strings.
    private static final class Level {
        final OutputBytes decoded = new OutputBytes(256);
        final OutputBytes masked = new OutputBytes(256);
        final OutputBytes token = new OutputBytes(64);
    }

    TextMasker(Detections detections) {
        this.detections = detections;
        this.scanner = new ContentScanner(detections);
    }

    ContentScanner scanner() {
        return scanner;
    }

    /// The kinds of what was found since the last call, as bits.
    long takeFound() {
        long taken = found;
        found = 0;
        return taken;
    }

    /// Masks a text as a person reads it.
    ///
    /// @param json whether the text must be JSON: then what is not is masked whole
    Outcome mask(byte[] text, int from, int to, int hints, boolean json, OutputBytes out) {
        return mask(text, from, to, hints, json, out, 0);
    }

    /// Masks the inside of a JSON string, escapes and all.
    Outcome maskString(byte[] text, int from, int to, int hints, boolean json, OutputBytes out) {
        return string(text, from, to, hints, json, out, 0);
    }

    /// Masks a value that stands as JSON, not in a string; null where it cannot be read.
    Outcome maskJson(byte[] text, int from, int to, int hints, OutputBytes out) {
        var outcome = json(text, from, to, hints, out, 0, false);
        if (outcome == null) {
            found |= 1L << detections.unreadable();
            return Outcome.NULL;
        }
        return outcome;
    }

    /// The whole text is unreadable: what it holds cannot be known.
    Outcome unreadable(OutputBytes out) {
        int kind = detections.unreadable();
        found |= 1L << kind;
        detections.replacement(kind).write(new byte[0], 0, 0, out);
        return Outcome.CHANGED;
    }

    private Level level(int depth) {
        while (levels.size() <= depth) {
            levels.add(new Level());
        }
        return levels.get(depth);
    }

    private Outcome mask(
            byte[] text, int from, int to, int hints, boolean json, OutputBytes out, int depth) {
        boolean xml = json && isXml(text, from, to);
        if (xml && hasEntity(text, from, to)) {
            return unreadable(out);
        }
        if (!xml && (json || looksLikeJson(text, from, to))) {
            int mark = out.size();
            long before = found;
            var outcome = json(text, from, to, hints, out, depth, json);
            if (outcome != null) {
                return outcome;
            }
            out.cutTo(mark);
            found = before;
        }
        Outcome plain = plain(text, from, to, hints, out);
        return plain == Outcome.UNCHANGED && hidesLetters(text, from, to, hints, depth)
                ? unreadable(out)
                : plain;
    }

    private static boolean looksLikeJson(byte[] text, int from, int to) {
        int first = from;
        while (first < to && isBlank(text[first])) {
            first++;
        }
        int last = to - 1;
        while (last > first && isBlank(text[last])) {
            last--;
        }
        return first < last
                && ((text[first] == '{' && text[last] == '}')
                        || (text[first] == '[' && text[last] == ']'));
    }

    /// What PARSE_XML makes stands in a VARIANT as XML.
    private static boolean isXml(byte[] text, int from, int to) {
        int first = from;
        while (first < to && isBlank(text[first])) {
            first++;
        }
        return first < to && text[first] == '<';
    }

    private static boolean hasEntity(byte[] text, int from, int to) {
        for (int i = from; i + 1 < to; i++) {
            if (text[i] == '&' && text[i + 1] == '#') {
                return true;
            }
        }
        return false;
    }

    private Outcome plain(byte[] text, int from, int to, int hints, OutputBytes out) {
        var findings = scanner.scan(text, from, to, hints);
        if (findings.size() == 0) {
            return Outcome.UNCHANGED;
        }
        boolean isNull = false;
        for (int i = 0; i < findings.size(); i++) {
            found |= 1L << findings.kind(i);
            isNull |= detections.replacement(findings.kind(i)) instanceof Replacement.Null;
        }
        if (isNull) {
            return Outcome.NULL;
        }
        int copied = from;
        for (int i = 0; i < findings.size(); i++) {
            out.add(text, copied, findings.start(i));
            detections
                    .replacement(findings.kind(i))
                    .write(text, findings.start(i), findings.end(i), out);
            copied = findings.end(i);
        }
        out.add(text, copied, to);
        return Outcome.CHANGED;
    }

    /// A text that is no JSON may still be a piece of it: with an escape in the place of its `@` it
    /// would be an address for whoever reads it as such.
    private boolean hidesLetters(byte[] text, int from, int to, int hints, int depth) {
        int i = from;
        while (i + 1 < to && !(text[i] == '\\' && text[i + 1] == 'u')) {
            i++;
        }
        if (i + 1 >= to) {
            return false;
        }
        var plain = level(depth).decoded;
        int mark = plain.size();
        // Each escape by itself: one that cannot be read is text.
        int copied = from;
        for (; i + 5 < to; i++) {
            if (text[i] == '\\' && text[i + 1] == 'u') {
                plain.add(text, copied, i);
                boolean read = JsonStrings.decode(text, i, i + 6, plain);
                copied = read ? i + 6 : i;
                i += read ? 5 : 1;
            }
        }
        plain.add(text, copied, to);
        boolean hidden = scanner.scan(plain.array(), mark, plain.size(), hints).size() > 0;
        plain.cutTo(mark);
        return hidden;
    }

    /// Walks through JSON's tokens, counting no brackets: it neither recurses nor remembers, so no
    /// nesting is too deep. A key's hint holds until the next key.
    ///
    /// @param must whether unreadable JSON is masked whole
    /// @return null where it cannot be read and need not
    private @Nullable Outcome json(
            byte[] text, int from, int to, int hints, OutputBytes out, int depth, boolean must) {
        int start = out.size();
        int copied = from;
        int keyHints = hints;
        boolean changed = false;
        int i = from;
        while (i < to) {
            byte b = text[i];
            int end;
            if (isBlank(b)
                    || b == ','
                    || b == ':'
                    || b == '['
                    || b == ']'
                    || b == '{'
                    || b == '}') {
                i++;
                continue;
            } else if (b == '"') {
                end = stringEnd(text, i + 1, to);
            } else {
                end = i;
                while (end < to && isScalar(text[end])) {
                    end++;
                }
                end = end == i ? -1 : end;
            }
            if (end < 0) {
                out.cutTo(start);
                return must ? unreadable(out) : null;
            }
            boolean quoted = b == '"';
            boolean key = quoted && isKey(text, end, to);
            if (key) {
                keyHints = hints | keyHints(text, i + 1, end - 1);
            }
            var token = level(depth).token;
            token.clear();
            int below = key ? Hints.NONE : keyHints;
            Outcome outcome =
                    quoted
                            ? string(text, i + 1, end - 1, below, false, token, depth + 1)
                            : plain(text, i, end, below, token);
            if (outcome != Outcome.UNCHANGED) {
                changed = true;
                out.add(text, copied, i);
                copied = end;
                replace(outcome, key, token, out);
            }
            i = end;
        }
        if (changed) {
            out.add(text, copied, to);
        }
        return changed ? Outcome.CHANGED : Outcome.UNCHANGED;
    }

    private static void replace(Outcome outcome, boolean key, OutputBytes token, OutputBytes out) {
        if (outcome == Outcome.NULL) {
            // A key cannot be null.
            out.add((key ? "\"<redacted>\"" : "null").getBytes(StandardCharsets.US_ASCII));
        } else {
            out.add('"');
            out.add(token.array(), 0, token.size());
            out.add('"');
        }
    }

    private Outcome string(
            byte[] text, int from, int to, int hints, boolean json, OutputBytes out, int depth) {
        boolean escapes = false;
        boolean high = false;
        for (int i = from; i < to; i++) {
            escapes |= text[i] == '\\';
            high |= text[i] < 0;
        }
        if (high && !JsonStrings.isUtf8(text, from, to)) {
            return unreadable(out);
        }
        if (!escapes) {
            return mask(text, from, to, hints, json, out, depth);
        }
        if (depth > DEEPEST) {
            return unreadable(out);
        }
        var level = level(depth);
        level.decoded.clear();
        level.masked.clear();
        if (!JsonStrings.decode(text, from, to, level.decoded)) {
            return unreadable(out);
        }
        int size = level.decoded.size();
        Outcome outcome = mask(level.decoded.array(), 0, size, hints, json, level.masked, depth);
        if (outcome == Outcome.CHANGED) {
            JsonStrings.encode(level.masked.array(), 0, level.masked.size(), out);
        }
        return outcome;
    }

    private static int keyHints(byte[] text, int from, int to) {
        return to - from > LONGEST_KEY
                ? Hints.NONE
                : Hints.of(new String(text, from, to - from, StandardCharsets.UTF_8));
    }

    private static boolean isKey(byte[] text, int end, int to) {
        int i = end;
        while (i < to && isBlank(text[i])) {
            i++;
        }
        return i < to && text[i] == ':';
    }

    /// Behind the closing quote; -1 if there is none.
    private static int stringEnd(byte[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] == '\\') {
                i++;
            } else if (text[i] == '"') {
                return i + 1;
            }
        }
        return -1;
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    /// Numbers, literals, and Snowflake's `undefined`, `-Infinity` and `NaN` inside of a VARIANT.
    private static boolean isScalar(byte b) {
        return Ascii.isWord(b) || b == '-' || b == '+' || b == '.';
    }
}
