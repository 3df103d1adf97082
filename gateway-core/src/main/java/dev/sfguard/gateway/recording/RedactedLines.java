package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A recording's lines for somebody who may not see all of them. The first line says so; the others
/// keep number, time and link, but what they hold is changed, so nobody can check the chain.
public final class RedactedLines {
    /// Without its line feed.
    private static final byte[] MARK =
            "{\"redacted\":true,\"note\":\"changed for this reader: the chain of hashes cannot be checked\"}"
                    .getBytes(StandardCharsets.US_ASCII);

    private RedactedLines() {}

    /// Changes events on their way to a reader.
    public interface Change {
        /// Tells of an event before its turn: what a statement says decides what its prompt, which
        /// stands before it, may show.
        void ahead(RecordingEvent event);

        /// @throws IOException when what may show cannot be told: the copy ends there
        RecordingEvent change(RecordingEvent event) throws IOException;
    }

    /// The first line of a redacted copy, without its line feed.
    public static byte[] mark() {
        return MARK.clone();
    }

    static boolean isMark(byte[] line) {
        return Arrays.equals(line, MARK);
    }

    /// @param stored as {@link Recordings#lines} gives them; closed at the end
    public static void copy(InputStream stored, OutputStream out, Change change)
            throws IOException {
        try (var lines = new LineReader(stored)) {
            out.write(MARK);
            out.write('\n');
            Optional<byte[]> line = lines.next();
            while (line.isPresent()) {
                var recorded = RecordedEvent.parse(line.get());
                var next = lines.next();
                if (recorded.event() instanceof RecordingEvent.Prompt && next.isPresent()) {
                    change.ahead(RecordedEvent.parse(next.get()).event());
                }
                write(out, line.get(), recorded, change);
                line = next;
            }
        }
    }

    private static void write(OutputStream out, byte[] line, RecordedEvent recorded, Change change)
            throws IOException {
        LineHead head =
                LineHead.of(line)
                        .orElseThrow(() -> new RecordingDamaged("not a line of a recording"));
        if (recorded.event() instanceof RecordingEvent.Unknown) {
            // What a newer version kept may be anything: only that it happened shows.
            String front =
                    "{\"seq\":%d,\"at\":\"%s\",\"prev\":\"%s\",\"type\":\"%s\"}"
                            .formatted(
                                    head.seq(),
                                    EventWriter.time(head.at()),
                                    head.prev(),
                                    head.type());
            out.write(front.getBytes(StandardCharsets.UTF_8));
        } else {
            EventWriter.write(
                    out, head.seq(), head.at(), head.prev(), change.change(recorded.event()));
        }
        out.write('\n');
    }
}
