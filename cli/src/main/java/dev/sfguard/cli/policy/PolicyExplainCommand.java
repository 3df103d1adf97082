package dev.sfguard.cli.policy;

import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.OutputOption;
import dev.sfguard.cli.SqlSource;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.proxy.Trial;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sfguard policy explain`: what a gateway would do with a statement, and why.
@CommandLine.Command(
        description = {
            "Explain what a gateway with this policy does with SQL, and why; no gateway is asked.",
            "Exits 0 whatever the verdict."
        },
        footer = {
            "",
            "Without --database and --schema those of the catalog count, where it has only one.",
            "",
            "Example:",
            "  sfguard policy explain --policy policy.yaml --as user=ana@acme.io,groups=analysts"
                    + " 'DROP TABLE orders'"
        })
public final class PolicyExplainCommand implements Command {
    private static final List<Column> COLUMNS =
            List.of(
                    Column.text("text"),
                    Column.text("verdict"),
                    Column.text("rule"),
                    Column.text("masked"),
                    Column.text("sql"));

    @Option(
            names = "--policy",
            required = true,
            paramLabel = "FILE",
            description = "The policy file.")
    private Path policy = Path.of("policy.yaml");

    @Option(
            names = "--as",
            required = true,
            paramLabel = "WHO",
            description =
                    "user=NAME,groups=A+B[,kind=human|agent|workload][,issuer=URL]: who asks.")
    private String who = "";

    @Option(
            names = "--connection",
            paramLabel = "NAME",
            description = "On which; needed where the policy speaks of several.")
    private @Nullable String connection;

    @Option(names = "--catalog", paramLabel = "FILE", description = "Tables and columns.")
    private @Nullable Path catalog;

    @Option(names = "--database", paramLabel = "NAME", description = "The session's database.")
    private @Nullable String database;

    @Option(names = "--schema", paramLabel = "NAME", description = "The session's schema.")
    private @Nullable String schema;

    @Option(
            names = "--rows-today",
            paramLabel = "N",
            description = "Rows delivered to them today before. Default: 0.")
    private long rowsToday = Usage.NONE.rowsToday();

    @Option(
            names = "--statements-this-minute",
            paramLabel = "N",
            description = "Statements in this minute, this one included. Default: 1.")
    private long statementsThisMinute = Usage.NONE.statementsThisMinute();

    @Parameters(arity = "0..1", paramLabel = "SQL", description = "Else standard input is read.")
    private @Nullable String sql;

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public ExitCode run(Streams streams) {
        var asker = Asker.read(who);
        var scene =
                new Scene(
                        PolicyFiles.read(policy, catalog),
                        Optional.ofNullable(connection),
                        Optional.ofNullable(database),
                        Optional.ofNullable(schema));
        var text = new SqlSource(streams).argument(sql);
        var usage = new Usage(statementsThisMinute, rowsToday);
        print(streams, scene.run(asker, text, usage, streams.clock().instant()));
        return ExitCode.DONE;
    }

    private void print(Streams streams, Trial trial) {
        switch (output.format(streams, Format.TABLE)) {
            case TABLE -> streams.out().print(Printable.lines(TrialText.of(trial)));
            case JSON, NDJSON -> {
                String json = TrialJson.of(trial);
                streams.out().println(streams.terminals().out() ? Printable.line(json) : json);
            }
            case VERTICAL, CSV, TSV, MARKDOWN ->
                    output.print(
                            streams,
                            COLUMNS,
                            trial.parts().stream().map(PolicyExplainCommand::row).toList());
        }
    }

    private static List<Cell> row(Trial.Part part) {
        return List.of(
                Cell.text(part.text()),
                Cell.text(part.verdict().toString()),
                Cell.text(part.rule()),
                Cell.text(String.join(" ", part.masked())),
                part.sql().map(Cell::text).orElse(Cell.NULL));
    }
}
