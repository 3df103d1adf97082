package dev.sfguard.agent;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The body of a response: as long as its length says, or in chunks (RFC 9112 section 7.1). Ends
/// there, and throws when the connection ends before.
final class HttpBody extends InputStream {
    private static final int LONGEST_LINE = 4096;

    private final InputStream in;
    private final boolean chunked;

    /// Bytes left of the body, or of the chunk.
    private long left;

    private boolean first = true;
    private boolean ended;

    HttpBody(InputStream in, long length, boolean chunked) {
        this.in = in;
        this.left = length;
        this.chunked = chunked;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !next()) {
            return -1;
        }
        int read = in.read(bytes, offset, (int) Math.min(left, length));
        if (read < 0) {
            throw new EOFException("the response was cut off");
        }
        left -= read;
        return read;
    }

    private boolean next() throws IOException {
        if (!chunked || ended) {
            return false;
        }
        if (!first && !HttpCall.line(in, LONGEST_LINE).isEmpty()) {
            throw new IOException("the response has a malformed chunk");
        }
        first = false;
        String size = HttpCall.line(in, LONGEST_LINE).replaceFirst(";.*", "").strip();
        if (!size.matches("[0-9a-fA-F]{1,15}")) {
            throw new IOException("the response has a malformed chunk");
        }
        left = Long.parseLong(size, 16);
        if (left > 0) {
            return true;
        }
        ended = true;
        String trailer;
        do {
            trailer = HttpCall.line(in, LONGEST_LINE);
        } while (!trailer.isEmpty());
        return false;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
