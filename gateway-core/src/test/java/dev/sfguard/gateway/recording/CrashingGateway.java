package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/// Records until it is killed: sessions that end, sessions that go on from the last life, parts
/// and segments of a few dozen lines. Says on stdout what is durable: `session seq .`
final class CrashingGateway {
    private CrashingGateway() {}

    public static void main(String[] args) throws IOException {
        var settings =
                new RecordingSettings(
                        1 << 20,
                        16 << 10,
                        java.time.Duration.ofHours(1),
                        32 << 10,
                        128 << 10,
                        64 << 10);
        var recordings = Recordings.open(Path.of(args[0]), settings, Clock.systemUTC());
        var interrupted =
                recordings.list(SessionQuery.newest(3)).stream().map(SessionSummary::id).toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 4; i++) {
                String goOn = i < interrupted.size() ? interrupted.get(i) : "";
                threads.execute(() -> sessions(recordings, goOn));
            }
        }
    }

    private static void sessions(Recordings recordings, String interrupted) {
        try {
            var resumed = recordings.resume(interrupted);
            if (resumed.isPresent()) {
                resumed.get().append(new RecordingEvent.Resumed("the gateway was killed"));
                queries(resumed.get(), new AtomicLong(resumed.get().lastSeq()));
            }
            while (true) {
                var recording = recordings.start(Samples.opened(recordings.nextSessionId()));
                queries(recording, new AtomicLong(1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void queries(Recording recording, AtomicLong seq) throws IOException {
        for (int statement = 1; statement <= 40; statement++) {
            String sql = "SELECT " + "x".repeat(statement * 7);
            recording.append(Samples.asked(statement, sql));
            recording.append(Samples.allowed(statement, sql));
            recording.append(Samples.rows(statement, 0, 1, "[[\"" + sql + "\"]]"));
            recording.append(Samples.ended(statement, 1));
            recording.commit();
            acknowledge(recording.id(), seq.addAndGet(4));
        }
        recording.close("done");
        acknowledge(recording.id(), seq.incrementAndGet());
    }

    private static synchronized void acknowledge(String session, long seq) {
        System.out.print(session + " " + seq + " .\n");
        System.out.flush();
    }
}
