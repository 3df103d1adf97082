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
import dev.sfguard.gateway.policy.ExampleFile;
import dev.sfguard.gateway.policy.ExampleFile.Example;
import dev.sfguard.gateway.policy.ExampleFile.Expected;
import dev.sfguard.gateway.proxy.Trial;
import dev.sfguard.gateway.proxy.TrialJson;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sfguard policy test`: statements with the verdicts that a policy must give them.
@CommandLine.Command(
        description = {
            "Run examples with expected verdicts against a policy; no gateway is asked.",
            "Exits 0 when every example passes, else 1; 2 when a file cannot be used."
        },
        footer = {
            "",
            "Without --policy, NAME.test.yaml is run against NAME.yaml beside it, or against",
            "policy.yaml where that is not there.",
            "",
            "Example:",
            "  sfguard policy test policy.test.yaml"
        })
public final class PolicyTestCommand implements Command {
    private static final String SUFFIX = ".test.yaml";
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("id"),
                    Column.text("state"),
                    Column.text("statement"),
                    Column.text("expected"),
                    Column.text("got"));

    private record Result(Path file, Example example, Trial trial, boolean passed) {
        String id() {
            return file.getFileName() + ":" + example.line();
        }
    }

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Files named *.test.yaml.")
    private List<Path> files = List.of();

    @Option(names = "--policy", paramLabel = "FILE", description = "The policy file.")
    private @Nullable Path policy;

    @Option(
            names = "--catalog",
            paramLabel = "FILE",
            description =
                    "Tables and columns. Default: NAME.catalog.yaml beside the policy NAME.yaml.")
    private @Nullable Path catalog;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "The gateway's configuration: its unsafe_allow, databases and mask_function"
                            + " hold. Keys are not read.")
    private @Nullable Path config;

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public ExitCode run(Streams streams) {
        var results = new ArrayList<Result>();
        for (var file : files) {
            results.addAll(results(streams, file));
        }
        var failed = results.stream().filter(result -> !result.passed()).toList();
        if (output.format(streams, Format.TABLE) == Format.TABLE) {
            failed.forEach(result -> streams.out().println(Printable.lines(text(result))));
            streams.out()
                    .println(
                            "%d examples, %d passed, %d failed"
                                    .formatted(
                                            results.size(),
                                            results.size() - failed.size(),
                                            failed.size()));
        } else {
            output.print(streams, COLUMNS, results.stream().map(PolicyTestCommand::row).toList());
        }
        if (!failed.isEmpty()) {
            throw new CliFailure(
                    ExitCode.INTERNAL,
                    failed.size() + " of the examples failed.",
                    "The policy does not say what they expect of it.",
                    "Mend the policy or the example, then test again.");
        }
        return ExitCode.DONE;
    }

    private List<Result> results(Streams streams, Path file) {
        var now = streams.clock().instant();
        var used = PolicyFiles.read(streams, policyOf(file), catalog, config);
        return examples(file).stream()
                .map(
                        example -> {
                            var trial =
                                    new Scene(
                                                    used,
                                                    example.connection(),
                                                    example.database(),
                                                    example.schema())
                                            .run(example.as(), example.sql(), example.usage(), now);
                            return new Result(
                                    file, example, trial, passes(example.expect(), trial));
                        })
                .toList();
    }

    private static List<Example> examples(Path file) {
        try {
            return ExampleFile.read(file);
        } catch (YamlProblems wrong) {
            throw PolicyFiles.unusable(wrong);
        }
    }

    private Path policyOf(Path file) {
        String name = file.getFileName().toString();
        if (!name.endsWith(SUFFIX)) {
            throw CliFailure.usage(
                    name + " is no file of examples.",
                    "Their names end in " + SUFFIX + ".",
                    "To look for problems in a policy: sfguard policy check " + file);
        }
        if (policy != null) {
            return policy;
        }
        var beside =
                file.resolveSibling(name.substring(0, name.length() - SUFFIX.length()) + ".yaml");
        return Files.exists(beside) ? beside : file.resolveSibling("policy.yaml");
    }

    private static boolean passes(Expected expected, Trial trial) {
        var got = trial.strictest();
        return got.verdict() == expected.verdict()
                && expected.rule().map(got.rule()::equals).orElse(true)
                && expected.masked().map(Set.copyOf(trial.masked())::equals).orElse(true);
    }

    private static String text(Result result) {
        return "FAILED  %s: %s\n  expected  %s\n  got       %s\n%s"
                .formatted(
                        result.id(),
                        result.example().sql().strip(),
                        expected(result.example().expect()),
                        got(result.trial()),
                        TrialText.of(TrialJson.of(result.trial(), true)).indent(4));
    }

    private static String expected(Expected expected) {
        return expected.verdict()
                + expected.rule().map(rule -> " by " + rule).orElse("")
                + expected.masked().map(PolicyTestCommand::masked).orElse("");
    }

    private static String got(Trial trial) {
        var part = trial.strictest();
        return part.verdict() + " by " + part.rule() + masked(Set.copyOf(trial.masked()));
    }

    private static String masked(Set<String> columns) {
        return columns.isEmpty()
                ? ", nothing masked"
                : ", masked " + String.join(" ", columns.stream().sorted().toList());
    }

    private static List<Cell> row(Result result) {
        return List.of(
                Cell.text(result.id()),
                Cell.text(result.passed() ? "passed" : "failed"),
                Cell.text(result.example().sql()),
                Cell.text(expected(result.example().expect())),
                Cell.text(got(result.trial())));
    }
}
