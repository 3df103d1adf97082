package dev.sfguard.gateway.recording;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Logger;

/// A journal's files as they stand when this is opened, also while a gateway writes on: nothing is
/// changed, and what the gateway deletes meanwhile stays readable through the open handles.
final class JournalFiles implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(JournalFiles.class.getName());
    private static final int FILE_SHIFT = 40;
    private static final long OFFSET = (1L << FILE_SHIFT) - 1;

    private final Path folder;
    private final List<Path> names = new ArrayList<>();
    private final List<FileChannel> files = new ArrayList<>();

    /// Where each session's lines stand: the file's index and, in the low 40 bits, the offset.
    private final Map<String, Positions> sessions = new TreeMap<>();

    private final List<String> torn = new ArrayList<>();

    private JournalFiles(Path folder) {
        this.folder = folder;
    }

    /// Reads all of it once, to know whose line stands where.
    static JournalFiles open(Path folder) throws IOException {
        var journal = new JournalFiles(folder);
        try {
            journal.openFiles();
            for (int i = 0; i < journal.files.size(); i++) {
                journal.walk(i);
            }
        } catch (IOException | RuntimeException e) {
            journal.close();
            throw e;
        }
        return journal;
    }

    private void openFiles() throws IOException {
        List<Path> found;
        try (var children = Files.list(folder)) {
            found = children.filter(Segment::isSegment).sorted().toList();
        }
        for (Path file : found) {
            openFile(file);
        }
    }

    private void openFile(Path file) throws IOException {
        try {
            files.add(FileChannel.open(file, StandardOpenOption.READ));
            names.add(file);
        } catch (NoSuchFileException e) {
            // Parts are looked for after the journal, so that nothing is missed.
            LOG.fine(() -> file + " was sealed and deleted meanwhile");
        }
    }

    private void walk(int index) throws IOException {
        var channel = files.get(index);
        long size = channel.size();
        // Not closed: that would close the channel, through which lines are read later.
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 20);
        long offset = 0;
        while (size - offset >= Frame.HEADER) {
            byte[] start = in.readNBytes(Frame.HEADER);
            var header = header(start);
            if (header.isEmpty() || header.get().frameLength() > size - offset) {
                break;
            }
            int length = header.get().frameLength();
            byte[] frame = Arrays.copyOf(start, length);
            int read = in.readNBytes(frame, Frame.HEADER, length - Frame.HEADER);
            if (read < length - Frame.HEADER || !header.get().matches(frame, 0)) {
                break;
            }
            sessions.computeIfAbsent(header.get().session(), _ -> new Positions())
                    .add((long) index << FILE_SHIFT | offset);
            offset += length;
        }
        noteTorn(index, offset);
    }

    private static Optional<Frame.Header> header(byte[] start) {
        return start.length < Frame.HEADER ? Optional.empty() : Frame.Header.of(start, 0);
    }

    /// Zeros after the last whole line are what the journal lays out ahead; anything else is a line
    /// that was cut off.
    private void noteTorn(int index, long end) throws IOException {
        var rest = ByteBuffer.allocate(64 << 10);
        long at = end;
        while (files.get(index).read(rest.clear(), at) > 0) {
            for (int i = 0; i < rest.position(); i++) {
                if (rest.get(i) != 0) {
                    torn.add("%s after byte %d".formatted(names.get(index), end));
                    return;
                }
            }
            at += rest.position();
        }
    }

    Path folder() {
        return folder;
    }

    Set<String> sessions() {
        return sessions.keySet();
    }

    /// Where files end with something that is no whole line; for people.
    List<String> torn() {
        return List.copyOf(torn);
    }

    /// A session's lines in the order of writing, without line feeds.
    SealedPart.Lines lines(String session) {
        var positions = sessions.getOrDefault(session, new Positions());
        int[] next = {0};
        return () ->
                next[0] == positions.size()
                        ? Optional.empty()
                        : Optional.of(line(positions.get(next[0]++)));
    }

    private byte[] line(long position) throws IOException {
        int index = (int) (position >>> FILE_SHIFT);
        long offset = position & OFFSET;
        byte[] start = bytes(index, offset, Frame.HEADER);
        var header = Frame.Header.of(start, 0).orElseThrow(() -> changed(index, offset));
        return bytes(index, offset + Frame.HEADER, header.lineLength());
    }

    private byte[] bytes(int index, long offset, int length) throws IOException {
        var bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (files.get(index).read(bytes, offset + bytes.position()) < 0) {
                throw changed(index, offset);
            }
        }
        return bytes.array();
    }

    private RecordingDamaged changed(int index, long offset) {
        return new RecordingDamaged(
                "%s was changed at byte %d while it was read".formatted(names.get(index), offset));
    }

    @Override
    public void close() throws IOException {
        for (FileChannel file : files) {
            file.close();
        }
    }
}
