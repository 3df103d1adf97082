package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Puts frames at their positions in the journal's files. A position may be written again, which
/// is how a failed write is repeated. Used by the journal's one thread.
final class SegmentWriter implements AutoCloseable {

    /// Opens a journal file for writing; the seam where tests put in a disk that fails.
    interface Disk {
        FileChannel open(Path file) throws IOException;
    }

    /// Zeros ahead of the frames: forcing blocks that the file has already is two to ten times as
    /// fast as forcing a file that grows.
    private static final int AHEAD = 1 << 20;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(AHEAD).asReadOnlyBuffer();

    private final Disk disk;
    // Larger writes from the heap would leave a direct copy of their size behind in the thread.
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(256 << 10);
    private @Nullable Segment segment;
    private @Nullable FileChannel channel;
    private long offset;
    private long allocated;

    SegmentWriter(Disk disk) {
        this.disk = disk;
    }

    void write(Segment target, long position, Frame frame) throws IOException {
        if (target != segment) {
            force();
            open(target);
        }
        long at = position - target.start();
        if (at != offset + buffer.position()) {
            flush();
            offset = at;
        }
        int from = 0;
        int length = frame.length();
        while (from < length) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int part = Math.min(buffer.remaining(), length - from);
            buffer.put(frame.buffer(), from, part);
            from += part;
        }
    }

    /// Everything written is on the disk when it returns.
    void force() throws IOException {
        if (channel != null) {
            flush();
            channel.force(false);
        }
    }

    /// Forgets what is buffered: after a failure the journal writes its batch again.
    void reset() {
        closeChannel();
        segment = null;
        buffer.clear();
    }

    private void open(Segment target) throws IOException {
        reset();
        channel = disk.open(target.file());
        offset = 0;
        allocated = channel.size();
        Durably.forceFolder(Durably.folderOf(target.file()));
        segment = target;
    }

    private void flush() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            return;
        }
        buffer.flip();
        allocateAhead(open, offset + buffer.remaining());
        while (buffer.hasRemaining()) {
            offset += open.write(buffer, offset);
        }
        buffer.clear();
    }

    private void allocateAhead(FileChannel open, long end) throws IOException {
        // A full buffer means a stream of rows, where the zeros would cost more than they save.
        if (end <= allocated || buffer.remaining() == buffer.capacity()) {
            allocated = Math.max(allocated, end);
            return;
        }
        ByteBuffer zeros = ZEROS.duplicate();
        long at = allocated;
        while (zeros.hasRemaining()) {
            at += open.write(zeros, at);
        }
        allocated = at;
        allocateAhead(open, end);
    }

    private void closeChannel() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // What had to be durable was forced before; a failed close takes nothing away.
            channel = null;
        }
        channel = null;
    }

    @Override
    public void close() {
        reset();
    }
}
