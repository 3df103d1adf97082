package dev.sfguard.sandbox.bench;

import static dev.sfguard.sandbox.bench.Report.mebibytes;
import static dev.sfguard.sandbox.bench.Report.median;
import static dev.sfguard.sandbox.bench.Report.percent;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// How fast a large result arrives through something, against the same result another way.
record LargeResultBench(List<Comparison> comparisons, Rounds rounds, Report report) {
    /// @param goal what the target's speed should be of the base's; empty where there is none
    record Comparison(Target target, Target base, String goal) {}

    /// Measures one result.
    ///
    /// @param table of the scripted upstream, such as `inline_64mb`; its MiB count, also when its
    ///     chunks come gzipped
    void run(String what, String table) throws IOException {
        int mebibytes = Integer.parseInt(table.replaceAll("\\D", ""));
        var targets =
                comparisons.stream()
                        .flatMap(pair -> Stream.of(pair.base(), pair.target()))
                        .distinct()
                        .toList();
        var speeds = new HashMap<Target, Double>();
        for (var taken : rounds.run(targets, target -> download(target, table, mebibytes))) {
            speeds.put(taken.target(), median(taken.turns()));
        }
        for (var pair : comparisons) {
            double speed = Objects.requireNonNull(speeds.get(pair.target()));
            double base = Objects.requireNonNull(speeds.get(pair.base()));
            report.add(
                    "%s, %s of %s".formatted(what, pair.target().name(), pair.base().name()),
                    percent(speed / base),
                    pair.goal(),
                    "%s against %s; %d MiB".formatted(mebibytes(speed), mebibytes(base), mebibytes),
                    pair.target().footprint().peak());
        }
    }

    /// MiB per second, login not counted.
    private static double download(Target target, String table, int mebibytes) throws IOException {
        try (var client = BenchClient.open(target)) {
            long start = System.nanoTime();
            var result = client.download("select * from " + table);
            double seconds = (System.nanoTime() - start) / 1e9;
            long expected = (long) mebibytes * CannedRows.ROWS_PER_BLOCK;
            if (result.rows() != expected) {
                throw new IOException(
                        "%s gave %d rows of %d".formatted(target.name(), result.rows(), expected));
            }
            return mebibytes / seconds;
        }
    }
}
