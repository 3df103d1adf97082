package dev.sfguard.gateway.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.masking.MaskRewriter;
import dev.sfguard.gateway.masking.Rewriting;
import dev.sfguard.gateway.policy.CatalogFile;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.policy.SessionView;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How long a statement's analysis and decision take: over the bypass corpus, and over the corpus
/// of classes where `SFGUARD_SHARED` says where it lies. Its `main` is a plain loop:
/// `./mvnw -q -Pquick -pl gateway-core test-compile exec:java@analysis`.
@State(Scope.Thread)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class AnalysisBench {
    private static final NameScope SCOPE = new NameScope("SHOP", "PUBLIC");

    private static final Identity WHO =
            new Identity(
                    "u-1",
                    "ana@acme.io",
                    Identity.Kind.HUMAN,
                    Set.of("P1", "P2", "P3"),
                    "https://idp.acme.io",
                    Instant.MAX);

    private final Analyzer analyzer = new Analyzer();
    private final Catalog catalog = catalog();
    private final Policy policy = policy();
    private final SessionView session =
            new SessionView(
                    "shop",
                    "ANALYST_RO",
                    Optional.of("SHOP"),
                    Optional.of("PUBLIC"),
                    "",
                    catalog,
                    _ -> false);
    private final List<Statement> corpus = corpus();
    private final Statement kilobyte = new Statement(kilobyteOfSql(), 0);
    private final Map<Statement, Analysis> kept = new HashMap<>();
    private final List<Analysis> analyses = corpus.stream().map(this::analyze).toList();
    private final MaskRewriter rewriter = new MaskRewriter(analyzer, Optional.empty());
    private final List<Masked> masked = corpus.stream().flatMap(this::masked).toList();
    private int next;

    /// What was answered last, so that no answer is optimized away.
    private Object last = "";

    /// Cuts a text of the corpus into tokens and statements.
    @Benchmark
    public List<Statement> split() {
        return StatementSplitter.split(pick().text());
    }

    /// Analyzes and decides a statement of the corpus.
    @Benchmark
    public Decision decide() {
        return decide(analyze(pick()));
    }

    /// The same of a join of 1 KB.
    @Benchmark
    public Decision decideKilobyte() {
        return decide(analyze(kilobyte));
    }

    /// Decides by an analysis that was kept, as the gateway does with texts it knows.
    @Benchmark
    public Decision decideKept() {
        return decide(kept.computeIfAbsent(pick(), this::analyze));
    }

    /// The decision by itself.
    @Benchmark
    public Decision decideAlone() {
        next = (next + 1) % analyses.size();
        return decide(analyses.get(next));
    }

    /// Rewrites a statement that reads masked columns, from an analysis that is there; the result
    /// is analyzed again, as always.
    @Benchmark
    public Rewriting rewrite() {
        next = (next + 1) % masked.size();
        var each = masked.get(next);
        return rewriter.rewrite(each.statement(), each.analysis(), each.masks(), SCOPE, catalog);
    }

    /// A statement that is answered with masks.
    private record Masked(Statement statement, Analysis.Understood analysis, Masks masks) {}

    private Stream<Masked> masked(Statement statement) {
        return analyze(statement) instanceof Analysis.Understood understood
                        && decide(understood) instanceof Decision.Allow allow
                        && !allow.masks().columns().isEmpty()
                ? Stream.of(new Masked(statement, understood, allow.masks()))
                : Stream.empty();
    }

    @TearDown
    public void close() {
        analyzer.close();
    }

    private Analysis analyze(Statement statement) {
        return analyzer.analyze(statement, SCOPE, catalog);
    }

    private Decision decide(Analysis analysis) {
        return policy.decide(WHO, session, analysis, Usage.NONE, Instant.EPOCH);
    }

    private Statement pick() {
        next = (next + 1) % corpus.size();
        return corpus.get(next);
    }

    private static String kilobyteOfSql() {
        var sql = new StringBuilder("SELECT c.id");
        for (int i = 0; sql.length() < 700; i++) {
            sql.append(", COALESCE(UPPER(c.name), 'none') || o.status AS label").append(i);
        }
        return sql
                + " FROM customers c JOIN orders o ON o.customer_id = c.id LEFT JOIN employees e ON"
                + " e.id = c.id WHERE c.city IN ('Rome', 'Oslo') AND o.amount BETWEEN 1 AND 100"
                + " AND EXISTS (SELECT 1 FROM orders x WHERE x.customer_id = c.id) GROUP BY ALL"
                + " ORDER BY 1 DESC LIMIT 50";
    }

    private static List<Statement> corpus() {
        var files =
                Stream.concat(
                        Stream.of("founding", "floor", "guards", "approval", "masking")
                                .map(name -> resource(name + ".jsonl")),
                        Optional.ofNullable(System.getenv("SFGUARD_SHARED")).stream()
                                .map(shared -> Path.of(shared, "corpus", "classify.jsonl")));
        var json = new ObjectMapper();
        var statements = new ArrayList<Statement>();
        files.forEach(
                file -> {
                    try {
                        for (String line : Files.readAllLines(file)) {
                            String sql = json.readTree(line).get("sql").asText();
                            statements.addAll(StatementSplitter.split(sql));
                        }
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
        return statements;
    }

    private static Policy policy() {
        try {
            return PolicyFile.read(resource("corpus.policy.yaml"), Set.of());
        } catch (Exception e) {
            throw new IllegalStateException("the corpus has no policy", e);
        }
    }

    private static Catalog catalog() {
        try {
            return CatalogFile.read(resource("corpus.catalog.yaml"));
        } catch (Exception e) {
            throw new IllegalStateException("the corpus has no catalog", e);
        }
    }

    private static Path resource(String name) {
        try {
            return Path.of(AnalysisBench.class.getResource("/bypass/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The plain loop: medians and 99th percentiles in microseconds of the clock on the wall.
    public static void main(String[] arguments) {
        var bench = new AnalysisBench();
        System.out.printf(
                "%d statements, one of %d characters%n",
                bench.corpus.size(), bench.kilobyte.text().length());
        bench.report("split", bench::split);
        bench.report("analysis and decision, corpus", bench::decide);
        bench.report("analysis and decision, 1 KB", bench::decideKilobyte);
        bench.report("decision by a kept analysis", bench::decideKept);
        bench.report("decision alone", bench::decideAlone);
        bench.report("rewriting alone, of " + bench.masked.size(), bench::rewrite);
        bench.close();
    }

    private void report(String what, Supplier<Object> work) {
        int count = 20 * corpus.size();
        for (int i = 0; i < count; i++) {
            last = work.get();
        }
        long[] times = new long[count];
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            last = work.get();
            times[i] = System.nanoTime() - start;
        }
        if (last.equals("")) {
            throw new IllegalStateException("nothing was measured");
        }
        Arrays.sort(times);
        System.out.printf(
                Locale.ROOT,
                "%s: p50 %.1f us, p90 %.1f us, p99 %.1f us%n",
                what,
                times[count / 2] / 1e3,
                times[count * 9 / 10] / 1e3,
                times[count * 99 / 100] / 1e3);
    }
}
