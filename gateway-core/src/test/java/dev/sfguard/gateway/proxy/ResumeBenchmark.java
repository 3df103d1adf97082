package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoredSession;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/// How long a session with a recording of a gigabyte takes to go on after a restart, read from its
/// memory and read whole. Run by hand: `java … ResumeBenchmark FOLDER`.
final class ResumeBenchmark {
    private static final long SIZE = 1L << 30;
    private static final int PER_STATEMENT = 16 << 20;

    private ResumeBenchmark() {}

    public static void main(String[] words) throws Exception {
        var folder = Path.of(words[0]);
        var clock = Clock.systemUTC();
        String id;
        try (var recordings =
                        Recordings.open(
                                folder.resolve("recordings"), RecordingSettings.defaults(), clock);
                var store = Store.open(folder.resolve("sfguard.db"))) {
            id = record(recordings, store);
        }
        var facts = facts();
        for (int round = 0; round < 5; round++) {
            long opened = System.nanoTime();
            try (var recordings =
                            Recordings.open(
                                    folder.resolve("recordings"),
                                    RecordingSettings.defaults(),
                                    clock);
                    var store = Store.open(folder.resolve("sfguard.db"));
                    var none = Store.open(Files.createTempDirectory("none").resolve("db"))) {
                System.out.printf("gateway opens its recordings: %d ms%n", since(opened));
                long tail = System.nanoTime();
                long statements = Past.read(recordings, store, id, facts).statements();
                System.out.printf(
                        "  from memory: %d ms (%d statements)%n", since(tail), statements);
                long whole = System.nanoTime();
                statements = Past.read(recordings, none, id, facts).statements();
                System.out.printf(
                        "  whole:       %d ms (%d statements)%n", since(whole), statements);
            }
        }
    }

    private static long since(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }

    private static String record(Recordings recordings, Store store) throws Exception {
        var id = recordings.nextSessionId();
        var recording =
                recordings.start(
                        new RecordingEvent.Opened(
                                id, "g", "ana", "sub", "iss", "human", Set.of(), "app", "JDBC", "4",
                                "shop", "R", "1"));
        store.save(
                new StoredSession(
                        id,
                        "t",
                        "m",
                        null,
                        null,
                        Instant.now().plusSeconds(3600),
                        Instant.now().plusSeconds(3600),
                        facts().json()));
        var batch = batch();
        long statement = 0;
        for (long size = 0; size < SIZE; ) {
            statement++;
            long seq = recording.lastSeq();
            var memory = dev.sfguard.gateway.snowflake.Json.mapper().createObjectNode();
            memory.put("statements", statement - 1);
            new SessionState(Map.of()).write(memory.putObject("state"));
            memory.putArray("runs");
            recording.append(new RecordingEvent.Remembered(memory));
            recording.commit();
            store.remembered(id, seq);
            recording.append(
                    new RecordingEvent.Asked(
                            statement, "r" + statement, "select", null, false, false));
            recording.append(new RecordingEvent.Sent(statement, "select", "r" + statement, "{}"));
            int first = 0;
            for (long of = 0; of < PER_STATEMENT; of += batch.length) {
                recording.append(new RecordingEvent.Rows(statement, 1, first, 1000, batch));
                first += 1000;
                size += batch.length;
            }
            recording.append(
                    new RecordingEvent.Ended(
                            statement, 1, "q" + statement, first, first, size, "", Map.of(), 1, 1));
            recording.commit();
        }
        return id;
    }

    private static byte[] batch() {
        var text = new StringBuilder("[");
        for (int i = 0; i < 1000; i++) {
            text.append(i == 0 ? "" : ",")
                    .append("[\"" + i + "\",\"customer " + i * 31 + "\",\"2026-11-23 14:02\",\"")
                    .append(Integer.toHexString(i * 7919) + "\"]");
        }
        return text.append(']').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static SessionFacts facts() {
        return new SessionFacts(
                "shop", false, "sub", "ana", "HUMAN", Set.of(), "iss", 0, false, "R", "JDBC", "4",
                "app", null, null, null, Map.of(), 1, 0);
    }
}
