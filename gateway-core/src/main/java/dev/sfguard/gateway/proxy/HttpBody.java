package dev.sfguard.gateway.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/// The body of one HTTP/1.1 response: ends where its framing says, never where the connection
/// happens to break.
final class HttpBody extends InputStream {

    /// What is left: of the body when its length is known, of the current chunk otherwise.
    private long left;

    private final boolean chunked;
    private final HttpWire wire;
    private boolean ended;
    private boolean released;

    /// @param length -1 when the body comes in chunks
    HttpBody(HttpWire wire, long length) {
        this.wire = wire;
        this.chunked = length < 0;
        this.left = Math.max(length, 0);
        this.ended = length == 0;
        if (ended) {
            release();
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
        if (!ended && chunked && left == 0) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int read = wire.in().read(target, offset, (int) Math.min(length, left));
        if (read < 0) {
            throw new EOFException("Snowflake's answer breaks off");
        }
        left -= read;
        if (left == 0) {
            partEnded();
        }
        return read;
    }

    private void partEnded() throws IOException {
        if (chunked) {
            if (!wire.line().isEmpty()) {
                throw new IOException("Snowflake's answer is framed wrongly");
            }
        } else {
            ended = true;
            release();
        }
    }

    private void nextChunk() throws IOException {
        var line = wire.line();
        int semicolon = line.indexOf(';');
        try {
            left =
                    Long.parseLong(
                            (semicolon < 0 ? line : line.substring(0, semicolon)).strip(), 16);
        } catch (NumberFormatException _) {
            throw new IOException("Snowflake's answer is framed wrongly");
        }
        if (left < 0) {
            throw new IOException("Snowflake's answer is framed wrongly");
        }
        if (left == 0) {
            // Trailers, if any, up to the empty line.
            while (!wire.line().isEmpty()) {}
            ended = true;
            release();
        }
    }

    private void release() {
        if (!released) {
            released = true;
            wire.release(true);
        }
    }

    /// A gzip reader stops at its own end, one empty chunk before the body's.
    private void skipFraming() {
        try {
            if (!released && chunked && left == 0 && wire.in().available() > 0) {
                nextChunk();
            }
        } catch (IOException _) {
            // Then the connection is not worth keeping.
        }
    }

    /// Ends the connection unless the body was read whole.
    @Override
    public void close() {
        skipFraming();
        if (!released) {
            released = true;
            wire.release(false);
        }
    }
}
