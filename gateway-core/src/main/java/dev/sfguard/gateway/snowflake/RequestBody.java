package dev.sfguard.gateway.snowflake;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Reads a driver's body within bounds, whatever it claims about itself.
public final class RequestBody {

    /// What the body turned out to be.
    public sealed interface Outcome {
        // Read once, right after it was made.
        @SuppressWarnings("ArrayRecordComponent")
        record Whole(byte[] bytes) implements Outcome {}

        /// @param read how many plain bytes had come when the limit was passed
        record TooLarge(long read) implements Outcome {}

        record Broken(String why) implements Outcome {}
    }

    /// How much of a refused body is read and thrown away, so that a client that is still sending
    /// gets to read the error: a closed connection would make it send everything again.
    private static final long DRAIN = 256L << 20;

    private static final int BUFFER = 8192;

    private RequestBody() {}

    /// @param declared the Content-Length, or -1
    /// @param gzipHeader whether Content-Encoding says gzip; the magic bytes count as well
    /// @param limit in bytes, after decompression
    public static Outcome read(InputStream in, long declared, boolean gzipHeader, int limit)
            throws IOException {
        if (declared > limit) {
            drain(in);
            return new Outcome.TooLarge(declared);
        }
        boolean small = declared >= 0 && declared < BUFFER;
        var buffered = new BufferedInputStream(in, small ? Math.max(2, (int) declared) : BUFFER);
        buffered.mark(2);
        boolean magic = buffered.read() == 0x1f && buffered.read() == 0x8b;
        buffered.reset();
        try {
            var plain = magic ? new GZIPInputStream(buffered, 8192) : buffered;
            // Of a plain body no more than it said: the reader would make room for a block more.
            var bytes = plain.readNBytes(small && !magic ? (int) declared : limit + 1);
            if (bytes.length > limit) {
                drain(buffered);
                return new Outcome.TooLarge(bytes.length);
            }
            if (gzipHeader && !magic && bytes.length > 0) {
                return new Outcome.Broken("the header says gzip, the body is not");
            }
            return new Outcome.Whole(bytes);
        } catch (ZipException | EOFException e) {
            return new Outcome.Broken("the gzip data is damaged or cut off");
        }
    }

    private static void drain(InputStream in) throws IOException {
        var waste = new byte[65_536];
        long left = DRAIN;
        while (left > 0) {
            int read = in.read(waste);
            if (read < 0) {
                return;
            }
            left -= read;
        }
    }
}
