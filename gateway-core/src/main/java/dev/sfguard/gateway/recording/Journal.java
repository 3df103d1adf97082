package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Makes every session's lines durable with one force for all that wait (group commit): a force
/// costs the same for one line as for a thousand.
///
/// When the disk is full or fails, every waiter gets {@link RecordingFailed}, and so does every
/// later append, until the journal has written what it holds: it keeps trying by itself. What it
/// holds is bounded, because nothing is taken on meanwhile.
final class Journal implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Journal.class.getName());

    /// Lines that nobody waits for are written when this much is there …
    private static final long EAGER_BYTES = 1 << 20;

    /// … or after this time, so that they are soon safe and seen.
    private static final long LAZY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private record Entry(Segment segment, long position, Frame frame) {
        int length() {
            return frame.length();
        }
    }

    private final Path folder;
    private final RecordingSettings settings;
    private final SegmentWriter writer;
    private final ConcurrentSkipListMap<Long, Segment> segments = new ConcurrentSkipListMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition progress = lock.newCondition();
    private final Thread thread;

    private Segment current;
    private List<Entry> queue = new ArrayList<>();
    private long heldBytes;
    private long queuedBytes;
    private long queuedSince;
    private volatile long position;
    private long wanted;
    private volatile long durable;
    private @Nullable IOException failure;
    private boolean closing;

    private Journal(Path folder, RecordingSettings settings, SegmentWriter.Disk disk) {
        this.folder = folder;
        this.settings = settings;
        this.writer = new SegmentWriter(disk);
        this.current = new Segment(folder, 0);
        this.thread = Thread.ofPlatform().name("journal").daemon().unstarted(this::run);
    }

    /// Takes each line that stands in the journal when it is opened, in the order of writing.
    interface Visitor {
        void line(Journal journal, String session, Segment segment, long position, byte[] line)
                throws IOException;
    }

    /// Recovers what is there, then takes more.
    static Journal open(
            Path folder, RecordingSettings settings, SegmentWriter.Disk disk, Visitor visitor)
            throws IOException {
        Durably.createFolder(folder);
        var journal = new Journal(folder, settings, disk);
        journal.recover(visitor);
        journal.thread.start();
        return journal;
    }

    private void recover(Visitor visitor) throws IOException {
        var recovered =
                JournalRecovery.read(
                        folder,
                        (session, segment, at, line) ->
                                visitor.line(this, session, segment, at, line));
        recovered.forEach(segment -> segments.put(segment.start(), segment));
        position = recovered.isEmpty() ? 0 : recovered.getLast().end();
        durable = position;
        wanted = position;
        current = begin(position);
        deleteReleased();
    }

    private Segment begin(long start) {
        var segment = new Segment(folder, start);
        segments.put(start, segment);
        return segment;
    }

    /// Takes a finished frame; waits while the queue is full.
    ///
    /// @return the frame's position; it is durable once {@link #durable()} is beyond it
    long append(Frame frame) throws RecordingFailed {
        lock.lock();
        try {
            while (heldBytes > 0 && heldBytes + frame.length() > settings.queueBytes()) {
                refuseIfFailing();
                work.signal();
                progress.awaitUninterruptibly();
            }
            refuseIfFailing();
            return enqueue(frame);
        } finally {
            lock.unlock();
        }
    }

    private long enqueue(Frame frame) {
        if (current.size() > 0 && current.size() + frame.length() > settings.segmentBytes()) {
            current = begin(position);
        }
        if (queue.isEmpty()) {
            queuedSince = System.nanoTime();
            work.signal();
        }
        long at = position;
        current.add(frame.length());
        queue.add(new Entry(current, at, frame));
        position = at + frame.length();
        heldBytes += frame.length();
        queuedBytes += frame.length();
        if (queuedBytes >= EAGER_BYTES) {
            work.signal();
        }
        return at;
    }

    /// Waits until everything before the position is durable.
    void commit(long end) throws RecordingFailed {
        if (durable >= end) {
            return;
        }
        lock.lock();
        try {
            while (durable < end) {
                refuseIfFailing();
                if (end > wanted) {
                    wanted = end;
                    work.signal();
                }
                progress.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void refuseIfFailing() throws RecordingFailed {
        if (failure != null) {
            throw new RecordingFailed(
                    "cannot write the recording to "
                            + folder
                            + ": "
                            + failure.getMessage()
                            + ". It goes on by itself once the disk takes writes again",
                    failure);
        }
        if (closing) {
            throw new RecordingFailed("the gateway is stopping and records nothing more");
        }
    }

    /// How many bytes it has taken so far, durable or not.
    long appended() {
        return position;
    }

    long durable() {
        return durable;
    }

    /// @throws IOException when the position's segment is gone, since its frames are all sealed
    Segment segment(long position) throws IOException {
        var entry = segments.floorEntry(position);
        if (entry == null || position >= entry.getValue().end()) {
            throw new IOException("no journal file holds position " + position);
        }
        return entry.getValue();
    }

    /// In bytes, of all files.
    long size() {
        return segments.values().stream().mapToLong(Segment::size).sum();
    }

    /// The position where the second oldest file begins: what lies before it, pins the oldest.
    long endOfOldest() {
        return segments.firstEntry().getValue().end();
    }

    /// Says that the frames stand in a part that is durable, with its folder.
    void release(long[] positions) throws IOException {
        for (long each : positions) {
            segment(each).release();
        }
        deleteReleased();
    }

    /// Deletes the files of which nothing is needed any more.
    void deleteReleased() throws IOException {
        for (Segment segment : segments.values()) {
            if (isCurrent(segment) || segment.end() > durable) {
                return;
            }
            if (segment.isReleased()) {
                segments.remove(segment.start());
                Files.deleteIfExists(segment.file());
            }
        }
    }

    private boolean isCurrent(Segment segment) {
        lock.lock();
        try {
            return segment == current;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try (writer) {
            writeBatches();
        } catch (InterruptedException e) {
            // Nobody interrupts this thread: as if the disk had gone.
            failed(new IOException("the journal's thread was interrupted", e));
        }
    }

    private void writeBatches() throws InterruptedException {
        List<Entry> batch = nextBatch();
        while (!batch.isEmpty()) {
            try {
                for (Entry entry : batch) {
                    writer.write(entry.segment, entry.position, entry.frame);
                }
                writer.force();
                succeeded(batch);
                batch = nextBatch();
            } catch (IOException e) {
                // A failed force may have dropped pages that it will not report again: the whole
                // batch is written anew, through a newly opened file.
                writer.reset();
                failed(e);
                if (!awaitRetry()) {
                    return;
                }
            }
        }
    }

    /// @return empty when the journal is closing and all is written
    private List<Entry> nextBatch() throws InterruptedException {
        lock.lock();
        try {
            while (!isDue()) {
                if (queue.isEmpty()) {
                    work.awaitUninterruptibly();
                } else {
                    long lazyUntil = queuedSince + LAZY_NANOS;
                    work.awaitNanos(lazyUntil - System.nanoTime());
                }
            }
            List<Entry> batch = queue;
            queue = new ArrayList<>();
            queuedBytes = 0;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private boolean isDue() {
        if (queue.isEmpty()) {
            return closing;
        }
        return closing
                || wanted > durable
                || queuedBytes >= EAGER_BYTES
                || heldBytes >= settings.queueBytes() / 2
                || System.nanoTime() - queuedSince >= LAZY_NANOS;
    }

    private void succeeded(List<Entry> batch) {
        lock.lock();
        try {
            if (failure != null) {
                LOG.info("the recording is written again to " + folder);
                failure = null;
            }
            Entry last = batch.getLast();
            durable = last.position + last.length();
            heldBytes -= batch.stream().mapToLong(Entry::length).sum();
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void failed(IOException e) {
        lock.lock();
        try {
            if (failure == null) {
                LOG.log(
                        Level.SEVERE,
                        "cannot write the recording to {0}: {1}; statements are refused until it"
                                + " can be written",
                        new Object[] {folder, e});
            }
            failure = e;
            progress.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// @return whether to try again
    private boolean awaitRetry() throws InterruptedException {
        lock.lock();
        try {
            long deadline = System.nanoTime() + RETRY_NANOS;
            long left = RETRY_NANOS;
            while (!closing && left > 0) {
                work.awaitNanos(left);
                left = deadline - System.nanoTime();
            }
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    /// Writes what is held, then stops.
    ///
    /// @throws RecordingFailed when it could not be written
    @Override
    public void close() throws RecordingFailed {
        lock.lock();
        try {
            closing = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new RecordingFailed("lines that were not acknowledged are lost", failure);
        }
    }
}
