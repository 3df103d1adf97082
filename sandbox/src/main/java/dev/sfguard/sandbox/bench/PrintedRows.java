package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// Takes over the rows of the table that a program of sfguard's own modules prints.
record PrintedRows(Report report) {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Pattern BAR = Pattern.compile(" *\\| *");
    private static final int CELLS = 4;

    /// Runs the program to its end. What it printed before it failed is kept.
    void of(String program, String... arguments) throws IOException {
        try (var child = OwnProcess.start(program, List.of(), arguments)) {
            try {
                child.awaitSuccess(PATIENCE);
            } finally {
                take(child.lines());
            }
        }
    }

    void take(List<String> lines) {
        for (String line : lines) {
            String[] cells = BAR.split(line.strip(), -1);
            if (cells.length == CELLS + 2 && cells[0].isEmpty() && cells[CELLS + 1].isEmpty()) {
                report.add(cells[1], cells[2], cells[3], cells[4]);
            }
        }
    }
}
