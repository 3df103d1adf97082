package dev.sfguard.cli;

import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.recording.RecordingsFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A session of one morning, recorded by the gateway's own code at times that never change.
public final class RecordedDay {
    public static final String ID = "01KARJ7X0RF5N9QZ3T6V8W2Y4B";

    /// A clock that stands still until it is set.
    private static final class SetClock extends Clock {
        private Instant now = Instant.parse("2026-11-23T14:02:11Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private RecordedDay() {}

    /// Writes the session's stored lines to a file.
    public static Path writeTo(Path folder) throws IOException {
        var clock = new SetClock();
        try (var recordings =
                Recordings.open(folder.resolve("store"), RecordingSettings.defaults(), clock)) {
            var recording = recordings.start(opened(ID));
            for (var timed : events()) {
                clock.now = Instant.parse("2026-11-23T" + timed.at() + "Z");
                recording.append(timed.event());
            }
            recording.close("logout");
            Path file = folder.resolve(ID + ".ndjson");
            try (InputStream lines = recordings.lines(ID)) {
                Files.copy(lines, file);
            }
            awaitSealed(folder.resolve("store"));
            return file;
        }
    }

    private static void awaitSealed(Path store) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!hasParts(store.resolve("parts"))) {
            if (System.nanoTime() > deadline) {
                throw new IOException("the recording was not sealed within 30 s");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    private static boolean hasParts(Path parts) throws IOException {
        if (!Files.isDirectory(parts)) {
            return false;
        }
        try (var sealed = RecordingsFolder.open(parts)) {
            return sealed.size() > 0;
        }
    }

    private record Timed(String at, RecordingEvent event) {}

    static RecordingEvent.Opened opened(String session) {
        return new RecordingEvent.Opened(
                session,
                "pool-1",
                "ana@acme.io",
                "sub-ana",
                "https://issuer.acme.io",
                "human",
                Set.of("analysts"),
                "dbt",
                "JDBC",
                "4.4.1",
                "prod",
                "ANALYST_RO",
                "abc123");
    }

    private static List<Timed> events() {
        String select =
                "SELECT name, ssn\n  FROM customers\n WHERE churned_at > '2026-10-01' LIMIT 2";
        String evil = "SELECT '\u001b]0;owned\u0007' AS \"E\u001b[31mV\"";
        return List.of(
                new Timed(
                        "14:02:15",
                        new RecordingEvent.Prompt(
                                1,
                                "claude",
                                null,
                                "7",
                                null,
                                "which customers churned last month?")),
                new Timed("14:02:15", asked(1, select)),
                new Timed("14:02:15", masked(1, select)),
                new Timed(
                        "14:02:15",
                        new RecordingEvent.Columns(
                                1,
                                1,
                                "01b2-1",
                                List.of(
                                        new RecordingEvent.Column("NAME", "TEXT"),
                                        new RecordingEvent.Column(
                                                "SSN", "TEXT", Set.of("customer-pii"), true)))),
                new Timed(
                        "14:02:15.03",
                        rows(1, 0, 2, "[[\"Ada King\",\"***-**-1234\"],[\"Grace\",null]]")),
                new Timed("14:02:15.04", ended(1, 2, Map.of("SSN", 2L), 38_000, 37_400)),
                new Timed("14:02:31", asked(2, "DELETE FROM orders WHERE id = 7")),
                new Timed(
                        "14:02:31",
                        decided(
                                2,
                                "DELETE FROM orders WHERE id = 7",
                                "DELETE",
                                "allow",
                                "w",
                                null)),
                new Timed("14:02:31", columns(2, "number of rows deleted")),
                new Timed("14:02:31", rows(2, 0, 1, "[[\"1\"]]")),
                new Timed("14:02:32", ended(2, 1, Map.of(), 1_251_000, 1_250_000)),
                new Timed("14:05:10", asked(3, "DROP DATABASE shop")),
                new Timed(
                        "14:05:10",
                        decided(
                                3,
                                "DROP DATABASE shop",
                                "DROP",
                                "block",
                                "no-drop",
                                "Nobody drops a database here. Ask team data-owners.")),
                new Timed(
                        "14:05:10",
                        new RecordingEvent.Failed(3, null, "098011", "42501", "Nobody …", 700)),
                new Timed("14:05:20", asked(4, evil)),
                new Timed("14:05:20", decided(4, evil, "SELECT", "allow", "reads", null)),
                new Timed("14:05:20", columns(4, "E\u001b[31mV")),
                new Timed("14:05:20", rows(4, 0, 1, "[[\"\\u001b]0;owned\\u0007\"]]")),
                new Timed("14:05:20", ended(4, 1, Map.of(), 5_000, 4_000)),
                new Timed("14:05:30", asked(5, "SELECT seq FROM numbers")),
                new Timed(
                        "14:05:30",
                        decided(5, "SELECT seq FROM numbers", "SELECT", "allow", "reads", null)),
                new Timed("14:05:30", columns(5, "SEQ")),
                new Timed("14:05:30", rows(5, 0, 30, numbers(0, 30))),
                new Timed("14:05:30", rows(5, 30, 1_000, numbers(30, 1_000))),
                new Timed("14:05:31", ended(5, 1_030, Map.of(), 900_000, 880_000)),
                new Timed("14:05:40", asked(6, "SELECT * FROM nowhere")),
                new Timed(
                        "14:05:40",
                        decided(6, "SELECT * FROM nowhere", "SELECT", "allow", "reads", null)),
                new Timed(
                        "14:05:41",
                        new RecordingEvent.Failed(
                                6,
                                "01b2-6",
                                "002003",
                                "42S02",
                                "Object 'NOWHERE' does not exist",
                                41_000)));
    }

    private static String numbers(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(number -> "[\"" + number + "\"]")
                .collect(Collectors.joining(",", "[", "]"));
    }

    static RecordingEvent asked(long statement, String text) {
        return new RecordingEvent.Asked(statement, "r-" + statement, text, null, false, false);
    }

    private static RecordingEvent decided(
            long statement,
            String text,
            String kind,
            String verdict,
            String rule,
            @Nullable String message) {
        return new RecordingEvent.Decided(
                statement, 1, text, kind, Set.of(), null, verdict, rule, message, "abc123");
    }

    private static RecordingEvent masked(long statement, String text) {
        return new RecordingEvent.Decided(
                statement,
                1,
                text,
                "SELECT",
                Set.of(),
                null,
                "allow",
                "reads",
                null,
                "abc123",
                Map.of("customer-pii", Set.of("SHOP.PUBLIC.CUSTOMERS.SSN")),
                Provenance.NONE);
    }

    private static RecordingEvent columns(long statement, String... names) {
        return new RecordingEvent.Columns(
                statement,
                1,
                "01b2-" + statement,
                List.of(names).stream()
                        .map(name -> new RecordingEvent.Column(name, "TEXT"))
                        .toList());
    }

    private static RecordingEvent rows(long statement, long first, int count, String json) {
        return new RecordingEvent.Rows(
                statement, 1, first, count, json.getBytes(StandardCharsets.UTF_8));
    }

    private static RecordingEvent ended(
            long statement, long rows, Map<String, Long> masked, long total, long upstream) {
        return new RecordingEvent.Ended(
                statement,
                1,
                "01b2-" + statement,
                rows,
                rows,
                rows * 9,
                "00",
                masked,
                total,
                upstream);
    }
}
