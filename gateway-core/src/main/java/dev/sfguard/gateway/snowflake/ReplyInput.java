package dev.sfguard.gateway.snowflake;

import java.io.IOException;
import java.io.InputStream;

/// A reply's bytes, for two readers in turn: each gives back what it read too much.
final class ReplyInput extends InputStream {

    private final InputStream upstream;
    private byte[] back = new byte[0];
    private int at;

    ReplyInput(InputStream upstream) {
        this.upstream = upstream;
    }

    /// The bytes are read again next. What was given back before has been read by then.
    void unread(byte[] bytes) throws IOException {
        if (at < back.length) {
            throw new IOException("bytes of the reply would be lost");
        }
        back = bytes;
        at = 0;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (at == back.length) {
            return upstream.read(target, offset, length);
        }
        int part = Math.min(length, back.length - at);
        System.arraycopy(back, at, target, offset, part);
        at += part;
        return part;
    }

    @Override
    public void close() throws IOException {
        upstream.close();
    }
}
