package dev.sfguard.sandbox.bench;

import java.util.Arrays;
import java.util.List;

/// Times of many requests, in nanoseconds, in ascending order.
final class Latencies {
    private final long[] sorted;

    private Latencies(long[] sorted) {
        this.sorted = sorted;
    }

    static Latencies of(List<Samples> samples) {
        long[] all = new long[samples.stream().mapToInt(Samples::count).sum()];
        int at = 0;
        for (var part : samples) {
            System.arraycopy(part.nanos, 0, all, at, part.count());
            at += part.count();
        }
        Arrays.sort(all);
        return new Latencies(all);
    }

    int count() {
        return sorted.length;
    }

    /// The nearest-rank percentile in milliseconds.
    ///
    /// @throws IllegalStateException when nothing was measured
    double millis(double percentile) {
        if (sorted.length == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        int rank = (int) Math.ceil(percentile / 100 * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)] / 1e6;
    }

    /// What one thread measured; grows as needed.
    static final class Samples {
        private long[] nanos = new long[4096];
        private int count;

        void add(long duration) {
            if (count == nanos.length) {
                nanos = Arrays.copyOf(nanos, 2 * count);
            }
            nanos[count] = duration;
            count++;
        }

        int count() {
            return count;
        }
    }
}
