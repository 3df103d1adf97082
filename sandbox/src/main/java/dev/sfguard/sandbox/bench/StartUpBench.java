package dev.sfguard.sandbox.bench;

import static dev.sfguard.sandbox.bench.Report.median;
import static dev.sfguard.sandbox.bench.Report.millis;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/// How long a person waits for a command, from its start to its end.
///
/// @param environment added to ours, such as `SFGUARD_HOME`
record StartUpBench(Map<String, String> environment, int runs, Report report) {
    /// @throws IOException when the command fails: a fast failure is no figure
    void run(String what, String goal, List<String> command) throws IOException {
        once(command);
        double[] times = new double[runs];
        for (int i = 0; i < runs; i++) {
            times[i] = once(command);
        }
        report.add(
                what,
                String.format(Locale.ROOT, "%.0f ms", median(times)),
                goal,
                "%d runs, fastest %s, slowest %s"
                        .formatted(
                                runs,
                                millis(DoubleStream.of(times).min().orElseThrow()),
                                millis(DoubleStream.of(times).max().orElseThrow())));
    }

    private double once(List<String> command) throws IOException {
        var builder =
                new ProcessBuilder(command)
                        .redirectOutput(Redirect.DISCARD)
                        .redirectError(Redirect.DISCARD)
                        .redirectInput(Redirect.from(new File("/dev/null")));
        builder.environment().putAll(environment);
        long start = System.nanoTime();
        try {
            int code = builder.start().waitFor();
            if (code != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + code);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
        return (System.nanoTime() - start) / 1e6;
    }
}
