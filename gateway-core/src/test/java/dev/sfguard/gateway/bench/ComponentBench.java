package dev.sfguard.gateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// The gateway's inner parts by themselves: how long analysis and decision of a statement take, and
/// how many events a second become durable. Prints rows of the table that `sandbox/bench.sh` makes.
///
/// Arguments: `decisions` or `journal`; then, for the journal, the seconds of each figure and the
/// folder on the disk to measure.
public final class ComponentBench {
    private static final Path MEMORY = Path.of("/dev/shm");

    /// A session ends after so many events and the next begins, as in service: so its events are
    /// sealed while others are written.
    private static final int EVENTS_OF_A_SESSION = 2_000;

    private static final Duration SEALING = Duration.ofMinutes(2);

    /// What people and programs send most; the attacks of `bypass/` come on top.
    private static final List<String> ORDINARY =
            List.of(
                    "select 1",
                    "select count(*) from orders",
                    "select id, email from customers where id = 17",
                    "select c.name, sum(o.amount) from customers c join orders o on o.cid = c.id"
                            + " where o.created >= dateadd(day, -30, current_date) group by 1"
                            + " having sum(o.amount) > 100 order by 2 desc limit 50",
                    "insert into orders (id, cid, amount) values (1, 2, 3.50), (2, 3, 4.75)",
                    "update orders set state = 'paid' where id = 4711 and state = 'open'",
                    "merge into t using s on t.id = s.id when matched then update set t.v = s.v"
                            + " when not matched then insert (id, v) values (s.id, s.v)",
                    "create or replace temporary table x as select * from orders where amount > 9",
                    "show tables in schema shop.public",
                    "alter session set timezone = 'Europe/Berlin'",
                    "begin",
                    "commit");

    private static final String ONE_KILOBYTE = oneKilobyte();

    private ComponentBench() {}

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "decisions" -> decisions();
            case "journal" -> {
                var length = Duration.ofSeconds(Long.parseLong(arguments[1]));
                Path disk = Path.of(arguments[2]);
                journal("in memory", Files.isDirectory(MEMORY) ? MEMORY : disk, length);
                journal("on disk", disk, length);
            }
            default -> throw new IllegalArgumentException("unknown part " + arguments[0]);
        }
    }

    private static void decisions() throws Exception {
        Path file = Files.createTempFile("policy", ".yaml");
        try (var in = ComponentBench.class.getResourceAsStream("/bypass/policy-p1.yaml")) {
            Files.copy(Objects.requireNonNull(in), file, StandardCopyOption.REPLACE_EXISTING);
        }
        var policy = PolicyFile.read(file, Set.of());
        Files.delete(file);
        var statements = new ArrayList<>(ORDINARY);
        for (String name : List.of("founding.jsonl", "floor.jsonl")) {
            statements.addAll(corpus(name));
        }
        measure(policy, statements, 4);
        long[] nanos = measure(policy, statements, 100);
        line(
                "analysis + decision, %d statements".formatted(statements.size()),
                micros(nanos, 50) + " p50, " + micros(nanos, 99) + " p99",
                "≤ 100 us p50, ≤ 2 ms p99",
                "slowest " + micros(nanos, 100));
        long[] kilobyte = measure(policy, List.of(ONE_KILOBYTE), 2_000);
        line(
                "analysis + decision of 1 KB",
                micros(kilobyte, 50) + " p50, " + micros(kilobyte, 99) + " p99",
                "≤ 600 us",
                ONE_KILOBYTE.length() + " characters");
    }

    private static long[] measure(Policy policy, List<String> texts, int times) {
        var ana =
                new Identity(
                        "ana",
                        "ana@shop.example",
                        Identity.Kind.HUMAN,
                        Set.of("analysts"),
                        "https://issuer.example",
                        Instant.MAX);
        var session = new SessionView("prod", "ANALYST_RO", _ -> false);
        var analyzer = new Analyzer();
        Instant now = Instant.now();
        long[] nanos = new long[texts.size() * times];
        int at = 0;
        for (int i = 0; i < times; i++) {
            for (String text : texts) {
                long start = System.nanoTime();
                for (var statement : StatementSplitter.split(text)) {
                    policy.decide(ana, session, analyzer.analyze(statement), Usage.NONE, now);
                }
                nanos[at] = System.nanoTime() - start;
                at++;
            }
        }
        Arrays.sort(nanos);
        return nanos;
    }

    private static void journal(String where, Path place, Duration length) throws Exception {
        for (int sessions : new int[] {16, 64}) {
            Path folder = Files.createTempDirectory(place, "journal");
            try (var recordings =
                    Recordings.open(folder, RecordingSettings.defaults(), Clock.systemUTC())) {
                // What the warm-up left to seal must not be sealed at the figure's cost.
                var warm = commits(recordings, sessions, length.dividedBy(2));
                awaitSealed(folder, warm.begun());
                long start = System.nanoTime();
                var done = commits(recordings, sessions, length);
                double seconds = seconds(start);
                long begun = warm.begun() + done.begun();
                long behind = begun - sealed(folder);
                awaitSealed(folder, begun);
                line(
                        "journal %s, %d sessions".formatted(where, sessions),
                        rate(done.events() / seconds) + " durable",
                        sessions == 16 ? "≥ 10,000/s" : "≥ 40,000/s",
                        "each waited for; %,d recordings of %,d events, %,d not yet sealed at the end; %s until all were"
                                .formatted(
                                        done.begun(),
                                        EVENTS_OF_A_SESSION,
                                        behind,
                                        rate(done.events() / seconds(start))));
            } finally {
                delete(folder);
            }
        }
    }

    /// How many events were made durable, in how many recordings.
    private record Written(long events, long begun) {}

    private static Written commits(Recordings recordings, int sessions, Duration length)
            throws Exception {
        long end = System.nanoTime() + length.toNanos();
        Callable<Written> loop =
                () -> {
                    long events = 0;
                    long begun = 0;
                    while (System.nanoTime() < end) {
                        Recording recording = recordings.start(opened(recordings.nextSessionId()));
                        begun++;
                        for (int i = 0; i < EVENTS_OF_A_SESSION && System.nanoTime() < end; i++) {
                            recording.append(asked(i));
                            recording.commit();
                            events++;
                        }
                        recording.close("done");
                    }
                    return new Written(events, begun);
                };
        long events = 0;
        long begun = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(Collections.nCopies(sessions, loop))) {
                events += done.get().events();
                begun += done.get().begun();
            }
        }
        return new Written(events, begun);
    }

    private static void awaitSealed(Path folder, long recordings) throws Exception {
        long deadline = System.nanoTime() + SEALING.toNanos();
        while (sealed(folder) < recordings) {
            if (System.nanoTime() > deadline) {
                throw new IOException("sealing did not end within " + SEALING);
            }
            Thread.sleep(50);
        }
    }

    private static long sealed(Path folder) throws IOException {
        Path parts = folder.resolve("parts");
        if (!Files.isDirectory(parts)) {
            return 0;
        }
        try (var files = Files.walk(parts)) {
            return files.filter(file -> file.toString().endsWith(".zst")).count();
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%,.0f events/s", perSecond);
    }

    static RecordingEvent.Opened opened(String session) {
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

    /// About 400 bytes once written.
    private static RecordingEvent asked(long number) {
        String text = "select id, email from customers where id = " + number + " -- ";
        return new RecordingEvent.Asked(
                number, "request-" + number, text + "x".repeat(180), null, false, false);
    }

    private static List<String> corpus(String name) throws IOException {
        var json = new ObjectMapper();
        var statements = new ArrayList<String>();
        try (var in = ComponentBench.class.getResourceAsStream("/bypass/" + name)) {
            var text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
            for (String line : text.lines().filter(line -> line.startsWith("{")).toList()) {
                statements.add(json.readTree(line).get("sql").asText());
            }
        }
        return statements;
    }

    private static String oneKilobyte() {
        var sql = new StringBuilder("select id");
        for (int i = 0; sql.length() < 900; i++) {
            sql.append(", case when amount > ").append(i).append(" then 'x' end as c").append(i);
        }
        return sql.append(" from shop.public.orders where created > '2026-01-01'").toString();
    }

    private static String micros(long[] sorted, int percentile) {
        int rank = (int) Math.ceil(percentile / 100.0 * sorted.length);
        return String.format(Locale.ROOT, "%.0f us", sorted[Math.max(0, rank - 1)] / 1e3);
    }

    private static void line(String what, String figure, String goal, String from) {
        System.out.println("| " + String.join(" | ", what, figure, goal, from) + " |");
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
