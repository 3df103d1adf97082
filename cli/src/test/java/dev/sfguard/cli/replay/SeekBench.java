package dev.sfguard.cli.replay;

import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.recording.SessionQuery;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/// How long a jump in a long recording takes: from the key to the lines on the screen. Prints a row
/// of the table that `sandbox/bench.sh` makes.
///
/// Arguments: the folder of recordings that `LongRecording` has left, and how many MiB they hold.
public final class SeekBench {
    private static final int JUMPS = 200;
    private static final int HEIGHT = 50;

    private SeekBench() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        try (var recordings =
                Recordings.open(folder, RecordingSettings.defaults(), Clock.systemUTC())) {
            String session = recordings.list(SessionQuery.newest(1)).getFirst().id();
            long start = System.nanoTime();
            try (var reader = new RecordingReader(recordings.lines(session));
                    var file = PlayFile.of(reader, Duration.ofSeconds(2))) {
                double opening = (System.nanoTime() - start) / 1e9;
                double[] millis = jumps(file);
                System.out.printf(
                        Locale.ROOT,
                        "| seek in a recording of %s MiB | %.1f ms | ≤ 200 ms | median of %d jumps,"
                                + " slowest %.1f ms; opening it, every line's chain checked, takes"
                                + " %.1f s |%n",
                        arguments[1],
                        millis[millis.length / 2],
                        millis.length,
                        millis[millis.length - 1],
                        opening);
            }
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
}
