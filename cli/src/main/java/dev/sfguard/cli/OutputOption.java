package dev.sfguard.cli;

import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.output.Look;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// `-o`, for every command that prints rows.
public final class OutputOption {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "${COMPLETION-CANDIDATES}; SFGUARD_OUTPUT sets a default.")
    private @Nullable Format output;

    /// @param fallback what this command prints when nobody says: see docs/cli.md
    public Format format(Streams streams, Format fallback) {
        if (output != null) {
            return output;
        }
        return streams.variable("SFGUARD_OUTPUT").map(OutputOption::named).orElse(fallback);
    }

    public Look look(Streams streams) {
        return new Look(streams.terminals().out(), streams.colorOut(), ZoneId.systemDefault());
    }

    /// Prints a list of ours: a table when nobody says otherwise.
    public void print(Streams streams, List<Column> columns, List<List<Cell>> rows) {
        var printer = format(streams, Format.TABLE).printer(streams.out(), look(streams));
        printer.begin(columns);
        rows.forEach(printer::row);
        printer.end();
    }

    private static Format named(String name) {
        for (var format : Format.values()) {
            if (format.toString().equals(name.toLowerCase(Locale.ROOT))) {
                return format;
            }
        }
        throw CliFailure.usage(
                "SFGUARD_OUTPUT names no format: " + name + ".",
                "It takes table, vertical, csv, tsv, json, ndjson or markdown.",
                "Set it to one of them, or unset it.");
    }
}
