package dev.sfguard.gateway.sql;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

/// How fast a text is cut into tokens: a join of 1 KB, and an insert of many rows. Its `main` is a
/// plain loop that counts processor time, for a machine that has other work:
/// `./mvnw -q -Pquick -pl gateway-core test-compile exec:java@lexer`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LexerBench {
    private static final int ROUNDS = 12;
    private static final int COLD = 4;

    @Param({"join", "insert"})
    public String kind = "join";

    private String text = "";

    @Setup
    public void prepare() {
        text = kind.equals("join") ? join() : insert();
    }

    @Benchmark
    public Object read() {
        return Lexer.read(text);
    }

    private static String join() {
        var sql = new StringBuilder("SELECT c.id");
        for (int i = 0; sql.length() < 800; i++) {
            sql.append(", COALESCE(UPPER(c.\"Name\"), 'none') || o.status AS label").append(i);
        }
        return sql
                + " -- the newest first\n FROM customers c JOIN orders o ON o.customer_id = c.id"
                + " WHERE c.city IN ('Rome', 'Oslo') AND o.amount BETWEEN 1 AND 1e3 /* all */;";
    }

    private static String insert() {
        var sql = new StringBuilder("INSERT INTO orders VALUES ");
        for (int i = 0; sql.length() < 65_536; i++) {
            sql.append(i == 0 ? "" : ", ")
                    .append("(")
                    .append(i)
                    .append(", 'it''s number ")
                    .append(i)
                    .append("', ")
                    .append(i / 7.0)
                    .append(", $$as it is$$)");
        }
        return sql.toString();
    }

    /// The plain loop.
    public static void main(String[] arguments) {
        for (String kind : List.of("join", "insert")) {
            var bench = new LexerBench();
            bench.kind = kind;
            bench.prepare();
            double[] rates = new double[ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                rates[round] = bench.charactersPerMicrosecond();
            }
            double[] warm = Arrays.copyOfRange(rates, COLD, ROUNDS);
            Arrays.sort(warm);
            double rate = warm[warm.length / 2];
            System.out.printf(
                    Locale.ROOT,
                    "lexer, %s of %d characters: median %.1f us, %.0f MB/s%n",
                    kind,
                    bench.text.length(),
                    bench.text.length() / rate,
                    rate);
        }
    }

    /// Of processor time: other programs' share of the core is not ours.
    private double charactersPerMicrosecond() {
        var threads = ManagementFactory.getThreadMXBean();
        long until = System.nanoTime() + 500_000_000L;
        long start = threads.getCurrentThreadCpuTime();
        long characters = 0;
        long tokens = 0;
        while (System.nanoTime() < until) {
            tokens += Lexer.read(text).size();
            characters += text.length();
        }
        if (tokens == 0) {
            throw new IllegalStateException("nothing was read");
        }
        return characters * 1e3 / (threads.getCurrentThreadCpuTime() - start);
    }
}
