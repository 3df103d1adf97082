package dev.sfguard.cli.replay;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// How long a jump in a long recording takes: from the key to the lines on the screen. Prints a row
/// of the table that `sandbox/bench.sh` makes.
///
/// Arguments: the recording's MiB, and a folder for it.
public final class SeekBench {
    private static final int JUMPS = 200;
    private static final int HEIGHT = 50;
    private static final int ROWS_OF_A_STATEMENT = 1_000;

    /// Some 100 bytes a row, as the scripted upstream's rows have.
    private static final String ROW = "[\"%d\",\"user%d@shop.example\",\"" + "x".repeat(64) + "\"]";

    private SeekBench() {}

    public static void main(String[] arguments) throws Exception {
        long bytes = Long.parseLong(arguments[0]) << 20;
        Path folder = Files.createTempDirectory(Path.of(arguments[1]), "seek");
        try (var recordings =
                Recordings.open(folder, RecordingSettings.defaults(), Clock.systemUTC())) {
            String session = record(recordings, bytes);
            long start = System.nanoTime();
            try (var reader = new RecordingReader(recordings.lines(session));
                    var file = PlayFile.of(reader, Duration.ofSeconds(2))) {
                double opening = (System.nanoTime() - start) / 1e9;
                double[] millis = jumps(file);
                System.out.printf(
                        Locale.ROOT,
                        "| seek in a recording of %d MiB | %.1f ms | ≤ 200 ms | median of %d jumps,"
                                + " slowest %.1f ms; opening it, every line's chain checked, takes"
                                + " %.1f s |%n",
                        bytes >> 20,
                        millis[millis.length / 2],
                        millis.length,
                        millis[millis.length - 1],
                        opening);
            }
        } finally {
            delete(folder);
        }
    }

    /// @return the times in ascending order
    private static double[] jumps(PlayFile file) throws IOException {
        var random = new Random(1);
        var screen = new Screen(file, Detail.SHORT);
        double[] millis = new double[JUMPS];
        for (int i = 0; i < JUMPS; i++) {
            int to = 1 + random.nextInt(file.timeline().size());
            long start = System.nanoTime();
            screen.show(to);
            if (screen.last(HEIGHT).size() < HEIGHT && to > 100) {
                throw new IOException("nothing to see at event " + to);
            }
            millis[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(millis);
        return millis;
    }

    private static String record(Recordings recordings, long bytes) throws IOException {
        byte[] rows = rows();
        String session = recordings.nextSessionId();
        Recording recording = recordings.start(opened(session));
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
        return session;
    }

    private static byte[] rows() {
        var json = new StringBuilder("[");
        for (int i = 0; i < ROWS_OF_A_STATEMENT; i++) {
            json.append(i == 0 ? "" : ",").append(ROW.formatted(i, i));
        }
        return json.append(']').toString().getBytes(UTF_8);
    }

    private static RecordingEvent.Opened opened(String session) {
        return new RecordingEvent.Opened(
                session,
                "pool",
                "ana@shop.example",
                "ana",
                "https://issuer.example",
                "human",
                Set.of("analysts"),
                "bench",
                "JDBC",
                "4.4.1",
                "prod",
                "ANALYST_RO",
                "abc");
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
