package dev.sfguard.gateway.yaml;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// A file's text, and the problems found in it so far.
final class YamlSource {
    /// More problems than this help nobody.
    private static final int MOST_PROBLEMS = 50;

    private final String file;
    private final String text;
    private final List<String> lines;
    private final List<Problem> problems = new ArrayList<>();

    YamlSource(String file, String text) {
        this.file = file;
        this.text = text;
        this.lines = text.lines().toList();
    }

    String file() {
        return file;
    }

    String text() {
        return text;
    }

    void problem(Place place, String message) {
        if (problems.size() < MOST_PROBLEMS) {
            problems.add(at(place, message));
        }
    }

    /// For what leaves nothing to read on with.
    YamlProblems stop(Place place, String message) {
        var all = new ArrayList<>(problems);
        all.add(at(place, message));
        return new YamlProblems(all);
    }

    /// The first place of a line's text at or after `from`.
    Optional<Place> find(String wanted, Place from) {
        for (int index = from.line() - 1; index < lines.size() && !wanted.isBlank(); index++) {
            String line = lines.get(index);
            int begin =
                    index == from.line() - 1
                            ? line.offsetByCodePoints(
                                    0,
                                    Math.min(
                                            from.column() - 1,
                                            line.codePointCount(0, line.length())))
                            : 0;
            int found = line.indexOf(wanted, begin);
            if (found >= 0) {
                return Optional.of(new Place(index + 1, line.codePointCount(0, found) + 1));
            }
        }
        return Optional.empty();
    }

    Problem at(Place place, String message) {
        int index = place.line() - 1;
        String line = index < lines.size() ? lines.get(index) : "";
        return new Problem(file, place.line(), place.column(), message, line);
    }

    /// In the file's order.
    List<Problem> problems() {
        return problems.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
    }
}
