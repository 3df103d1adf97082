package dev.sfguard.cli.replay;

import dev.sfguard.gateway.recording.LineHead;
import dev.sfguard.gateway.recording.RecordedEvent;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;

/// A recording laid out for jumping about: its lines in a temporary file of the user's own, an
/// index of them in memory.
final class PlayFile implements AutoCloseable {
    private final Path file;
    private final FileChannel channel;
    private final Timeline timeline;
    private long[] offsets = new long[256];
    private RecordingEvent.Opened opened = NOBODY;
    private Instant started = Instant.EPOCH;

    private static final RecordingEvent.Opened NOBODY =
            new RecordingEvent.Opened(
                    "part of a recording",
                    "",
                    "?",
                    "",
                    "",
                    "human",
                    java.util.Set.of(),
                    "",
                    "?",
                    "",
                    "?",
                    "?",
                    "");

    private PlayFile(Path file, FileChannel channel, Timeline timeline) {
        this.file = file;
        this.channel = channel;
        this.timeline = timeline;
    }

    /// Reads the whole recording, checking its chain.
    static PlayFile of(RecordingReader reader, Duration idleLimit) throws IOException {
        Path file = Files.createTempFile("sfguard-replay", ".ndjson");
        var channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.DELETE_ON_CLOSE);
        var play = new PlayFile(file, channel, new Timeline(idleLimit));
        try {
            play.read(reader);
        } catch (IOException e) {
            play.close();
            throw e;
        }
        return play;
    }

    private void read(RecordingReader reader) throws IOException {
        // Not closed: that would close the channel, and the file with it.
        var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
        long offset = 0;
        for (var line = reader.nextLine(); line.isPresent(); line = reader.nextLine()) {
            byte[] bytes = line.get();
            add(bytes);
            out.write(bytes);
            offset += bytes.length;
            remember(offset);
        }
        out.flush();
    }

    private void remember(long end) {
        if (timeline.size() + 1 >= offsets.length) {
            offsets = Arrays.copyOf(offsets, offsets.length * 2);
        }
        offsets[timeline.size()] = end;
    }

    private void add(byte[] line) throws IOException {
        LineHead head = LineHead.of(line).orElseThrow(() -> new IOException("no event's line"));
        var kind = Timeline.Kind.OTHER;
        switch (head.type()) {
            case "rows" -> kind = Timeline.Kind.ROWS;
            case "asked" -> kind = Timeline.Kind.ASKED;
            case "decided" -> {
                if (RecordedEvent.parse(line).event() instanceof RecordingEvent.Decided decided
                        && decided.verdict().equals(RecordingEvent.Decided.BLOCK)) {
                    kind = Timeline.Kind.BLOCKED;
                }
            }
            case "alarm", "held" -> kind = Timeline.Kind.BLOCKED;
            case "opened" -> {
                if (RecordedEvent.parse(line).event() instanceof RecordingEvent.Opened first) {
                    opened = first;
                }
            }
            default -> kind = Timeline.Kind.OTHER;
        }
        if (timeline.size() == 0) {
            started = head.at();
        }
        timeline.add(ChronoUnit.MICROS.between(Instant.EPOCH, head.at()), head.statement(), kind);
    }

    Timeline timeline() {
        return timeline;
    }

    RecordingEvent.Opened opened() {
        return opened;
    }

    Instant started() {
        return started;
    }

    RecordedEvent event(int index) throws IOException {
        var line = ByteBuffer.allocate((int) (offsets[index + 1] - offsets[index]));
        while (line.hasRemaining()) {
            if (channel.read(line, offsets[index] + line.position()) < 0) {
                throw new IOException("the temporary file " + file + " was cut");
            }
        }
        return RecordedEvent.parse(line.array());
    }

    /// The first statement at or after an event whose text, prompt or error holds the words,
    /// whatever their case.
    Optional<Integer> search(String words, int from) throws IOException {
        String wanted = words.toLowerCase(java.util.Locale.ROOT);
        for (int i = from; i < timeline.size(); i++) {
            if (timeline.kind(i) != Timeline.Kind.ROWS
                    && text(event(i).event()).toLowerCase(java.util.Locale.ROOT).contains(wanted)) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private static String text(RecordingEvent event) {
        return switch (event) {
            case RecordingEvent.Asked asked -> asked.text();
            case RecordingEvent.Prompt prompt -> prompt.text() + " " + prompt.reason();
            case RecordingEvent.Failed failed -> failed.code() + " " + failed.message();
            default -> "";
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
