package dev.sfguard.sandbox.bench;

import static dev.sfguard.sandbox.bench.Report.mebibytes;
import static dev.sfguard.sandbox.bench.Report.median;
import static dev.sfguard.sandbox.bench.Report.percent;

import java.io.IOException;
import java.util.List;

/// How fast a large result arrives, against the same result without anything in between. The first
/// target is the one compared with.
record LargeResultBench(List<Target> targets, Rounds rounds, Report report) {
    /// Measures one result.
    ///
    /// @param table of the scripted upstream, such as `inline_64mb`; its MiB count, also when its
    ///     chunks come gzipped
    void run(String what, String table, String goal) throws IOException {
        int mebibytes = Integer.parseInt(table.replaceAll("\\D", ""));
        var results = rounds.run(targets, target -> download(target, table, mebibytes));
        double base = median(results.getFirst().turns());
        for (var taken : results.subList(1, results.size())) {
            double speed = median(taken.turns());
            report.add(
                    "%s, %s".formatted(what, taken.target().name()),
                    percent(speed / base),
                    taken.target().goal(goal),
                    "%s against %s %s"
                            .formatted(
                                    mebibytes(speed), mebibytes(base), targets.getFirst().name()));
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
