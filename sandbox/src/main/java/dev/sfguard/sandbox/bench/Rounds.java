package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Measures several targets in turns, A B A B: what disturbs the machine meanwhile disturbs all.
///
/// @param warmUp how long each target is exercised before anything counts: the JDK's ciphers, for
///     one, are forty times slower until they are compiled
/// @param count turns per target
/// @param length of one turn
record Rounds(Duration warmUp, int count, Duration length) {
    /// One turn at one target.
    interface Turn<T> {
        T measure(Target target) throws IOException;
    }

    /// What all turns at one target gave.
    record Taken<T>(Target target, List<T> turns) {
        /// What stood before the upstream held at most, in these turns.
        String peakMemory() {
            return target.footprint().peak();
        }
    }

    String text() {
        return "%d turns of %d s each after %d s of warm-up"
                .formatted(count, length.toSeconds(), warmUp.toSeconds());
    }

    /// Results in the targets' order.
    <T> List<Taken<T>> run(List<Target> targets, Turn<T> turn) throws IOException {
        var results = new ArrayList<Taken<T>>();
        for (var target : targets) {
            long warm = System.nanoTime() + warmUp.toNanos();
            do {
                turn.measure(target);
            } while (System.nanoTime() < warm);
            results.add(new Taken<>(target, new ArrayList<>()));
        }
        targets.forEach(target -> target.footprint().reset());
        for (int round = 0; round < count; round++) {
            for (var taken : results) {
                taken.turns().add(turn.measure(taken.target()));
            }
        }
        return results;
    }
}
