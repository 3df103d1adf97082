package dev.sfguard.sandbox.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// The table of a run: the ratio or the difference first, what it was made from after it.
final class Report {
    /// One line of the table.
    ///
    /// @param figure what the goal speaks of: a ratio, an added time, a rate
    /// @param from the measurements behind it
    /// @param memory the most that gateway and agent held meanwhile
    record Line(String what, String figure, String goal, String from, String memory) {
        String markdown() {
            return "| " + String.join(" | ", what, figure, goal, from, memory) + " |\n";
        }
    }

    private final List<Line> lines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private boolean closed;

    void add(String what, String figure, String goal, String from) {
        add(what, figure, goal, from, "");
    }

    synchronized void add(String what, String figure, String goal, String from, String memory) {
        if (!closed) {
            lines.add(new Line(what, figure, goal, from, memory));
            System.err.println("  " + what + ": " + figure + "  [" + from + "] " + memory);
        }
    }

    /// Says what was left out and why: a missing line must not look like a good one.
    synchronized void note(String text) {
        if (!closed) {
            notes.add(text);
            System.err.println("  note: " + text);
        }
    }

    /// Takes nothing more but the reason why.
    synchronized void close(String why) {
        note(why);
        closed = true;
    }

    /// @param how long the samples were, for who compares
    synchronized String markdown(Machine machine, String when, String how) {
        var text = new StringBuilder();
        text.append("Taken on ").append(when).append(": ").append(machine.text()).append(". ");
        text.append(how).append(".\n\n");
        text.append("| what | figure | goal | measured | peak memory |\n");
        text.append("| --- | --- | --- | --- | --- |\n");
        lines.forEach(line -> text.append(line.markdown()));
        if (!notes.isEmpty()) {
            text.append("\n");
            notes.forEach(note -> text.append("- ").append(note).append("\n"));
        }
        return text.toString();
    }

    static String millis(double millis) {
        return String.format(Locale.ROOT, "%.2f ms", millis);
    }

    static String percent(double ratio) {
        return String.format(Locale.ROOT, "%.0f %%", 100 * ratio);
    }

    static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%,.0f/s", perSecond);
    }

    static String mebibytes(double perSecond) {
        return String.format(Locale.ROOT, "%,.0f MB/s", perSecond);
    }

    /// The middle of the rounds' figures: one disturbed round does not count.
    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    static double median(List<Double> values) {
        return median(values.stream().mapToDouble(Double::doubleValue).toArray());
    }
}
