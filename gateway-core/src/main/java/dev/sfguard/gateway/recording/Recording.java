package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One session's recording while it grows. Events are appended in order and become durable with
/// {@link #commit}; several threads may use it at once.
public final class Recording {
    private final String id;
    private final Journal journal;
    private final RecordingSettings settings;
    private final Clock clock;
    private final Consumer<Recording> wantsSealing;
    private final ReentrantLock lock = new ReentrantLock();
    private final RowsLimit rowsLimit;
    private final HashChain chain;
    private final Positions positions = new Positions();

    private @Nullable SessionTally tally;
    private Instant lastAt = Instant.MIN;
    private long nextSeq;
    private long firstUnsealed;
    private long unsealedBytes;
    private long grown;
    private Instant oldestUnsealed = Instant.MAX;
    private long end;
    private int sealedParts;
    private @Nullable String lastPart;
    private boolean live;
    private boolean sealingWanted;
    private @Nullable String unwrittenClose;

    /// What statements are owed: their lines were taken, and the disk failed before these.
    private final List<RecordingEvent.Failed> unwrittenFailures = new ArrayList<>();

    /// @param sealed the last part's header, when there are sealed parts
    Recording(
            String id,
            Journal journal,
            RecordingSettings settings,
            Clock clock,
            Consumer<Recording> wantsSealing,
            Optional<SealedPart.Header> sealed) {
        this.id = id;
        this.journal = journal;
        this.settings = settings;
        this.clock = clock;
        this.wantsSealing = wantsSealing;
        this.rowsLimit = new RowsLimit(settings.statementLimit());
        this.chain = new HashChain(sealed.map(SealedPart.Header::lastLine).orElse(HashChain.START));
        this.nextSeq = sealed.map(header -> header.last() + 1).orElse(1L);
        this.firstUnsealed = nextSeq;
        sealed.ifPresent(
                header -> {
                    sealedParts = header.number();
                    tally = SessionTally.of(header.summary());
                    lastAt = header.summary().ended();
                });
    }

    public String id() {
        return id;
    }

    /// Adds an event after those before it. It waits while the journal's queue is full.
    ///
    /// @throws RecordingFailed when the journal cannot be written now, or the recording is closed;
    ///     the event is not in the recording then
    public void append(RecordingEvent event) throws RecordingFailed {
        lock.lock();
        try {
            requireLive();
            appendLocked(event);
        } finally {
            lock.unlock();
        }
    }

    /// Adds rows without a copy of them, unless the statement's limit is reached: then nothing more
    /// of its result is kept.
    ///
    /// @param head says which rows they are; its own JSON is empty
    /// @param rows holds their JSON, joined by commas, without brackets around all of them; read
    ///     before this returns
    public void appendRows(RecordingEvent.Rows head, byte[] rows, int offset, int length)
            throws RecordingFailed {
        lock.lock();
        try {
            requireLive();
            if (!rowsLimit.hasRoom(head.statement(), head.part(), length + 2)) {
                return;
            }
            writeFailures();
            write(
                    head,
                    length + 402,
                    (frame, at) ->
                            EventWriter.writeRows(
                                    frame, nextSeq, at, chain.last(), head, rows, offset, length));
            rowsLimit.admits(head.statement(), head.part(), head.count(), length + 2);
        } finally {
            lock.unlock();
        }
    }

    private void requireLive() throws RecordingFailed {
        if (!live) {
            throw new RecordingFailed("recording " + id + " is closed");
        }
    }

    /// Bytes of the lines that were added since the gateway has this recording open.
    public long grown() {
        lock.lock();
        try {
            return grown;
        } finally {
            lock.unlock();
        }
    }

    /// Adds the outcome of a statement whose lines could not be made durable. It is written as soon
    /// as it can be, before any later event; nobody waits for it.
    public void appendLater(RecordingEvent.Failed refused) {
        lock.lock();
        try {
            unwrittenFailures.add(refused);
        } finally {
            lock.unlock();
        }
    }

    /// Goes on with a result of which so much is recorded already.
    public void resumeRows(long statement, int part, long rows, long bytes) {
        lock.lock();
        try {
            rowsLimit.resume(statement, part, rows, bytes);
        } finally {
            lock.unlock();
        }
    }

    private void writeFailures() throws RecordingFailed {
        while (!unwrittenFailures.isEmpty()) {
            write(unwrittenFailures.getFirst());
            unwrittenFailures.removeFirst();
        }
    }

    private void appendLocked(RecordingEvent event) throws RecordingFailed {
        writeFailures();
        switch (event) {
            case RecordingEvent.Rows rows -> {
                if (rowsLimit.admits(
                        rows.statement(), rows.part(), rows.count(), rows.json().length)) {
                    write(rows);
                }
            }
            case RecordingEvent.Ended ended ->
                    write(ended.withRecordedRows(rowsLimit.end(ended.statement(), ended.part())));
            case RecordingEvent.Failed failed -> {
                rowsLimit.end(failed.statement());
                write(failed);
            }
            case RecordingEvent.Cancelled cancelled -> {
                rowsLimit.end(cancelled.statement());
                write(cancelled);
            }
            default -> write(event);
        }
    }

    /// Puts an event's line into words.
    @FunctionalInterface
    private interface Words {
        void into(Frame frame, Instant at) throws IOException;
    }

    private void write(RecordingEvent event) throws RecordingFailed {
        int expected = event instanceof RecordingEvent.Rows rows ? rows.json().length + 400 : 600;
        write(
                event,
                expected,
                (frame, at) -> EventWriter.write(frame, nextSeq, at, chain.last(), event));
    }

    private void write(RecordingEvent event, int expectedLength, Words words)
            throws RecordingFailed {
        Instant at = now();
        var frame = new Frame(expectedLength);
        try {
            words.into(frame, at);
        } catch (IOException e) {
            throw new RecordingFailed("cannot put the event into words: " + e.getMessage(), e);
        }
        int lineLength = frame.lineLength();
        frame.finish(id);
        long position = journal.append(frame);
        chain.advance(frame.buffer(), Frame.HEADER, lineLength);
        count(event, at);
        grown += frame.length();
        added(position, frame.length(), at);
    }

    /// Never before the event before it, also when the machine's clock is set back.
    private Instant now() {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        return now.isBefore(lastAt) ? lastAt : now;
    }

    private void count(RecordingEvent event, Instant at) {
        if (event instanceof RecordingEvent.Opened opened && tally == null) {
            tally = SessionTally.begin(opened, at);
        }
        if (tally != null) {
            tally.count(event, at);
        }
    }

    private void added(long position, int length, Instant at) {
        if (positions.size() == 0) {
            oldestUnsealed = at;
        }
        positions.add(position);
        lastAt = at;
        nextSeq++;
        end = position + length;
        unsealedBytes += length;
        if (unsealedBytes >= settings.partBytes()) {
            wantSealing();
        }
    }

    /// A line that was found in the journal after a restart.
    void recovered(Segment segment, long position, byte[] line) throws IOException {
        lock.lock();
        try {
            LineHead head =
                    LineHead.of(line, 0, line.length)
                            .orElseThrow(() -> new IOException("no line of a recording: " + id));
            if (head.seq() < firstUnsealed) {
                segment.release();
                return;
            }
            if (head.seq() != nextSeq) {
                throw new RecordingFailed(
                        "recording %s goes on at line %d, but line %d is the next that is missing:"
                                        .formatted(id, head.seq(), nextSeq)
                                + " its sealed parts or a journal file were taken away; put them"
                                + " back");
            }
            chain.advance(line, 0, line.length);
            if (head.isRows() && tally != null) {
                tally.skip(head.at());
            } else {
                count(EventParser.parse(line, 0, line.length), head.at());
            }
            added(position, Frame.HEADER + line.length + 1, head.at());
        } finally {
            lock.unlock();
        }
    }

    /// Waits until everything appended before is durable.
    public void commit() throws RecordingFailed {
        long upTo;
        lock.lock();
        try {
            upTo = end;
        } finally {
            lock.unlock();
        }
        journal.commit(upTo);
    }

    /// Ends the recording; closing it again does nothing. When the end cannot be written now, it
    /// is written as soon as it can be.
    ///
    /// @param why for people: `logout`, `idle for 4 h`, …
    /// @throws RecordingFailed when the end is not durable yet
    public void close(String why) throws RecordingFailed {
        lock.lock();
        try {
            if (!live) {
                return;
            }
            live = false;
            unwrittenClose = why;
            writeClose();
        } finally {
            lock.unlock();
            wantSealing();
        }
        commit();
    }

    /// Closes it without waiting for the disk: nobody got to use it.
    void abandon(String why) {
        lock.lock();
        try {
            live = false;
            unwrittenClose = why;
        } finally {
            lock.unlock();
        }
    }

    int sealedParts() {
        lock.lock();
        try {
            return sealedParts;
        } finally {
            lock.unlock();
        }
    }

    private void writeClose() throws RecordingFailed {
        writeFailures();
        if (unwrittenClose != null) {
            write(new RecordingEvent.Closed(unwrittenClose));
            unwrittenClose = null;
        }
    }

    boolean isLive() {
        lock.lock();
        try {
            return live;
        } finally {
            lock.unlock();
        }
    }

    /// @return false when the recording has its end already
    boolean goLive() {
        lock.lock();
        try {
            boolean closed =
                    tally != null && tally.summary().state() == SessionSummary.State.CLOSED;
            if (closed || unwrittenClose != null) {
                return false;
            }
            live = true;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Nothing more comes, and all of it is sealed.
    boolean isFinished() {
        lock.lock();
        try {
            return !live && !lacksLines() && positions.size() == 0;
        } finally {
            lock.unlock();
        }
    }

    SessionSummary summary() {
        lock.lock();
        try {
            if (tally == null) {
                throw new IllegalStateException("recording " + id + " has no first event");
            }
            return tally.summary();
        } finally {
            lock.unlock();
        }
    }

    boolean isOlderThan(Instant time) {
        lock.lock();
        try {
            return positions.size() > 0 && oldestUnsealed.isBefore(time);
        } finally {
            lock.unlock();
        }
    }

    boolean hasLinesBefore(long position) {
        lock.lock();
        try {
            return positions.size() > 0 && positions.first() < position;
        } finally {
            lock.unlock();
        }
    }

    /// Whether events wait for the disk to take lines again.
    boolean lacksLines() {
        lock.lock();
        try {
            return unwrittenClose != null || !unwrittenFailures.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// `seq` of the first line that stands in the journal alone.
    long firstUnsealed() {
        lock.lock();
        try {
            return firstUnsealed;
        } finally {
            lock.unlock();
        }
    }

    /// `seq` of the last line, durable or not.
    public long lastSeq() {
        lock.lock();
        try {
            return nextSeq - 1;
        } finally {
            lock.unlock();
        }
    }

    /// `seq` of the last line that is durable.
    long lastDurable() {
        lock.lock();
        try {
            long durable = journal.durable();
            int count = positions.size();
            while (count > 0 && positions.get(count - 1) >= durable) {
                count--;
            }
            return firstUnsealed + count - 1;
        } finally {
            lock.unlock();
        }
    }

    /// Where durable lines stand in the journal, from the given one on.
    ///
    /// @return empty when that line has been sealed, and stands in a part
    Optional<long[]> positions(long from, long last, int limit) {
        lock.lock();
        try {
            if (from < firstUnsealed) {
                return Optional.empty();
            }
            long until = Math.min(last + 1, Math.min(from + limit, nextSeq));
            return Optional.of(
                    positions.slice(
                            (int) (from - firstUnsealed),
                            (int) (Math.max(from, until) - firstUnsealed)));
        } finally {
            lock.unlock();
        }
    }

    void wantSealing() {
        lock.lock();
        try {
            if (sealingWanted) {
                return;
            }
            sealingWanted = true;
        } finally {
            lock.unlock();
        }
        wantsSealing.accept(this);
    }

    /// What a part is made of. The array is this record's own and never compared.
    @SuppressWarnings("ArrayRecordComponent")
    private record Unsealed(
            int part,
            long first,
            long end,
            long bytes,
            long[] positions,
            String last,
            SessionSummary summary) {
        private long lastSeq() {
            return first + positions.length - 1;
        }
    }

    /// Moves the lines so far from the journal into a sealed part. Called by one thread at a time.
    ///
    /// @param pace waited for before each line
    /// @return the summary as of the part's end; empty when there was nothing to seal
    Optional<SessionSummary> seal(Path folder, Pace pace) throws IOException {
        Unsealed unsealed = beginSealing();
        if (unsealed.positions.length == 0) {
            return Optional.empty();
        }
        journal.commit(unsealed.end);
        var header =
                new SealedPart.Header(
                        unsealed.part,
                        unsealed.first,
                        unsealed.lastSeq(),
                        unsealed.last,
                        previousPart(folder, unsealed.part),
                        unsealed.summary);
        try (var reader = new FrameReader(journal)) {
            int[] next = {0};
            SealedPart.Lines lines =
                    () -> {
                        if (next[0] == unsealed.positions.length) {
                            return Optional.empty();
                        }
                        pace.await();
                        return Optional.of(reader.line(unsealed.positions[next[0]++]));
                    };
            lastPart = SealedPart.write(folder, header, lines);
        }
        endSealing(unsealed);
        journal.release(unsealed.positions);
        return Optional.of(unsealed.summary);
    }

    private Unsealed beginSealing() throws RecordingFailed {
        lock.lock();
        try {
            sealingWanted = false;
            writeClose();
            return new Unsealed(
                    sealedParts + 1,
                    firstUnsealed,
                    end,
                    unsealedBytes,
                    positions.slice(0, positions.size()),
                    chain.last(),
                    summary());
        } finally {
            lock.unlock();
        }
    }

    private String previousPart(Path folder, int part) throws IOException {
        if (part == 1) {
            return HashChain.START;
        }
        return lastPart != null ? lastPart : SealedPart.sha256(SealedPart.file(folder, part - 1));
    }

    private void endSealing(Unsealed unsealed) {
        lock.lock();
        try {
            sealedParts = unsealed.part;
            firstUnsealed += unsealed.positions.length;
            positions.dropFirst(unsealed.positions.length);
            unsealedBytes -= unsealed.bytes;
            oldestUnsealed = lastAt;
        } finally {
            lock.unlock();
        }
    }
}
