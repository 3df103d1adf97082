package dev.sfguard.cli.policy;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.OutputOption;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.yaml.Problem;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sfguard policy check`: everything that is wrong in policy files, with its place.
@CommandLine.Command(
        description = {
            "Show all problems of policy files, each with line, column and a caret.",
            "Exits 0 when there is none, else 2."
        },
        footer = {"", "Example:", "  sfguard policy check --catalog catalog.yaml policy.yaml"})
public final class PolicyCheckCommand implements Command {
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("file"),
                    Column.number("line"),
                    Column.number("column"),
                    Column.text("message"));

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Policy files.")
    private List<Path> files = List.of();

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            description =
                    "Tables and columns: names that are not there are problems. Default:"
                            + " NAME.catalog.yaml beside NAME.yaml, where there is one.")
    private @Nullable Path catalog;

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public ExitCode run(Streams streams) {
        var problems =
                files.stream()
                        .flatMap(file -> problems(file, catalog(streams, file)).stream())
                        .toList();
        if (output.format(streams, Format.TABLE) == Format.TABLE) {
            problems.forEach(problem -> streams.out().println(Printable.lines(problem.toString())));
        } else {
            output.print(streams, COLUMNS, problems.stream().map(PolicyCheckCommand::row).toList());
        }
        if (!problems.isEmpty()) {
            throw CliFailure.usage(
                    problems.size() == 1 ? "1 problem." : problems.size() + " problems.",
                    "A gateway refuses a policy file with a problem as a whole.",
                    "Mend it, then check again.");
        }
        return ExitCode.DONE;
    }

    private Catalog catalog(Streams streams, Path file) {
        try {
            return PolicyFiles.catalog(streams, file, catalog);
        } catch (YamlProblems wrong) {
            throw PolicyFiles.unusable(wrong);
        }
    }

    private static List<Problem> problems(Path file, Catalog catalog) {
        try {
            return PolicyFile.read(file, Set.of()).check(catalog);
        } catch (YamlProblems wrong) {
            return wrong.problems();
        }
    }

    private static List<Cell> row(Problem problem) {
        var row = new ArrayList<Cell>();
        row.add(Cell.text(problem.file()));
        row.add(problem.line() == 0 ? Cell.NULL : Cell.number(problem.line()));
        row.add(problem.line() == 0 ? Cell.NULL : Cell.number(problem.column()));
        row.add(Cell.text(problem.message()));
        return row;
    }
}
