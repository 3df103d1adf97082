package dev.sfguard.sandbox.bench;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What the processes behind a target use up while something is measured.
///
/// @param children live: those that are started later count too
record Footprint(List<Child> children) {
    /// Of a target whose processes are not ours to tell.
    static final Footprint NONE = new Footprint(List.of());

    /// Forgets what memory was held before.
    void reset() {
        children.forEach(Child::resetPeak);
    }

    /// The most memory since the last reset, such as `gateway 212 MiB, agent 98 MiB`.
    String peak() {
        return String.join(", ", children.stream().map(Footprint::peak).toList());
    }

    /// The processor time that each process has used so far.
    Map<String, Duration> processor() {
        var times = new LinkedHashMap<String, Duration>();
        children.forEach(child -> times.merge(child.name(), child.processor(), Duration::plus));
        return times;
    }

    private static String peak(Child child) {
        String peak = child.peakMebibytes().map(mebibytes -> mebibytes + " MiB").orElse("unknown");
        return child.name() + " " + peak;
    }
}
