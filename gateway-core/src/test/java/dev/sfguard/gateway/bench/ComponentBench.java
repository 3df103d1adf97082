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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;

/// The gateway's inner parts by themselves: how long analysis and decision of a statement take, and
/// how many events a second become durable. Prints rows for `docs/performance.md`; started by
/// `./mvnw -q -Pquick -pl gateway-core test-compile exec:java@components`.
public final class ComponentBench {
    private static final Duration LENGTH = Duration.ofSeconds(5);
    private static final Path MEMORY = Path.of("/dev/shm");

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
        Path folder = Files.createTempDirectory("components");
        try {
            decisions(folder);
            journal("in memory", Files.isDirectory(MEMORY) ? MEMORY : folder);
            journal("on disk", folder);
        } finally {
            delete(folder);
        }
    }

    private static void decisions(Path folder) throws Exception {
        Path file = folder.resolve("policy.yaml");
        try (var in = ComponentBench.class.getResourceAsStream("/bypass/policy-p1.yaml")) {
            Files.copy(Objects.requireNonNull(in), file);
        }
        var policy = PolicyFile.read(file, Set.of());
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

    private static void journal(String where, Path place) throws Exception {
        for (int sessions : new int[] {16, 64}) {
            Path folder = Files.createTempDirectory(place, "journal");
            try (var recordings =
                    Recordings.open(folder, RecordingSettings.defaults(), Clock.systemUTC())) {
                commits(recordings, sessions, Duration.ofSeconds(2));
                double rate = commits(recordings, sessions, LENGTH);
                line(
                        "journal %s, %d sessions".formatted(where, sessions),
                        String.format(Locale.ROOT, "%,.0f durable events/s", rate),
                        sessions == 16 ? "≥ 10,000/s" : "≥ 40,000/s",
                        "each event is waited for");
            } finally {
                delete(folder);
            }
        }
    }

    private static double commits(Recordings recordings, int sessions, Duration length)
            throws Exception {
        long end = System.nanoTime() + length.toNanos();
        var loops = new ArrayList<Callable<Long>>();
        for (int i = 0; i < sessions; i++) {
            Recording recording = recordings.start(opened(recordings.nextSessionId()));
            loops.add(
                    () -> {
                        long count = 0;
                        while (System.nanoTime() < end) {
                            count++;
                            recording.append(asked(count));
                            recording.commit();
                        }
                        recording.close("done");
                        return count;
                    });
        }
        long total = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(loops)) {
                total += done.get();
            }
        }
        return total / (double) length.toSeconds();
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
