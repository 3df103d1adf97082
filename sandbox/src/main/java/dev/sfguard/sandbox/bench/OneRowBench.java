package dev.sfguard.sandbox.bench;

import static dev.sfguard.sandbox.bench.Report.median;
import static dev.sfguard.sandbox.bench.Report.millis;
import static dev.sfguard.sandbox.bench.Report.rate;

import java.io.IOException;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What a one-row query costs more when something stands before the upstream. The first target is
/// the upstream itself.
record OneRowBench(List<Target> targets, Rounds rounds, Report report) {
    void run() throws IOException {
        added("one-row query, 1 session", this::oneSession);
        added("one-row query, 100 sessions offer 1,000/s", this::hundredSessions);
        closedLoop();
    }

    private Latencies oneSession(Target target) throws IOException {
        try (var load = Load.open(target, 1)) {
            return load.closedLoop(rounds.length());
        }
    }

    private Latencies hundredSessions(Target target) throws IOException {
        try (var load = Load.open(target, 100)) {
            return load.openLoop(rounds.length(), 1_000);
        }
    }

    private void added(String what, Rounds.Turn<Latencies> turn) throws IOException {
        var results = rounds.run(targets, turn);
        List<Latencies> direct = results.getFirst().turns();
        for (var taken : results.subList(1, results.size())) {
            List<Latencies> through = taken.turns();
            report.add(
                    what + ", " + taken.target().name(),
                    "%+.2f ms p50, %+.2f ms p99"
                            .formatted(
                                    middle(through, 50) - middle(direct, 50),
                                    middle(through, 99) - middle(direct, 99)),
                    taken.target().goal("≤ 1 ms p50, ≤ 5 ms p99"),
                    "p50 %s against %s, p99 %s against %s, %,d queries"
                            .formatted(
                                    millis(middle(through, 50)),
                                    millis(middle(direct, 50)),
                                    millis(middle(through, 99)),
                                    millis(middle(direct, 99)),
                                    through.stream().mapToInt(Latencies::count).sum()),
                    taken.peakMemory());
        }
    }

    private void closedLoop() throws IOException {
        ToDoubleFunction<Latencies> perSecond =
                latencies -> latencies.count() / (double) rounds.length().toSeconds();
        var results =
                rounds.run(
                        targets,
                        target -> {
                            try (var load = Load.open(target, 16)) {
                                return load.closedLoop(rounds.length());
                            }
                        });
        for (var taken : results) {
            List<Latencies> turns = taken.turns();
            report.add(
                    "closed loop, 16 sessions, " + taken.target().name(),
                    rate(median(turns.stream().mapToDouble(perSecond).toArray())),
                    taken.target().goal("≥ 5,000/s on 2 cores"),
                    "p50 %s, p99 %s"
                            .formatted(millis(middle(turns, 50)), millis(middle(turns, 99))),
                    taken.peakMemory());
        }
    }

    private static double middle(List<Latencies> rounds, double percentile) {
        return median(rounds.stream().mapToDouble(taken -> taken.millis(percentile)).toArray());
    }
}
