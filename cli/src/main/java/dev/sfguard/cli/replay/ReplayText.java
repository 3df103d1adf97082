package dev.sfguard.cli.replay;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import java.io.IOException;
import java.io.PrintStream;

/// A whole recording as text, all at once.
public final class ReplayText {
    private final PrintStream out;
    private final Detail detail;
    private final int width;

    /// @param width of the screen, in columns; what is wider is cut
    public ReplayText(PrintStream out, Detail detail, int width) {
        this.out = out;
        this.detail = detail;
        this.width = width;
    }

    /// @param only the one statement to tell, 0 for all
    public void print(RecordingReader reader, long only) throws IOException {
        var narrator = new Narrator(detail);
        for (var event = reader.next(); event.isPresent(); event = reader.next()) {
            var recorded = event.get();
            if (recorded.event() instanceof RecordingEvent.Opened opened) {
                print("▶ " + Narrator.heading(opened) + "    " + Narrator.day(recorded.at()));
            }
            if (only == 0 || Statements.of(recorded.event()) == only) {
                narrator.tell(recorded).forEach(this::print);
            }
        }
        narrator.finish().forEach(this::print);
    }

    private void print(String line) {
        out.print(ShownText.cut(line.stripTrailing(), width) + "\n");
    }
}
