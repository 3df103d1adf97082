package dev.sfguard.cli.policy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.cli.CliFailure;
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
import dev.sfguard.gateway.proxy.TrialJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sfguard policy explain`: what a gateway would do with a statement, and why.
@CommandLine.Command(
        description = {
            "Explain what the gateway would do with SQL, and why. Nothing is run.",
            "",
            "Asks the gateway that you are signed in at, with its policy and its tables; with"
                    + " --policy or --config it reads files and asks nobody. Exits 0 whatever the"
                    + " verdict.",
            ""
        },
        footer = {
            "",
            "--as at a gateway is for readers of recordings. With files, --database and --schema"
                    + " are by default those of the configuration, else of the catalog, where it"
                    + " has only one.",
            "",
            "Examples:",
            "  sfguard policy explain 'SELECT ssn FROM customers'",
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
            paramLabel = "FILE",
            description = "A policy file, instead of a gateway's policy.")
    private @Nullable Path policy;

    @Option(
            names = "--as",
            paramLabel = "WHO",
            description =
                    "user=NAME,groups=A+B[,kind=human|agent|workload][,issuer=URL]: who asks."
                            + " Default: you; needed with files.")
    private @Nullable String who;

    @Option(
            names = "--connection",
            paramLabel = "NAME",
            description = "On which; needed where there are several.")
    private @Nullable String connection;

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
                            + " hold, and its policy without --policy. Keys are not read.")
    private @Nullable Path config;

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

    private final Explained gateway;

    public PolicyExplainCommand() {
        this(Explained.byGateway());
    }

    PolicyExplainCommand(Explained gateway) {
        this.gateway = gateway;
    }

    @Override
    public ExitCode run(Streams streams) throws IOException {
        print(streams, policy == null && config == null ? asked(streams) : tried(streams));
        return ExitCode.DONE;
    }

    private JsonNode asked(Streams streams) throws IOException {
        if (catalog != null) {
            throw CliFailure.usage(
                    "--catalog goes with --policy.",
                    "A gateway knows its tables itself.",
                    "Leave it away, or say --policy FILE too.");
        }
        if (rowsToday != Usage.NONE.rowsToday()
                || statementsThisMinute != Usage.NONE.statementsThisMinute()) {
            throw CliFailure.usage(
                    "--rows-today and --statements-this-minute go with --policy.",
                    "A gateway counts itself what was used.",
                    "Leave them away, or say --policy FILE too.");
        }
        var as = Optional.ofNullable(who).map(Asker::read);
        var text = new SqlSource(streams).argument(sql);
        return gateway.ask(
                streams,
                Explained.question(
                        as,
                        Optional.ofNullable(connection),
                        Optional.ofNullable(database),
                        Optional.ofNullable(schema),
                        text));
    }

    private JsonNode tried(Streams streams) {
        if (who == null) {
            throw CliFailure.usage(
                    "Who asks?",
                    "Files do not know who you are.",
                    "Say it: --as user=ana@acme.io,groups=analysts+loaders");
        }
        var asker = Asker.read(who);
        var scene =
                new Scene(
                        PolicyFiles.read(streams, policy, catalog, config),
                        Optional.ofNullable(connection),
                        Optional.ofNullable(database),
                        Optional.ofNullable(schema));
        var text = new SqlSource(streams).argument(sql);
        var usage = new Usage(statementsThisMinute, rowsToday);
        return TrialJson.of(scene.run(asker, text, usage, streams.clock().instant()), true);
    }

    private void print(Streams streams, JsonNode trial) {
        switch (output.format(streams, Format.TABLE)) {
            case TABLE -> streams.out().print(Printable.lines(TrialText.of(trial)));
            case JSON, NDJSON -> {
                String json = trial.toString();
                streams.out().println(streams.terminals().out() ? Printable.line(json) : json);
            }
            case VERTICAL, CSV, TSV, MARKDOWN ->
                    output.print(
                            streams,
                            COLUMNS,
                            trial.path("statements")
                                    .valueStream()
                                    .map(PolicyExplainCommand::row)
                                    .toList());
        }
    }

    private static List<Cell> row(JsonNode statement) {
        return List.of(
                Cell.text(statement.path("text").asText()),
                Cell.text(statement.path("verdict").asText()),
                Cell.text(statement.path("rule").asText()),
                Cell.text(
                        statement
                                .path("masked")
                                .valueStream()
                                .map(JsonNode::asText)
                                .collect(Collectors.joining(" "))),
                statement.path("sql").isNull()
                        ? Cell.NULL
                        : Cell.text(statement.path("sql").asText()));
    }
}
