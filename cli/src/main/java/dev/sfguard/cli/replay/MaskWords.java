package dev.sfguard.cli.replay;

import dev.sfguard.gateway.recording.RecordingEvent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Says what was masked and by which mask.
public final class MaskWords {
    private MaskWords() {}

    /// `mask customer-pii(SSN)` of what is allowed and masked; else the rule that decided.
    static String reason(RecordingEvent.Decided decided) {
        return decided.masks().isEmpty()
                ? ShownText.oneLine(decided.rule())
                : behind(decided).strip();
    }

    /// The same to stand behind something else; empty where nothing is masked.
    static String behind(RecordingEvent.Decided decided) {
        return decided.masks().isEmpty() ? "" : "  mask " + of(decided.masks());
    }

    /// `customer-pii(SSN, EMAIL), pay(SALARY)`.
    ///
    /// @param masks full names of columns by mask; older recordings do not name it
    public static String of(Map<String, Set<String>> masks) {
        return new TreeMap<>(masks)
                .entrySet().stream()
                        .map(
                                mask -> {
                                    var columns = shortNames(mask.getValue());
                                    return mask.getKey().isEmpty()
                                            ? columns
                                            : mask.getKey() + "(" + columns + ")";
                                })
                        .map(ShownText::oneLine)
                        .collect(Collectors.joining(", "));
    }

    private static String shortNames(Set<String> columns) {
        return columns.stream()
                .map(column -> column.substring(column.lastIndexOf('.') + 1))
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(", "));
    }

    /// `2 cells masked (NOTE by card)`: what the decision has not told yet, and in full everything.
    /// Empty when nothing was masked.
    ///
    /// @param columns of the result
    static Optional<String> cells(
            RecordingEvent.CellCounts masked, List<RecordingEvent.Column> columns, boolean inFull) {
        if (masked.sum() == 0) {
            return Optional.empty();
        }
        boolean certain = columns.stream().allMatch(RecordingEvent.Column::certain);
        var by = new StringJoiner(", ", " (", ")").setEmptyValue("");
        if (inFull) {
            by(masked.masks()).forEach(by::add);
        }
        by(masked.detectors()).forEach(by::add);
        return Optional.of(
                (certain ? "" : "up to ")
                        + Narrator.counted(masked.sum(), "cell")
                        + " masked"
                        + by);
    }

    private static List<String> by(Map<String, Map<String, Long>> counts) {
        return counts.entrySet().stream()
                .map(
                        column ->
                                ShownText.oneLine(
                                        column.getKey()
                                                + " by "
                                                + String.join(" and ", column.getValue().keySet())))
                .toList();
    }
}
