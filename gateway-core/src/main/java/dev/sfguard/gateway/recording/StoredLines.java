package dev.sfguard.gateway.recording;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A recording's lines from the first to the one that was the last durable one when this was
/// opened: from sealed parts, then from the journal, also while lines move from one to the other.
final class StoredLines extends InputStream {
    private static final int LINES_AT_ONCE = 512;
    private static final int BYTES_AT_ONCE = 1 << 20;

    private final Path folder;
    private final Optional<Recording> growing;
    private final FrameReader journal;
    private final long last;
    private long next;
    private int part = 1;
    private @Nullable InputStream sealed;
    private byte[] chunk = new byte[0];
    private int chunkAt;

    /// @param growing empty when all of it is sealed
    /// @param first `seq` of the first line
    StoredLines(Path folder, Optional<Recording> growing, Journal journal, long first) {
        this.next = first;
        this.folder = folder;
        this.growing = growing;
        this.journal = new FrameReader(journal);
        this.last = growing.map(Recording::lastDurable).orElse(Long.MAX_VALUE);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (true) {
            // What is left of skipping comes before the rest of the part.
            int count = readChunk(buffer, offset, length);
            if (count == 0 && sealed != null) {
                count = readSealed(buffer, offset, length);
            }
            if (count > 0) {
                return count;
            }
            if (!advance()) {
                return -1;
            }
        }
    }

    private int readSealed(byte[] buffer, int offset, int length) throws IOException {
        InputStream in = sealed;
        int count = in == null ? -1 : in.read(buffer, offset, length);
        if (count < 0) {
            closeSealed();
            return 0;
        }
        return count;
    }

    private int readChunk(byte[] buffer, int offset, int length) {
        int count = Math.min(length, chunk.length - chunkAt);
        System.arraycopy(chunk, chunkAt, buffer, offset, count);
        chunkAt += count;
        return count;
    }

    private boolean advance() throws IOException {
        if (next > last) {
            return false;
        }
        if (openPart()) {
            return true;
        }
        if (growing.isEmpty()) {
            return false;
        }
        var positions = growing.get().positions(next, last, LINES_AT_ONCE);
        if (positions.isEmpty()) {
            return partMustBeThere();
        }
        return positions.get().length > 0 && readJournal(growing.get(), positions.get());
    }

    private boolean openPart() throws IOException {
        Path file = SealedPart.file(folder, part);
        if (!Files.exists(file)) {
            return false;
        }
        InputStream in = SealedPart.open(file);
        sealed = in;
        var header = SealedPart.readHeader(in);
        part++;
        if (header.last() < next) {
            closeSealed();
            return true;
        }
        skipLines(in, next - header.first());
        next = header.last() + 1;
        return true;
    }

    private void skipLines(InputStream in, long count) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (long skipped = 0; skipped < count; ) {
            int read = in.read(buffer);
            if (read < 0) {
                throw new IOException("a part ends before its last line");
            }
            for (int i = 0; i < read; i++) {
                if (buffer[i] == '\n' && ++skipped == count) {
                    chunk = Arrays.copyOfRange(buffer, i + 1, read);
                    chunkAt = 0;
                    return;
                }
            }
        }
    }

    /// Lines leave the journal only after their part is in place, so a second look finds it.
    private boolean partMustBeThere() throws IOException {
        if (openPart()) {
            return true;
        }
        throw new IOException("%s is missing".formatted(SealedPart.file(folder, part)));
    }

    private boolean readJournal(Recording recording, long[] positions) throws IOException {
        var lines = new ByteArrayOutputStream();
        try {
            for (long position : positions) {
                if (lines.size() >= BYTES_AT_ONCE) {
                    break;
                }
                lines.write(journal.line(position));
                lines.write('\n');
                next++;
            }
        } catch (IOException e) {
            // Sealed in the meantime: the journal's file may be gone, the part is there.
            if (next >= recording.firstUnsealed()) {
                throw e;
            }
        }
        chunk = lines.toByteArray();
        chunkAt = 0;
        return true;
    }

    private void closeSealed() throws IOException {
        if (sealed != null) {
            sealed.close();
            sealed = null;
        }
    }

    @Override
    public void close() throws IOException {
        closeSealed();
        journal.close();
    }
}
