package dev.sfguard.cli;

import dev.sfguard.cli.approval.HoldNotice;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.query.JsonOutput;
import dev.sfguard.cli.query.PlainOutput;
import dev.sfguard.cli.query.QueryFailure;
import dev.sfguard.cli.query.QueryOutput;
import dev.sfguard.cli.query.SnowflakeSession;
import dev.sfguard.cli.query.Statements;
import dev.sfguard.cli.query.Variables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs SQL for scripts and CI.
@CommandLine.Command(
        name = "exec",
        description = {
            "Run SQL statements through the gateway, for scripts and CI.",
            "",
            "Statements are split here and sent one by one; the first that fails ends the run,"
                    + " unless --continue-on-error is given. Rows go to stdout, everything else to"
                    + " stderr.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  sfguard exec prod -q \"select count(*) from orders\"",
            "  sfguard exec prod -f report.sql -D day=2026-11-23 -o csv > report.csv",
            "  echo \"select 1\" | sfguard exec prod -o json | jq '.[0].rows'",
            "  sfguard exec prod -q \"select 1\" --prompt \"which customers churned?\"",
            "  sfguard exec prod -f fix.sql --reason \"ticket 812\" --wait 15m",
            "",
            "Exit codes: 0 done, 5 SQL error, 10 login needed, 11 blocked by policy,"
                    + " 12 approval",
            "pending (--no-wait), 13 denied, 14 --wait is over, 15 expired or changed,",
            "16 not recorded, 17 limit, 18 partial, 3/4 not reachable, 130/143 interrupted"
                    + " (docs/cli.md)."
        })
final class ExecCommand implements Command {
    @Parameters(
            index = "0",
            paramLabel = "CONNECTION",
            description = "As sfguard connections lists it.")
    private String connection = "";

    @ArgGroup private Source source = new Source();

    /// At most one of them; without any, standard input is read.
    private static final class Source {
        @Option(
                names = {"-q", "--query"},
                paramLabel = "SQL",
                description = "The SQL to run.")
        private @Nullable String query;

        @Option(
                names = {"-f", "--file"},
                paramLabel = "FILE",
                description = "A file of SQL in UTF-8; - is standard input.")
        private @Nullable String file;
    }

    @Option(
            names = "-D",
            paramLabel = "NAME=VALUE",
            description =
                    "Put VALUE where the SQL says <%% NAME %%>, as a quoted literal; <%% NAME | raw"
                            + " %%> puts it as it is. May be repeated.")
    private List<String> definitions = new ArrayList<>();

    @Option(
            names = "--continue-on-error",
            description = "Run the next statement after one that fails.")
    private boolean continueOnError;

    @Mixin private Waiting waiting = new Waiting();
    @Mixin private Purpose purpose = new Purpose();
    @Mixin private OutputOption output = new OutputOption();

    private final Dialer dialer;
    private final ApiOpener api;

    ExecCommand(Dialer dialer, ApiOpener api) {
        this.dialer = dialer;
        this.api = api;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        String sql = new SqlSource(streams).read(source.query, source.file);
        List<String> statements = Statements.of(Variables.of(definitions).fill(sql));
        if (statements.isEmpty()) {
            throw CliFailure.usage(
                    "There is no statement to run.",
                    "The SQL is empty, or holds only comments.",
                    "See: sfguard exec --help");
        }
        var parameters = new HashMap<>(purpose.parameters(streams));
        parameters.putAll(waiting.parameters(streams));
        try (var target = dialer.dial(streams, connection);
                var session = SnowflakeSession.open(target, "sfguard_exec", parameters);
                var _ = new AbortOnSignal(session)) {
            var run =
                    new StatementRun(
                            session,
                            notice(streams),
                            open(streams),
                            streams,
                            continueOnError,
                            waiting.waits(streams));
            return run.all(statements);
        } catch (QueryFailure e) {
            throw StatementRun.explained(e);
        }
    }

    private HoldNotice notice(Streams streams) {
        return new HoldNotice(api, streams, streams.err(), streams.terminals().err());
    }

    private QueryOutput open(Streams streams) {
        var format = output.format(streams, streams.terminals().out() ? Format.TABLE : Format.CSV);
        return format == Format.JSON
                ? new JsonOutput(streams.out())
                : new PlainOutput(streams.out(), format, output.look(streams));
    }
}
