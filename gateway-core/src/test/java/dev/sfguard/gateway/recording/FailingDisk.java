package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;

/// A disk that can be full: then it takes a few bytes more and fails. Or that fails to force what
/// it took, and, as Linux does, has thrown away the pages when it is asked again.
final class FailingDisk implements SegmentWriter.Disk {
    enum Fault {
        NONE,
        FULL,
        FORCE
    }

    final AtomicReference<Fault> fault = new AtomicReference<>(Fault.NONE);

    /// Runs before each write.
    volatile Runnable beforeWrite = () -> {};

    @Override
    public FileChannel open(Path file) throws IOException {
        return new FailingChannel(Recordings.openSegment(file), fault, () -> beforeWrite.run());
    }

    private static final class FailingChannel extends FileChannel {
        private final FileChannel file;
        private final AtomicReference<Fault> fault;
        private final Runnable beforeWrite;
        private long forced;

        FailingChannel(FileChannel file, AtomicReference<Fault> fault, Runnable beforeWrite)
                throws IOException {
            this.file = file;
            this.fault = fault;
            this.beforeWrite = beforeWrite;
            this.forced = file.size();
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            beforeWrite.run();
            if (fault.get() == Fault.FULL) {
                var few = source.slice(source.position(), Math.min(7, source.remaining()));
                file.write(few, position);
                throw new IOException("No space left on device");
            }
            return file.write(source, position);
        }

        @Override
        public void force(boolean metaData) throws IOException {
            if (fault.get() == Fault.FORCE) {
                file.truncate(forced);
                throw new IOException("Input/output error");
            }
            file.force(metaData);
            forced = file.size();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return file.read(target);
        }

        @Override
        public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
            return file.read(targets, offset, length);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            return file.write(source);
        }

        @Override
        public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
            return file.write(sources, offset, length);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            return file.position(position);
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            return file.truncate(size);
        }

        @Override
        public long transferTo(long position, long count, WritableByteChannel target)
                throws IOException {
            return file.transferTo(position, count, target);
        }

        @Override
        public long transferFrom(ReadableByteChannel source, long position, long count)
                throws IOException {
            return file.transferFrom(source, position, count);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
            return file.map(mode, position, size);
        }

        @Override
        public FileLock lock(long position, long size, boolean shared) throws IOException {
            return file.lock(position, size, shared);
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }
    }
}
