package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads a recording's events one after the other and checks at every line that the chain holds.
/// Memory stays at one line, however long the recording.
public final class RecordingReader implements AutoCloseable {
    private final Iterator<Path> files;
    private @Nullable LineReader lines;
    private @Nullable Path file;
    private String previousPart = HashChain.START;
    private final HashChain chain = new HashChain(HashChain.START);
    private boolean startsInside;
    private boolean redacted;
    private Optional<byte[]> ahead = Optional.empty();
    private long seq;
    private SealedPart.Lines journal = Optional::empty;
    private boolean alone;

    /// @param stored lines as {@link Recordings#lines} gives them; closed with the reader
    public RecordingReader(InputStream stored) {
        files = List.<Path>of().iterator();
        lines = new LineReader(stored);
    }

    /// Reads from inside of a recording. What its first line is tied to is beyond its sight.
    ///
    /// @param first `seq` of the first of the lines
    public RecordingReader(InputStream stored, long first) {
        this(stored);
        seq = first - 1;
        startsInside = first > 1;
    }

    /// @param path a file of stored lines, a sealed part, or a recording's folder with its parts
    /// @throws IOException when there is nothing to read
    public RecordingReader(Path path) throws IOException {
        var found = Files.isDirectory(path) ? parts(path) : List.of(path);
        if (found.isEmpty()) {
            throw new IOException("no recording's parts (00001.ndjson.zst …) are in " + path);
        }
        files = found.iterator();
        openNext();
    }

    /// @param parts the folder of the session's sealed parts, which need not be there
    /// @param journal its lines in the journal; those that a part has too are passed over
    /// @param alone whether the journal may begin inside of the recording: no parts were kept
    RecordingReader(Path parts, SealedPart.Lines journal, boolean alone) throws IOException {
        files = (Files.isDirectory(parts) ? parts(parts) : List.<Path>of()).iterator();
        this.journal = journal;
        this.alone = alone;
        openNext();
    }

    private static List<Path> parts(Path folder) throws IOException {
        try (var children = Files.list(folder)) {
            return children.filter(SealedPart::isPart)
                    .sorted(Comparator.comparingInt(SealedPart::number))
                    .toList();
        }
    }

    private boolean openNext() throws IOException {
        if (!files.hasNext()) {
            return false;
        }
        if (file != null) {
            previousPart = SealedPart.sha256(file);
        }
        close();
        file = files.next();
        boolean compressed = file.getFileName().toString().endsWith(".zst");
        lines = new LineReader(compressed ? SealedPart.open(file) : Files.newInputStream(file));
        return true;
    }

    /// The next event; empty at the end.
    ///
    /// @throws RecordingDamaged at the first line that is not what was written
    public Optional<RecordedEvent> next() throws IOException {
        var line = nextLine();
        if (line.isEmpty()) {
            return Optional.empty();
        }
        byte[] bytes = line.get();
        LineHead head = head(bytes);
        try {
            var event = EventParser.parse(bytes, 0, bytes.length);
            return Optional.of(new RecordedEvent(head.seq(), head.at(), event));
        } catch (IOException e) {
            throw new RecordingDamaged("line " + seq + ": " + e.getMessage());
        }
    }

    /// The next line as it is stored, without line feed; empty at the end.
    ///
    /// @throws RecordingDamaged at the first line that is not what was written
    public Optional<byte[]> nextLine() throws IOException {
        while (true) {
            isRedacted();
            var line = read();
            if (line.isEmpty()) {
                if (!openNext()) {
                    return fromJournal();
                }
            } else if (SealedPart.Header.isHeader(line.get())) {
                checkHeader(line.get());
            } else {
                check(line.get());
                return line;
            }
        }
    }

    /// Whether the lines were changed for their reader: then nothing vouches for them.
    public boolean isRedacted() throws IOException {
        if (seq == 0 && ahead.isEmpty()) {
            ahead = read();
            // The gateway's own sealed parts never are: one that says so was forged.
            boolean copy = file == null || !SealedPart.isPart(file);
            if (copy && ahead.filter(RedactedLines::isMark).isPresent()) {
                redacted = true;
                ahead = Optional.empty();
            }
        }
        return redacted;
    }

    private Optional<byte[]> fromJournal() throws IOException {
        for (var line = journal.next(); line.isPresent(); line = journal.next()) {
            long found = head(line.get()).seq();
            if (alone && seq == 0) {
                startsInside = found > 1;
                seq = found - 1;
            }
            if (found > seq) {
                check(line.get());
                return line;
            }
        }
        return Optional.empty();
    }

    private Optional<byte[]> read() throws IOException {
        if (ahead.isPresent()) {
            var line = ahead;
            ahead = Optional.empty();
            return line;
        }
        try {
            return lines == null ? Optional.empty() : lines.next();
        } catch (RecordingDamaged e) {
            throw new RecordingDamaged("after line " + seq + ": " + e.getMessage());
        } catch (com.github.luben.zstd.ZstdIOException e) {
            throw new RecordingDamaged(
                    "after line %d: %s is damaged: %s".formatted(seq, file, e.getMessage()));
        }
    }

    private void checkHeader(byte[] line) throws IOException {
        SealedPart.Header header;
        try {
            header = SealedPart.Header.of(line);
        } catch (IOException e) {
            throw new RecordingDamaged("after line " + seq + ": " + e.getMessage());
        }
        if (seq == 0) {
            // One part alone may be read; then its first line's link is beyond our sight.
            startsInside = header.first() > 1;
            seq = header.first() - 1;
        } else if (header.first() != seq + 1) {
            throw new RecordingDamaged(
                    "part %d begins at line %d, but line %d comes next: a part is missing"
                            .formatted(header.number(), header.first(), seq + 1));
        } else if (file != null && !header.previousPart().equals(previousPart)) {
            throw new RecordingDamaged(
                    "part %d was written after another file than the part %d that is here"
                            .formatted(header.number(), header.number() - 1));
        }
    }

    private void check(byte[] line) throws RecordingDamaged {
        LineHead head = head(line);
        if (head.seq() != seq + 1) {
            throw new RecordingDamaged(
                    "line %d stands where line %d belongs".formatted(head.seq(), seq + 1));
        }
        if (!startsInside && !redacted && !head.prev().equals(chain.last())) {
            throw new RecordingDamaged(
                    "line %d does not follow from the line before it: one of the two was changed"
                            .formatted(head.seq()));
        }
        startsInside = false;
        seq = head.seq();
        chain.advance(line, 0, line.length);
    }

    private LineHead head(byte[] line) throws RecordingDamaged {
        return LineHead.of(line, 0, line.length)
                .orElseThrow(
                        () ->
                                new RecordingDamaged(
                                        "after line %d: not a line of a recording".formatted(seq)));
    }

    @Override
    public void close() throws IOException {
        if (lines != null) {
            lines.close();
            lines = null;
        }
    }
}
