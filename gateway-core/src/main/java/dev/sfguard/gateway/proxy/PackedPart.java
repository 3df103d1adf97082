package dev.sfguard.gateway.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/// A gzipped part of a result, read plain, while the client gets the bytes as Snowflake packed
/// them: each block once the rows that it holds have been recorded. What is here is read strictly,
/// so that no client can find more in it than was recorded: every byte belongs to gzip, and every
/// sum is checked.
final class PackedPart extends InputStream {

    private static final int BLOCK = 65_536;

    /// More than a name and a comment take.
    private static final int LONGEST_HEADER = 65_536;

    private static final int NAMED = 8;
    private static final int COMMENTED = 16;
    private static final int EXTENDED = 4;
    private static final int SUMMED = 2;
    private static final int RESERVED = 0xe0;

    /// @param plainEnd how many plain bytes had come when all of it was read
    // Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    private record Block(byte[] bytes, int length, long plainEnd) {}

    private final InputStream packed;
    private final OutputStream client;
    private final Inflater inflater = new Inflater(true);
    private final CRC32 sum = new CRC32();

    /// Were read, and wait for their rows to be recorded.
    private final ArrayDeque<Block> waiting = new ArrayDeque<>();

    private long waitingBytes;
    private byte @Nullable [] spare;
    private byte[] block = new byte[BLOCK];
    private int at;
    private int limit;
    private boolean inMember;
    private boolean begun;
    private int header;
    private long plain;
    private long recorded;

    PackedPart(InputStream packed, OutputStream client) {
        this.packed = packed;
        this.client = client;
    }

    /// Rows have been recorded, so what holds no others may leave.
    ///
    /// @param bytes of them, as plain text without white space around them
    void recorded(long bytes) throws IOException {
        recorded += bytes;
        pass(recorded);
    }

    /// All rows have been recorded, and the end was read: the rest may leave.
    void release() throws IOException {
        keepBlock();
        pass(Long.MAX_VALUE);
    }

    private void pass(long upTo) throws IOException {
        for (var next = waiting.peek();
                next != null && next.plainEnd <= upTo;
                next = waiting.peek()) {
            waiting.remove();
            waitingBytes -= next.length;
            client.write(next.bytes, 0, next.length);
            if (next.bytes.length == BLOCK) {
                spare = next.bytes;
            }
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (inMember || beginMember()) {
            int read = inflate(target, offset, length);
            if (read > 0) {
                sum.update(target, offset, read);
                plain += read;
                return read;
            }
            if (inflater.finished()) {
                endMember();
            } else if (inflater.needsInput()) {
                require();
                inflater.setInput(block, 0, limit);
                at = limit;
            } else {
                throw broken("it wants a dictionary");
            }
        }
        return -1;
    }

    private int inflate(byte[] target, int offset, int length) throws IOException {
        try {
            return inflater.inflate(target, offset, length);
        } catch (DataFormatException e) {
            throw new IOException("a part of the result is damaged", e);
        }
    }

    /// @return false when there is no other
    private boolean beginMember() throws IOException {
        if (at == limit && !fill()) {
            if (!begun) {
                throw broken("it is empty");
            }
            return false;
        }
        begun = true;
        header = 0;
        if (next() != 0x1f || next() != 0x8b || next() != 8) {
            throw broken("it is not gzip, or something follows it");
        }
        int flags = next();
        skip(6);
        if ((flags & RESERVED) != 0) {
            throw broken("its header is of a kind that is not known");
        }
        if ((flags & EXTENDED) != 0) {
            skip(next() | next() << 8);
        }
        if ((flags & NAMED) != 0) {
            skipText();
        }
        if ((flags & COMMENTED) != 0) {
            skipText();
        }
        if ((flags & SUMMED) != 0) {
            skip(2);
        }
        inflater.reset();
        inflater.setInput(block, at, limit - at);
        at = limit;
        sum.reset();
        inMember = true;
        return true;
    }

    private void endMember() throws IOException {
        at = limit - inflater.getRemaining();
        inMember = false;
        header = 0;
        long expected = sum.getValue();
        long length = inflater.getBytesWritten() & 0xffff_ffffL;
        if (number() != expected || number() != length) {
            throw broken("its check sum does not fit");
        }
    }

    private long number() throws IOException {
        long number = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            number |= (long) next() << shift;
        }
        return number;
    }

    private void skip(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            next();
        }
    }

    private void skipText() throws IOException {
        while (next() != 0) {
            // Its end is what counts.
        }
    }

    /// The next byte of a header or trailer.
    private int next() throws IOException {
        if (at == limit) {
            require();
        }
        header++;
        if (header > LONGEST_HEADER) {
            throw broken("its header does not end");
        }
        int next = block[at] & 0xff;
        at++;
        return next;
    }

    private void require() throws IOException {
        if (!fill()) {
            throw new EOFException("a part of the result breaks off");
        }
    }

    /// @return false at the end of the stream
    private boolean fill() throws IOException {
        keepBlock();
        int read = packed.read(block, 0, BLOCK);
        if (read < 0) {
            return false;
        }
        limit = read;
        return true;
    }

    /// Packed bytes are fewer than plain ones, or a few more: else somebody fills our memory.
    private void keepBlock() throws IOException {
        if (limit == 0) {
            return;
        }
        waiting.add(new Block(block, limit, plain));
        waitingBytes += limit;
        long open = plain - recorded;
        if (waitingBytes > open + open / 256 + 4 * BLOCK) {
            throw broken("it is larger packed than unpacked");
        }
        block = spare == null ? new byte[BLOCK] : spare;
        spare = null;
        at = 0;
        limit = 0;
    }

    private static IOException broken(String why) {
        return new IOException("a part of the result cannot be read: " + why);
    }

    /// Gives back the memory of the unpacking; the stream below stays open.
    @Override
    public void close() {
        inflater.end();
    }
}
