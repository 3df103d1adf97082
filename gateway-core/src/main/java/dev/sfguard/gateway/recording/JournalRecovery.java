package dev.sfguard.gateway.recording;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Logger;

/// Reads a journal after a stop or a crash. A journal file ends at its first frame that is not
/// whole: a crash cuts off only what was never acknowledged, since acknowledged means forced.
final class JournalRecovery {
    private static final Logger LOG = Logger.getLogger(JournalRecovery.class.getName());

    /// Takes each whole frame, in the order of writing.
    interface Visitor {
        void line(String session, Segment segment, long position, byte[] line) throws IOException;
    }

    private JournalRecovery() {}

    /// @return the files that hold frames, the last one cut at its end
    static List<Segment> read(Path folder, Visitor visitor) throws IOException {
        var segments = new ArrayList<Segment>();
        for (Path file : files(folder)) {
            var segment = Segment.of(file);
            requireNoGap(segments, segment);
            readOne(segment, visitor);
            cut(segment);
            if (segment.size() > 0) {
                segments.add(segment);
            } else {
                Files.delete(file);
            }
        }
        return segments;
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(Segment::isSegment).sorted().toList();
        }
    }

    /// Sealed files are deleted, so a gap between two is usual; an overlap is not.
    private static void requireNoGap(List<Segment> before, Segment next) throws IOException {
        if (!before.isEmpty() && before.getLast().end() > next.start()) {
            throw new RecordingFailed(
                    next.file()
                            + " begins before the file before it ends. Files of two journals are"
                            + " mixed: put back the folder as it was");
        }
    }

    private static void readOne(Segment segment, Visitor visitor) throws IOException {
        try (InputStream in =
                new BufferedInputStream(Files.newInputStream(segment.file()), 1 << 20)) {
            long left = Files.size(segment.file());
            while (left >= Frame.HEADER) {
                byte[] start = in.readNBytes(Frame.HEADER);
                var header = Frame.Header.of(start, 0);
                if (header.isEmpty() || header.get().frameLength() > left) {
                    return;
                }
                byte[] frame = Arrays.copyOf(start, header.get().frameLength());
                in.readNBytes(frame, Frame.HEADER, frame.length - Frame.HEADER);
                if (!header.get().matches(frame, 0)) {
                    return;
                }
                long position = segment.end();
                segment.add(frame.length);
                left -= frame.length;
                visitor.line(
                        header.get().session(),
                        segment,
                        position,
                        Arrays.copyOfRange(frame, Frame.HEADER, frame.length - 1));
            }
        }
    }

    /// Cuts the file at its last whole frame. What is cut is kept beside it unless it is zeros,
    /// which the journal lays out ahead: whether a disk has lost something is for people to judge.
    private static void cut(Segment segment) throws IOException {
        try (var channel =
                FileChannel.open(
                        segment.file(), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            if (channel.size() == segment.size()) {
                return;
            }
            keepTorn(segment);
            channel.truncate(segment.size());
            channel.force(true);
        }
    }

    private static void keepTorn(Segment segment) throws IOException {
        Path torn = segment.file().resolveSibling("torn-%019d".formatted(segment.end()));
        boolean zeros = true;
        try (InputStream in = Files.newInputStream(segment.file());
                var out = Files.newOutputStream(torn)) {
            in.skipNBytes(segment.size());
            byte[] buffer = new byte[64 << 10];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int i = 0; i < read; i++) {
                    zeros &= buffer[i] == 0;
                }
                out.write(buffer, 0, read);
            }
        }
        if (zeros) {
            Files.delete(torn);
        } else {
            LOG.warning(
                    "%s was cut at byte %d, after its last whole line; what came after is in %s"
                            .formatted(segment.file(), segment.size(), torn));
        }
    }
}
