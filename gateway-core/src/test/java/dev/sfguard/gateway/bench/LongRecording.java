package dev.sfguard.gateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/// Makes the recording of one long session, for what measures how it is read.
///
/// Arguments: its MiB, and the folder of recordings to begin with it.
public final class LongRecording {
    private static final int ROWS_OF_A_STATEMENT = 1_000;

    /// Some 100 bytes a row, as the scripted upstream's rows have.
    private static final String ROW = "[\"%d\",\"user%d@shop.example\",\"" + "x".repeat(64) + "\"]";

    private LongRecording() {}

    public static void main(String[] arguments) throws IOException {
        long bytes = Long.parseLong(arguments[0]) << 20;
        Path folder = Path.of(arguments[1]);
        try (var recordings =
                Recordings.open(folder, RecordingSettings.defaults(), Clock.systemUTC())) {
            record(recordings.start(ComponentBench.opened(recordings.nextSessionId())), bytes);
        }
    }

    private static void record(Recording recording, long bytes) throws IOException {
        byte[] rows = rows();
        long statements = bytes / rows.length;
        for (long i = 1; i <= statements; i++) {
            String text = "select id, email, note from customers where day = " + i;
            recording.append(new RecordingEvent.Asked(i, "request-" + i, text, null, false, false));
            recording.append(
                    new RecordingEvent.Columns(
                            i, 1, "01-" + i, List.of(new RecordingEvent.Column("ID", "fixed"))));
            recording.append(new RecordingEvent.Rows(i, 1, 0, ROWS_OF_A_STATEMENT, rows));
            recording.append(
                    new RecordingEvent.Ended(
                            i,
                            1,
                            "01-" + i,
                            ROWS_OF_A_STATEMENT,
                            ROWS_OF_A_STATEMENT,
                            rows.length,
                            "0".repeat(64),
                            Map.of(),
                            1_000,
                            900));
        }
        recording.commit();
        recording.close("done");
    }

    private static byte[] rows() {
        var json = new StringBuilder("[");
        for (int i = 0; i < ROWS_OF_A_STATEMENT; i++) {
            json.append(i == 0 ? "" : ",").append(ROW.formatted(i, i));
        }
        return json.append(']').toString().getBytes(UTF_8);
    }
}
