package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Executors;

/// Prints how many durable events a second the recording takes: every event is committed before
/// its session appends the next. Run it from the module's folder with the test class path; the
/// argument is a folder on the disk to measure.
final class JournalBenchmark {
    private static final int WARM_UP = 20_000;
    private static final int EVENTS = 120_000;

    private JournalBenchmark() {}

    public static void main(String[] args) throws IOException {
        Path folder = Files.createTempDirectory(Path.of(args.length > 0 ? args[0] : "."), "bench");
        for (int sessions : new int[] {1, 16, 64}) {
            run(folder, sessions, WARM_UP / (sessions == 1 ? 20 : 1));
            run(folder, sessions, EVENTS / (sessions == 1 ? 20 : 1));
        }
    }

    private static void run(Path folder, int sessions, int events) throws IOException {
        Path place = Files.createTempDirectory(folder, "run");
        int each = events / sessions;
        long[] nanos = new long[each * sessions];
        try (var recordings =
                Recordings.open(place, RecordingSettings.defaults(), Clock.systemUTC())) {
            long start = System.nanoTime();
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int session = 0; session < sessions; session++) {
                    int from = session * each;
                    threads.execute(() -> record(recordings, nanos, from, each));
                }
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            Arrays.sort(nanos);
            System.out.printf(
                    Locale.ROOT,
                    "%3d sessions: %,8.0f durable events/s, p50 %.2f ms, p99 %.2f ms%n",
                    sessions,
                    nanos.length / seconds,
                    nanos[nanos.length / 2] / 1e6,
                    nanos[(int) (nanos.length * 0.99)] / 1e6);
        }
    }

    private static void record(Recordings recordings, long[] nanos, int from, int count) {
        try {
            var recording = recordings.start(Samples.opened(recordings.nextSessionId()));
            for (int i = 0; i < count; i++) {
                long before = System.nanoTime();
                recording.append(
                        Samples.allowed(i, "SELECT name, ssn FROM customers WHERE id = 7"));
                recording.commit();
                nanos[from + i] = System.nanoTime() - before;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
