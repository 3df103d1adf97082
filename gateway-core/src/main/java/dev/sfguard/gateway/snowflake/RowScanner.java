package dev.sfguard.gateway.snowflake;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Finds the rows in a result's bytes, which are JSON arrays joined by commas, and hands them on in
/// batches. The bytes of a row are not changed, and neither parsed nor copied: only quotes, escapes
/// and brackets decide where a row ends. What they enclose is the client's to judge.
///
/// A batch ends at the first row that makes it {@link #BATCH} bytes long, however the bytes
/// arrive: the same result falls into the same batches when it is fetched again.
public final class RowScanner {

    /// Large enough that the cost of handing on vanishes, small enough to hold hundreds of them.
    static final int BATCH = 131_072;

    /// Most replies are small: they never need more.
    private static final int FIRST_BUFFER = 8192;

    private static final int USUAL_BUFFER = 2 * BATCH;

    /// Below this much room the bytes move to the buffer's start, or into a larger one.
    private static final int LEAST_READ = 4096;

    /// A cell holds up to 128 MiB.
    private static final int LONGEST_ROW = 160 << 20;

    /// A buffer above this holds a long row, and is taken from the memory for them.
    private static final int LONG = 1 << 20;

    /// Cells are texts or null; documents come as texts as well.
    private static final int DEEPEST = 63;

    /// Takes a batch of whole rows.
    @FunctionalInterface
    public interface Batch {

        /// @param rows holds them, joined by commas; the scanner's own, to be read before this
        ///     returns
        void rows(int count, byte[] rows, int offset, int length) throws IOException;
    }

    private final Batch target;
    private final RowMemory memory;

    /// What the memory of long rows was asked for.
    private long taken;

    /// A batch lies at `from`, up to `end`; what is looked at next lies at `at`, up to `limit`.
    private byte[] buffer = new byte[FIRST_BUFFER];

    private int from;
    private int end;
    private int at;
    private int limit;

    private int count;
    private int row;
    private int depth;

    /// For each open bracket a bit, the innermost lowest: whether it is an object's.
    private long objects;

    private boolean inText;
    private boolean escaped;
    private boolean needsComma;
    private boolean needsRow;

    public RowScanner(Batch target) {
        this(target, RowMemory.HEAP);
    }

    RowScanner(Batch target, RowMemory memory) {
        this.target = target;
        this.memory = memory;
    }

    /// Reads rows to the end of the stream.
    ///
    /// @throws IOException when the bytes are not rows, or end within one
    /// @throws RowMemory.Exhausted when a row is long and others have the memory
    public void scan(InputStream in) throws IOException {
        try {
            while (fill(in)) {
                look(false);
            }
            if (depth != 0 || needsRow) {
                throw new IOException("the result's part ends within its rows");
            }
            flush();
        } finally {
            charge(0);
        }
    }

    /// Reads rows up to the bracket that closes the array around them.
    ///
    /// @return what was read from the bracket on
    /// @throws IOException when the bytes are not rows, or end before the bracket
    byte[] scanArray(InputStream in) throws IOException {
        try {
            while (!look(true)) {
                if (!fill(in)) {
                    throw new IOException("Snowflake's reply breaks off within its rows");
                }
            }
            flush();
            return Arrays.copyOfRange(buffer, at, limit);
        } finally {
            charge(0);
        }
    }

    private void charge(int size) throws RowMemory.Exhausted {
        long charge = size > LONG ? size : 0;
        if (charge > taken) {
            memory.take(charge - taken);
        } else {
            memory.giveBack(taken - charge);
        }
        taken = charge;
    }

    /// Looks at the bytes that are there.
    ///
    /// @return whether the closing bracket was reached; it is not consumed
    private boolean look(boolean inArray) throws IOException {
        while (at < limit) {
            if (depth > 0) {
                inside();
            } else if (between(inArray)) {
                return true;
            }
        }
        return false;
    }

    private boolean between(boolean inArray) throws IOException {
        switch (buffer[at]) {
            case '[' -> {
                if (needsComma) {
                    throw new IOException("two rows of a result stand without a comma");
                }
                row = at;
                depth = 1;
                objects = 0;
                needsRow = false;
            }
            case ',' -> {
                if (!needsComma) {
                    throw new IOException("a comma of a result stands where a row should");
                }
                needsComma = false;
                needsRow = true;
            }
            case ' ', '\n', '\r', '\t' -> {}
            case ']' -> {
                if (inArray && !needsRow) {
                    return true;
                }
                throw new IOException("a bracket closes what is not open");
            }
            default -> throw new IOException("a result holds something that is no row");
        }
        at++;
        return false;
    }

    private void inside() throws IOException {
        byte[] bytes = buffer;
        int stop = limit;
        int i = at;
        while (i < stop) {
            if (inText) {
                if (escaped) {
                    requireEscape(bytes[i]);
                    escaped = false;
                    i++;
                }
                i = TextBytes.plain(bytes, i, stop);
                if (i < stop) {
                    inText = goesOn(bytes[i]);
                    i++;
                }
            } else {
                byte b = bytes[i];
                i++;
                switch (b) {
                    case '"' -> inText = true;
                    case ',', ':' -> {}
                    case '[', '{' -> opened(b == '{');
                    case ']', '}' -> {
                        closed(b == '}');
                        if (depth == 0) {
                            at = i;
                            rowEnded();
                            return;
                        }
                    }
                    default -> requirePlain(b);
                }
            }
        }
        at = i;
    }

    /// @param b a byte of a text that is not plain
    /// @return whether the text goes on behind it
    private boolean goesOn(byte b) throws IOException {
        if (b == '\\') {
            escaped = true;
        } else if (b != '"') {
            throw new IOException("a text of a result holds a control character");
        }
        return escaped;
    }

    private static void requireEscape(byte b) throws IOException {
        if ("\"\\/bfnrtu".indexOf(b) < 0) {
            throw new IOException("a text of a result holds an escape that is none");
        }
    }

    /// Numbers, `null`, `true`, `false`, and white space.
    private static void requirePlain(byte b) throws IOException {
        boolean plain =
                (b >= 'a' && b <= 'z')
                        || (b >= '0' && b <= '9')
                        || b == '-'
                        || b == '+'
                        || b == '.'
                        || b == 'E'
                        || b == ' '
                        || b == '\n'
                        || b == '\r'
                        || b == '\t';
        if (!plain) {
            throw new IOException("a row of a result holds something that is no JSON");
        }
    }

    private void opened(boolean object) throws IOException {
        if (depth == DEEPEST) {
            throw new IOException("a row of a result nests too deeply");
        }
        depth++;
        objects = objects << 1 | (object ? 1 : 0);
    }

    private void closed(boolean object) throws IOException {
        if ((objects & 1) != (object ? 1 : 0)) {
            throw new IOException("a bracket of a result closes what is not open");
        }
        objects >>>= 1;
        depth--;
    }

    private void rowEnded() throws IOException {
        if (count == 0) {
            from = row;
            end = at;
        } else {
            // White space around the comma: rare, and the only reason to move a row.
            if (row != end + 1) {
                System.arraycopy(buffer, row, buffer, end + 1, at - row);
                buffer[end] = ',';
            }
            end += 1 + at - row;
        }
        count++;
        needsComma = true;
        if (end - from >= BATCH) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (count > 0) {
            int rows = count;
            count = 0;
            target.rows(rows, buffer, from, end - from);
        }
    }

    /// @return false at the end of the stream
    private boolean fill(InputStream in) throws IOException {
        makeRoom();
        int read = in.read(buffer, limit, buffer.length - limit);
        if (read < 0) {
            return false;
        }
        limit += read;
        return true;
    }

    /// Moves what is kept to the start of the buffer, or of a larger one, when there is no room
    /// behind it.
    private void makeRoom() throws IOException {
        int kept = count > 0 ? from : depth > 0 ? row : at;
        int length = limit - kept;
        int size = size(length);
        if (size == buffer.length && size - limit >= LEAST_READ) {
            return;
        }
        if (length > LONGEST_ROW) {
            throw new IOException("a row of a result is longer than any that Snowflake has");
        }
        var old = buffer;
        charge(size);
        buffer = size == old.length ? old : new byte[size];
        System.arraycopy(old, kept, buffer, 0, length);
        from -= kept;
        end -= kept;
        row -= kept;
        at -= kept;
        limit = length;
    }

    /// How large the buffer should be that keeps so many bytes.
    private int size(int kept) {
        int size = buffer.length;
        if (size > 2 * USUAL_BUFFER && kept < BATCH) {
            return USUAL_BUFFER;
        }
        if (size - limit >= LEAST_READ) {
            return size;
        }
        boolean crowded = kept > size - size / 4;
        if (size < USUAL_BUFFER || (crowded && size < 16 << 20)) {
            return 2 * size;
        }
        return crowded ? size + size / 2 : size;
    }
}
