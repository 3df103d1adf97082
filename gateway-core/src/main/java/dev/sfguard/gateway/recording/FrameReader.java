package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Reads lines out of the journal by position, through file handles of its own: an interrupt of a
/// reading thread closes its channel, and must not close the writer's.
final class FrameReader implements AutoCloseable {
    private static final int WINDOW = 256 << 10;

    private final Journal journal;
    private @Nullable Segment segment;
    private @Nullable FileChannel channel;
    private byte[] window = new byte[0];
    private long windowAt;

    FrameReader(Journal journal) {
        this.journal = journal;
    }

    /// @return the line without its line feed
    /// @throws IOException when the segment is gone, or its bytes are not what was written
    byte[] line(long position) throws IOException {
        Segment at = journal.segment(position);
        if (at != segment) {
            close();
            channel = FileChannel.open(at.file(), StandardOpenOption.READ);
            segment = at;
        }
        long offset = position - at.start();
        require(offset, Frame.HEADER);
        var header =
                Frame.Header.of(window, (int) (offset - windowAt))
                        .orElseThrow(() -> damaged(at, offset));
        require(offset, header.frameLength());
        int inWindow = (int) (offset - windowAt);
        if (!header.matches(window, inWindow)) {
            throw damaged(at, offset);
        }
        int from = inWindow + Frame.HEADER;
        return Arrays.copyOfRange(window, from, from + header.lineLength());
    }

    private static IOException damaged(Segment segment, long offset) {
        return new IOException("%s is damaged at byte %d".formatted(segment.file(), offset));
    }

    /// Makes the window hold these bytes of the file.
    private void require(long offset, int length) throws IOException {
        if (offset >= windowAt && offset + length <= windowAt + window.length) {
            return;
        }
        FileChannel open = channel;
        if (open == null) {
            throw new IOException("no journal file is open");
        }
        var buffer = ByteBuffer.allocate(Math.max(WINDOW, length));
        while (buffer.hasRemaining() && open.read(buffer, offset + buffer.position()) >= 0) {
            // Until the window is full or the file ends.
        }
        if (buffer.position() < length) {
            throw new IOException("the journal ends inside of a line");
        }
        window = Arrays.copyOf(buffer.array(), buffer.position());
        windowAt = offset;
    }

    @Override
    public void close() throws IOException {
        window = new byte[0];
        windowAt = 0;
        segment = null;
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}
