package dev.sfguard.gateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sfguard.gateway.masking.Detections;
import dev.sfguard.gateway.masking.Masker;
import dev.sfguard.gateway.snowflake.ResultSink.Column;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// How fast rows are masked with every built-in detector, on one core. The row's shape is that of a
/// customers' table: id, name, city, amount, time, note, and a variant; in `tenth` every tenth row
/// has something to be found. Its `main` is a plain loop that counts processor time, for a machine
/// that has other work:
/// `./mvnw -q -Pquick -pl gateway-core test-compile exec:java@masking`.
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MaskingBench {
    /// As large as the batches that come from the scanner of a result's parts.
    private static final int BATCH = 64 << 10;

    private static final List<Column> COLUMNS =
            List.of(
                    new Column("ID", "fixed"),
                    new Column("NAME", "text"),
                    new Column("CITY", "text"),
                    new Column("AMOUNT", "fixed"),
                    new Column("CREATED", "timestamp_ntz"),
                    new Column("NOTE", "text"),
                    new Column("REFERENCE", "text"),
                    new Column("DETAILS", "variant"));

    @Param({"none", "tenth"})
    public String findings = "none";

    private byte[] rows = {};
    private int count;
    private Masker masker = new Masker(Detections.all());

    @Setup
    public void prepare() {
        var random = new Random(42);
        var text = new StringBuilder();
        count = 0;
        while (text.length() < BATCH) {
            text.append(count == 0 ? "" : ",");
            row(text, random, findings.equals("tenth") && count % 10 == 0);
            count++;
        }
        rows = text.toString().getBytes(UTF_8);
        masker = new Masker(Detections.all());
        masker.columns(COLUMNS);
    }

    @Benchmark
    public RowFilter.Rows batch() throws IOException {
        return masker.rows(count, rows, 0, rows.length);
    }

    private static void row(StringBuilder text, Random random, boolean finding) {
        String note =
                finding
                        ? "please write to ana.lopez" + random.nextInt(100) + "@acme.example soon"
                        : "delivered to the neighbour at number " + random.nextInt(300);
        text.append(
                String.format(
                        Locale.ROOT,
                        "[\"%d\",\"%s\",\"%s\",\"%.2f\",\"%d.000000000\",\"%s\",\"%s\",%s]",
                        random.nextInt(10_000_000),
                        pick(random, "Ana Lopez", "Jörg Müller", "Chen Wei", "Fatima Al-Sayed"),
                        pick(random, "Berlin", "San Francisco", "São Paulo", "Osaka"),
                        random.nextDouble() * 10_000,
                        1_700_000_000 + random.nextInt(10_000_000),
                        note,
                        new java.util.UUID(random.nextLong(), random.nextLong()),
                        random.nextInt(4) > 0
                                ? "null"
                                : "\"{\\n  \\\"size\\\": %d,\\n  \\\"color\\\": \\\"red\\\"\\n}\""
                                        .formatted(random.nextInt(50))));
    }

    private static String pick(Random random, String... of) {
        return of[random.nextInt(of.length)];
    }

    /// The plain loop.
    public static void main(String[] arguments) throws IOException {
        for (String findings : List.of("none", "tenth")) {
            var bench = new MaskingBench();
            bench.findings = findings;
            bench.prepare();
            var rates = new ArrayList<Double>();
            for (int round = 0; round < 12; round++) {
                // Processor time: other programs' share of the core is not ours.
                var threads = ManagementFactory.getThreadMXBean();
                long start = threads.getCurrentThreadCpuTime();
                long until = System.nanoTime() + 1_000_000_000L;
                long bytes = 0;
                while (System.nanoTime() < until) {
                    bench.batch();
                    bytes += bench.rows.length;
                }
                rates.add(bytes * 1e3 / (threads.getCurrentThreadCpuTime() - start));
            }
            double[] warm = rates.subList(4, 12).stream().mapToDouble(it -> it).sorted().toArray();
            System.out.printf(
                    Locale.ROOT,
                    "masking, findings in %s of the rows: median %.0f MB/s, best %.0f (%s)%n",
                    findings,
                    warm[warm.length / 2],
                    warm[warm.length - 1],
                    Arrays.stream(warm).mapToLong(Math::round).boxed().toList());
        }
    }
}
