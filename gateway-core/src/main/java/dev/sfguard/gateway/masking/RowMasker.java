package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sfguard.gateway.masking.TextMasker.Outcome;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLongArray;

/// Walks through the JSON of rows and masks their cells. Bytes are copied from the first finding of
/// a batch on, and not at all without one. One for each thread.
final class RowMasker {
    private static final int BATCH = 72 << 10;
    private static final byte[] NULL = "null".getBytes(US_ASCII);

    /// What bytes of a string say about it.
    private static final byte[] CLASS = new byte[256];

    private static final int DIGIT = 1;
    private static final int AT = 2;
    private static final int HIGH = 4;
    private static final int ESCAPE = 8;
    private static final int QUOTE = 16;

    static {
        for (int b = 0; b < 256; b++) {
            CLASS[b] = (byte) (b >= '0' && b <= '9' ? DIGIT : b >= 0x80 ? HIGH : 0);
        }
        CLASS['@'] = AT;
        CLASS['\\'] = ESCAPE;
        CLASS['"'] = QUOTE;
    }

    private final TextMasker texts;
    private final ContentScanner scanner;
    private final OutputBytes out = new OutputBytes(BATCH);
    private final OutputBytes binary = new OutputBytes(256);
    private final OutputBytes cell = new OutputBytes(256);
    private final int kinds;

    private byte[] rows = new byte[0];
    private int at;
    private int to;

    /// Up to here the rows are in `out`.
    private int copied;

    private boolean changed;

    RowMasker(Detections detections) {
        texts = new TextMasker(detections);
        scanner = texts.scanner();
        kinds = detections.kinds();
    }

    RowFilter.Rows mask(
            int count,
            byte[] bytes,
            int offset,
            int length,
            CellType[] types,
            int[] hints,
            AtomicLongArray counts)
            throws IOException {
        rows = bytes;
        at = offset;
        to = offset + length;
        copied = at;
        changed = false;
        out.clear();
        texts.takeFound();
        int read = 0;
        skipBlanks();
        while (at < to) {
            if (read > 0) {
                expect(',');
            }
            row(types, hints, counts);
            read++;
            skipBlanks();
        }
        if (read != count) {
            throw malformed("%d rows where %d should be".formatted(read, count));
        }
        if (!changed) {
            return RowFilter.Rows.UNCHANGED;
        }
        out.add(rows, copied, to);
        return new RowFilter.Rows(out.array(), 0, out.size());
    }

    private void row(CellType[] types, int[] hints, AtomicLongArray counts) throws IOException {
        expect('[');
        skipBlanks();
        int column = 0;
        if (at < to && rows[at] == ']') {
            at++;
        } else {
            while (true) {
                if (column >= types.length) {
                    throw malformed("a row has more cells than there are columns");
                }
                skipBlanks();
                cell(types[column], hints[column]);
                long found = texts.takeFound();
                if (found != 0) {
                    count(counts, column * (kinds + 1), found);
                }
                column++;
                skipBlanks();
                if (at < to && rows[at] == ',') {
                    at++;
                } else {
                    expect(']');
                    break;
                }
            }
        }
        if (column != types.length) {
            throw malformed("a row has fewer cells than there are columns");
        }
    }

    private void count(AtomicLongArray counts, int row, long found) {
        counts.incrementAndGet(row + kinds);
        for (long rest = found; rest != 0; rest &= rest - 1) {
            counts.incrementAndGet(row + Long.numberOfTrailingZeros(rest));
        }
    }

    private void cell(CellType type, int hints) throws IOException {
        if (at >= to) {
            throw malformed("it ends within a row");
        }
        byte b = rows[at];
        if (b == '"') {
            string(type, hints);
        } else if (b == '[' || b == '{') {
            nested(type, hints);
        } else {
            scalar(type, hints);
        }
    }

    private void string(CellType type, int hints) throws IOException {
        int start = at + 1;
        int i = start;
        int seen = 0;
        int digits = 0;
        while (i < to) {
            int kind = CLASS[rows[i] & 0xff];
            if (kind == QUOTE) {
                break;
            }
            seen |= kind;
            digits += kind & DIGIT;
            i += kind == ESCAPE ? 2 : 1;
        }
        if (i >= to) {
            throw malformed("a text has no end");
        }
        at = i + 1;
        switch (type) {
            case PASSED -> {}
            case BINARY -> binary(start, i, hints);
            case NUMBER -> {
                if (digits >= 7) {
                    cell.clear();
                    Outcome outcome = texts.maskString(rows, start, i, hints, false, cell);
                    replaceByNull(start - 1, at, outcome);
                }
            }
            case TEXT, JSON -> {
                boolean odd = (seen & (HIGH | ESCAPE)) != 0;
                if (odd || scanner.mayHold(i - start, digits, (seen & AT) != 0, hints)) {
                    text(start, i, hints, type == CellType.JSON && (seen & ESCAPE) != 0);
                }
            }
        }
    }

    private void text(int start, int end, int hints, boolean json) {
        cell.clear();
        Outcome outcome = texts.maskString(rows, start, end, hints, json, cell);
        switch (outcome) {
            case UNCHANGED -> {}
            case CHANGED -> {
                out.add(rows, copied, start);
                out.add(cell.array(), 0, cell.size());
                done(end);
            }
            case NULL -> replaceByNull(start - 1, end + 1, outcome);
        }
    }

    private void done(int end) {
        copied = end;
        changed = true;
    }

    private void replaceByNull(int start, int end, Outcome outcome) {
        if (outcome != Outcome.UNCHANGED) {
            out.add(rows, copied, start);
            out.add(NULL);
            done(end);
        }
    }

    private void binary(int start, int end, int hints) {
        binary.clear();
        cell.clear();
        Outcome outcome;
        if (hex(start, end)) {
            outcome = texts.mask(binary.array(), 0, binary.size(), hints, false, cell);
        } else {
            outcome = texts.unreadable(cell);
        }
        replaceByNull(start - 1, end + 1, outcome);
    }

    private boolean hex(int start, int end) {
        if ((end - start) % 2 != 0) {
            return false;
        }
        for (int i = start; i < end; i += 2) {
            int high = rows[i] < 0 ? -1 : Character.digit(rows[i], 16);
            int low = rows[i + 1] < 0 ? -1 : Character.digit(rows[i + 1], 16);
            if (high < 0 || low < 0) {
                return false;
            }
            binary.add((high << 4) | low);
        }
        return true;
    }

    private void scalar(CellType type, int hints) throws IOException {
        int start = at;
        while (at < to && (Ascii.isWord(rows[at]) || "+-.".indexOf(rows[at]) >= 0)) {
            at++;
        }
        if (at == start) {
            throw malformed("a cell is no JSON");
        }
        if (type != CellType.PASSED && at - start >= 7) {
            cell.clear();
            replaceByNull(start, at, texts.mask(rows, start, at, hints, false, cell));
        }
    }

    private void nested(CellType type, int hints) throws IOException {
        int start = at;
        int depth = 0;
        boolean quoted = false;
        do {
            if (at >= to) {
                throw malformed("it ends within a cell");
            }
            byte b = rows[at++];
            if (quoted) {
                if (b == '\\') {
                    at++;
                } else if (b == '"') {
                    quoted = false;
                }
            } else if (b == '"') {
                quoted = true;
            } else if (b == '[' || b == '{') {
                depth++;
            } else if (b == ']' || b == '}') {
                depth--;
            }
        } while (depth > 0 || quoted);
        if (type == CellType.PASSED || type == CellType.NUMBER) {
            cell.clear();
            replaceByNull(start, at, texts.maskJson(rows, start, at, hints, cell));
            return;
        }
        cell.clear();
        Outcome outcome = texts.maskJson(rows, start, at, hints, cell);
        if (outcome == Outcome.CHANGED) {
            out.add(rows, copied, start);
            out.add(cell.array(), 0, cell.size());
            done(at);
        } else {
            replaceByNull(start, at, outcome);
        }
    }

    private void skipBlanks() {
        while (at < to
                && (rows[at] == ' ' || rows[at] == '\n' || rows[at] == '\r' || rows[at] == '\t')) {
            at++;
        }
    }

    private void expect(char c) throws IOException {
        skipBlanks();
        if (at >= to || rows[at] != c) {
            throw malformed("there is no '" + c + "'");
        }
        at++;
    }

    private IOException malformed(String what) {
        return new IOException("the result's rows cannot be read, so they do not pass: " + what);
    }
}
