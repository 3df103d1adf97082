package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

/// All recordings of a gateway, in one folder that it has for itself: a journal, into which all
/// sessions write, and the sealed parts.
public final class Recordings implements AutoCloseable {
    private final Path folder;
    private final RecordingSettings settings;
    private final Clock clock;
    private final FileChannel lockFile;
    private final PartsFolder parts;
    private final SessionIndex index;
    private final Journal journal;
    private final BlockingQueue<Optional<Recording>> wantSealing = Sealer.queue();
    private final Sealer sealer;

    /// Those that are live, and those that are not sealed to their end yet.
    private final Map<String, Recording> open = new ConcurrentHashMap<>();

    private Recordings(
            Path folder,
            RecordingSettings settings,
            Clock clock,
            SegmentWriter.Disk disk,
            FileChannel lockFile)
            throws IOException {
        this.folder = folder;
        this.settings = settings;
        this.clock = clock;
        this.lockFile = lockFile;
        parts = new PartsFolder(folder.resolve("parts"));
        index = SessionIndex.open(folder, parts);
        journal = Journal.open(folder.resolve("journal"), settings, disk, this::recovered);
        open.values().forEach(Recording::wantSealing);
        sealer = new Sealer(parts, index, journal, open, settings, clock, wantSealing);
    }

    /// Opens the folder and recovers what a crash left: nothing that was acknowledged is lost.
    ///
    /// @throws IOException when another gateway has the folder, or its files are damaged
    public static Recordings open(Path folder, RecordingSettings settings, Clock clock)
            throws IOException {
        return open(folder, settings, clock, Recordings::openSegment);
    }

    static Recordings open(
            Path folder, RecordingSettings settings, Clock clock, SegmentWriter.Disk disk)
            throws IOException {
        Durably.createFolder(folder);
        FileChannel lockFile = lock(folder);
        try {
            return new Recordings(folder, settings, clock, disk, lockFile);
        } catch (IOException | RuntimeException e) {
            lockFile.close();
            throw e;
        }
    }

    static FileChannel openSegment(Path file) throws IOException {
        return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static FileChannel lock(Path folder) throws IOException {
        var channel =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Another one in this process: the same answer.
        }
        channel.close();
        throw new IOException(
                "the recordings in %s are in use by another gateway. Stop it, or configure another"
                                .formatted(folder)
                        + " folder");
    }

    private void recovered(
            Journal from, String session, Segment segment, long position, byte[] line)
            throws IOException {
        Recording recording = open.get(session);
        if (recording == null) {
            recording = recording(session, from, parts.lastHeader(session));
            open.put(session, recording);
        }
        recording.recovered(segment, position, line);
    }

    private Recording recording(String session, Journal into, Optional<SealedPart.Header> sealed) {
        return new Recording(
                session, into, settings, clock, it -> wantSealing.add(Optional.of(it)), sealed);
    }

    /// A new name for a recording, which sorts after those before it.
    public String nextSessionId() {
        return SessionId.next(clock.instant());
    }

    /// Begins a recording; it is durable when this returns.
    ///
    /// @throws IllegalArgumentException when the session's id is not of {@link #nextSessionId}
    ///     or used already
    public Recording start(RecordingEvent.Opened opened) throws RecordingFailed {
        String session = opened.session();
        if (!SessionId.isValid(session) || index.find(session).isPresent()) {
            throw new IllegalArgumentException("not a new session's id: " + session);
        }
        var recording = recording(session, journal, Optional.empty());
        recording.goLive();
        // Not listed before its first event is taken: until then it has nothing to list.
        recording.append(opened);
        if (open.putIfAbsent(session, recording) != null) {
            throw new IllegalArgumentException("not a new session's id: " + session);
        }
        try {
            recording.commit();
        } catch (RecordingFailed e) {
            recording.abandon("the session was refused: its recording could not be written");
            throw e;
        }
        return recording;
    }

    /// Goes on with a recording after the gateway was restarted. The recording itself if it is
    /// live.
    ///
    /// @return empty when there is none, or it is closed
    public Optional<Recording> resume(String session) throws RecordingFailed {
        if (!SessionId.isValid(session)) {
            return Optional.empty();
        }
        try {
            Recording recording = open.computeIfAbsent(session, this::sealedButOpen);
            return Optional.ofNullable(recording).filter(Recording::goLive);
        } catch (UncheckedIOException e) {
            throw new RecordingFailed(
                    "cannot go on with recording " + session + ": " + e.getMessage(), e);
        }
    }

    private @org.jspecify.annotations.Nullable Recording sealedButOpen(String session) {
        try {
            var header = parts.lastHeader(session);
            if (header.isEmpty() || header.get().summary().state() == SessionSummary.State.CLOSED) {
                return null;
            }
            return recording(session, journal, header);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// The sessions that match, newest first.
    public List<SessionSummary> list(SessionQuery query) {
        var all = new TreeMap<String, SessionSummary>(Comparator.reverseOrder());
        for (var sealed : index.newestFirst()) {
            all.put(sealed.id(), asSealed(sealed));
        }
        open.forEach((id, recording) -> all.put(id, summary(recording)));
        return all.values().stream().filter(query::matches).limit(query.limit()).toList();
    }

    /// A session with its statements.
    ///
    /// @throws IOException when its lines cannot be read
    public Optional<SessionDetail> find(String session) throws IOException {
        var summary = summary(session);
        if (summary.isEmpty()) {
            return Optional.empty();
        }
        try (var reader = new RecordingReader(lines(session))) {
            return Optional.of(SessionDetail.read(summary.get(), reader));
        }
    }

    /// A session's summary alone, without reading its lines.
    public Optional<SessionSummary> summary(String session) {
        Recording recording = open.get(session);
        return recording != null
                ? Optional.of(summary(recording))
                : index.find(session).map(Recordings::asSealed);
    }

    private static SessionSummary summary(Recording recording) {
        return recording.isLive() ? recording.summary() : asSealed(recording.summary());
    }

    /// A recording that is not live and has no end was interrupted.
    private static SessionSummary asSealed(SessionSummary summary) {
        return summary.state() == SessionSummary.State.LIVE
                ? summary.withState(SessionSummary.State.INTERRUPTED)
                : summary;
    }

    /// The stored lines from the first to the last durable one, each with its line feed.
    ///
    /// @throws NoSuchFileException when there is no such session
    public InputStream lines(String session) throws IOException {
        return lines(session, 1);
    }

    /// As {@link #lines(String)}, from the given line on: earlier parts are not unpacked.
    ///
    /// @param first `seq` of the first line
    public InputStream lines(String session, long first) throws IOException {
        Recording recording = open.get(session);
        if (recording == null && index.find(session).isEmpty()) {
            throw new NoSuchFileException(session);
        }
        return new StoredLines(parts.of(session), Optional.ofNullable(recording), journal, first);
    }

    /// Makes everything durable and stops. Sessions that are live stay without an end, so that
    /// they can be resumed.
    @Override
    public void close() throws IOException {
        try (lockFile;
                index;
                journal) {
            sealer.close();
        }
    }

    @Override
    public String toString() {
        return "recordings in " + folder;
    }
}
