package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.time.Instant;

/// An event as it stands in a recording.
///
/// @param seq numbers a recording's lines from 1
/// @param at never before the event before it
public record RecordedEvent(long seq, Instant at, RecordingEvent event) {

    /// Reads one stored line, whose place in the chain {@link RecordingReader} has checked.
    ///
    /// @param line without its line feed
    public static RecordedEvent parse(byte[] line) throws IOException {
        LineHead head =
                LineHead.of(line)
                        .orElseThrow(() -> new RecordingDamaged("not a line of a recording"));
        return new RecordedEvent(head.seq(), head.at(), EventParser.parse(line, 0, line.length));
    }
}
