package dev.sfguard.sandbox.bench;

import static dev.sfguard.sandbox.bench.Report.mebibytes;
import static dev.sfguard.sandbox.bench.Report.median;
import static dev.sfguard.sandbox.bench.Report.percent;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// How fast a large result arrives through something, against the same result another way.
record LargeResultBench(List<Comparison> comparisons, Rounds rounds, Report report) {
    /// @param goal what the target's speed should be of the base's; empty where there is none
    record Comparison(Target target, Target base, String goal) {}

    /// One download.
    ///
    /// @param processor what each process behind the target spent on it
    record Download(double mebibytesPerSecond, Map<String, Duration> processor) {}

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
        var spent = new HashMap<Target, String>();
        for (var taken : rounds.run(targets, target -> download(target, table, mebibytes))) {
            var turns = taken.turns();
            var speed = turns.stream().map(Download::mebibytesPerSecond).toList();
            speeds.put(taken.target(), median(speed));
            spent.put(taken.target(), perGibibyte(turns, mebibytes));
        }
        for (var pair : comparisons) {
            double speed = Objects.requireNonNull(speeds.get(pair.target()));
            double base = Objects.requireNonNull(speeds.get(pair.base()));
            report.add(
                    "%s, %s of %s".formatted(what, pair.target().name(), pair.base().name()),
                    percent(speed / base),
                    pair.goal(),
                    "%s against %s; %d MiB%s%s"
                            .formatted(
                                    mebibytes(speed),
                                    mebibytes(base),
                                    mebibytes,
                                    Objects.requireNonNull(spent.get(pair.target())),
                                    against(Objects.requireNonNull(spent.get(pair.base())))),
                    pair.target().footprint().peak());
        }
    }

    private static String against(String spent) {
        return spent.isEmpty() ? "" : ", against" + spent.substring(1);
    }

    /// Such as `; 1.42 s of processor per GiB (gateway 1.02, agent 0.40)`; empty of processes that
    /// are not ours to tell. Other programs' work does not show in it.
    static String perGibibyte(List<Download> turns, int mebibytes) {
        var sums = new LinkedHashMap<String, Double>();
        for (var turn : turns) {
            turn.processor()
                    .forEach((name, time) -> sums.merge(name, time.toNanos() / 1e9, Double::sum));
        }
        if (sums.isEmpty()) {
            return "";
        }
        double gibibytes = turns.size() * mebibytes / 1024.0;
        var each =
                sums.entrySet().stream()
                        .map(sum -> sum.getKey() + " " + seconds(sum.getValue() / gibibytes))
                        .toList();
        double all = sums.values().stream().mapToDouble(Double::doubleValue).sum();
        return "; %s s of processor per GiB (%s)"
                .formatted(seconds(all / gibibytes), String.join(", ", each));
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds);
    }

    private static Download download(Target target, String table, int mebibytes)
            throws IOException {
        try (var client = BenchClient.open(target)) {
            var before = target.footprint().processor();
            long start = System.nanoTime();
            var result = client.download("select * from " + table);
            double seconds = (System.nanoTime() - start) / 1e9;
            long expected = (long) mebibytes * CannedRows.ROWS_PER_BLOCK;
            if (result.rows() != expected) {
                throw new IOException(
                        "%s gave %d rows of %d".formatted(target.name(), result.rows(), expected));
            }
            var spent = target.footprint().processor();
            spent.replaceAll((name, time) -> time.minus(before.getOrDefault(name, Duration.ZERO)));
            return new Download(mebibytes / seconds, spent);
        }
    }
}
