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
    record Line(String what, String figure, String goal, String from) {}

    private final List<Line> lines = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    void add(String what, String figure, String goal, String from) {
        var line = new Line(what, figure, goal, from);
        lines.add(line);
        System.err.println("  " + what + ": " + figure + "  [" + from + "]");
    }

    /// Says what was left out and why: a missing line must not look like a good one.
    void note(String text) {
        notes.add(text);
        System.err.println("  note: " + text);
    }

    String markdown(Machine machine, String when) {
        return markdown(machine, when, "");
    }

    /// @param more rows from elsewhere, each with its line end
    String markdown(Machine machine, String when, String more) {
        var text = new StringBuilder();
        text.append("Taken on ").append(when).append(": ").append(machine.text()).append(".\n\n");
        text.append("| what | figure | goal | measured |\n| --- | --- | --- | --- |\n");
        for (var line : lines) {
            text.append("| ")
                    .append(
                            String.join(
                                    " | ", line.what(), line.figure(), line.goal(), line.from()))
                    .append(" |\n");
        }
        text.append(more);
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
