package dev.sfguard.cli.output;

import java.io.PrintStream;
import java.util.Locale;

/// The formats of `-o`.
public enum Format {
    TABLE,
    VERTICAL,
    CSV,
    TSV,
    JSON,
    NDJSON,
    MARKDOWN;

    public RowPrinter printer(PrintStream out, Look look) {
        return switch (this) {
            case TABLE -> new TablePrinter(out, look);
            case VERTICAL -> new VerticalPrinter(out, look);
            case CSV -> new CsvPrinter(out, look);
            case TSV -> new TsvPrinter(out, look);
            case JSON -> new JsonPrinter(out, look, JsonPrinter.Shape.ARRAY);
            case NDJSON -> new JsonPrinter(out, look, JsonPrinter.Shape.LINES);
            case MARKDOWN -> new MarkdownPrinter(out, look);
        };
    }

    /// The word of the command line.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
