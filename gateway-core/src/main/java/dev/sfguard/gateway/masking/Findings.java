package dev.sfguard.gateway.masking;

import java.util.Arrays;

/// What was found in one text: ranges in the order of their beginnings, none inside of another.
final class Findings {
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private int[] kinds = new int[16];
    private int size;

    void clear() {
        size = 0;
    }

    int size() {
        return size;
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    /// An index into {@link Detections}.
    int kind(int index) {
        return kinds[index];
    }

    /// Adds at the end, as the scanner goes forward.
    void add(int start, int end, int kind) {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            kinds = Arrays.copyOf(kinds, size * 2);
        }
        starts[size] = start;
        ends[size] = end;
        kinds[size] = kind;
        size++;
    }

    /// Puts what several detectors added into order. Of ranges that overlap one remains: all of
    /// them together, as what the first of them is.
    void settle() {
        var order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                (a, b) ->
                        starts[a] != starts[b]
                                ? Integer.compare(starts[a], starts[b])
                                : Integer.compare(kinds[a], kinds[b]));
        var settled = new Findings();
        for (int i : order) {
            int last = settled.size - 1;
            if (last >= 0 && starts[i] < settled.ends[last]) {
                settled.ends[last] = Math.max(settled.ends[last], ends[i]);
            } else {
                settled.add(starts[i], ends[i], kinds[i]);
            }
        }
        starts = settled.starts;
        ends = settled.ends;
        kinds = settled.kinds;
        size = settled.size;
    }
}
