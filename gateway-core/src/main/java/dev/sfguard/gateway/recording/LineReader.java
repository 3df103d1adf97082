package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;

/// Cuts a stream at its line feeds; memory stays at the longest line.
final class LineReader implements AutoCloseable {
    /// Far above any line of a recording: where a foreign file would fill the memory.
    private static final int LONGEST = 1 << 29;

    private final InputStream in;
    private byte[] buffer = new byte[128 << 10];
    private int from;
    private int to;

    LineReader(InputStream in) {
        this.in = in;
    }

    /// @return the line without its line feed; empty at the end
    /// @throws RecordingDamaged when the end comes inside of a line
    Optional<byte[]> next() throws IOException {
        int scanned = from;
        while (true) {
            for (int i = scanned; i < to; i++) {
                if (buffer[i] == '\n') {
                    byte[] line = Arrays.copyOfRange(buffer, from, i);
                    from = i + 1;
                    return Optional.of(line);
                }
            }
            int length = to - from;
            if (!fill()) {
                if (length > 0) {
                    throw new RecordingDamaged("it ends inside of a line");
                }
                return Optional.empty();
            }
            scanned = from + length;
        }
    }

    private boolean fill() throws IOException {
        if (from > 0) {
            System.arraycopy(buffer, from, buffer, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == buffer.length) {
            if (to >= LONGEST) {
                throw new RecordingDamaged("a line is longer than any of a recording");
            }
            buffer = Arrays.copyOf(buffer, to * 2);
        }
        int read = in.read(buffer, to, buffer.length - to);
        to += Math.max(read, 0);
        return read >= 0;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
