package dev.sfguard.sandbox.bench;

import static dev.sfguard.sandbox.bench.Report.median;
import static dev.sfguard.sandbox.bench.Report.rate;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;

/// Snowflake logins a second: each connects, logs in, closes the session.
record LoginBench(List<Target> targets, Rounds rounds, Report report) {
    private static final int AT_ONCE = 16;

    void run() throws IOException {
        var results = rounds.run(targets, this::perSecond);
        for (var taken : results) {
            report.add(
                    "Snowflake logins, " + taken.target().name(),
                    rate(median(taken.turns())),
                    taken.target().goal("≥ 200/s"),
                    AT_ONCE + " at once",
                    taken.peakMemory());
        }
    }

    private double perSecond(Target target) throws IOException {
        long end = System.nanoTime() + rounds.length().toNanos();
        Callable<Integer> loop =
                () -> {
                    int logins = 0;
                    while (System.nanoTime() < end) {
                        BenchClient.open(target).close();
                        logins++;
                    }
                    return logins;
                };
        var loops = new ArrayList<Callable<Integer>>();
        for (int i = 0; i < AT_ONCE; i++) {
            loops.add(loop);
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            int logins = 0;
            for (var done : threads.invokeAll(loops)) {
                logins += done.get();
            }
            return logins / (double) rounds.length().toSeconds();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}
