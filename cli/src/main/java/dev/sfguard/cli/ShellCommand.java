package dev.sfguard.cli;

import dev.sfguard.cli.approval.HoldNotice;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.query.QueryFailure;
import dev.sfguard.cli.query.SnowflakeSession;
import dev.sfguard.cli.shell.HistoryFile;
import dev.sfguard.cli.shell.Shell;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Interactive SQL.
@CommandLine.Command(
        name = "shell",
        description = {
            "Interactive SQL through the gateway.",
            "",
            "A statement ends with ; and may take several lines. Ctrl-C aborts the running one"
                    + " upstream, Ctrl-D leaves, \\? lists what the shell itself understands.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  sfguard shell prod",
            "  sfguard shell prod -o vertical --no-pager --reason \"ticket 812\""
        })
final class ShellCommand implements Command {
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    @Parameters(
            index = "0",
            paramLabel = "CONNECTION",
            description = "As sfguard connections lists it.")
    private String connection = "";

    @Option(names = "--no-pager", description = "Print long results straight to the screen.")
    private boolean noPager;

    @Mixin private Purpose purpose = new Purpose();
    @Mixin private OutputOption output = new OutputOption();

    private final Dialer dialer;
    private final ApiOpener api;

    ShellCommand(Dialer dialer, ApiOpener api) {
        this.dialer = dialer;
        this.api = api;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        if (!streams.terminals().in() || !streams.terminals().out()) {
            throw CliFailure.usage(
                    "sfguard shell needs a terminal.",
                    "Standard input or output is a file or a pipe.",
                    "For scripts: sfguard exec " + connection + " -f FILE");
        }
        try (var target = dialer.dial(streams, connection);
                var session =
                        SnowflakeSession.open(
                                target, "sfguard_shell", purpose.parameters(streams));
                var terminal = terminal()) {
            var screen = new PrintStream(terminal.output(), true, StandardCharsets.UTF_8);
            var notice = new HoldNotice(api, streams, screen, true);
            new Shell(session, terminal, settings(streams), notice).run();
            return ExitCode.DONE;
        } catch (QueryFailure e) {
            throw StatementRun.explained(e);
        }
    }

    private static Terminal terminal() throws IOException {
        return TerminalBuilder.builder().system(true).dumb(false).nativeSignals(true).build();
    }

    private Shell.Settings settings(Streams streams) throws IOException {
        return new Shell.Settings(
                connection,
                output.format(streams, Format.TABLE),
                streams.colorOut(),
                HistoryFile.in(stateFolder(streams)),
                noPager ? List.of() : pager(streams));
    }

    /// Long lines are chopped, not wrapped, and what fits the screen is not paged at all.
    private static List<String> pager(Streams streams) {
        return streams.variable("PAGER")
                .map(command -> List.of(BLANKS.split(command.strip())))
                .orElse(List.of("less", "-SRXF"));
    }

    private static Path stateFolder(Streams streams) {
        return streams.variable("SFGUARD_HOME")
                .map(Path::of)
                .orElseGet(
                        () ->
                                streams.variable("XDG_STATE_HOME")
                                        .map(Path::of)
                                        .orElse(streams.home().resolve(".local/state"))
                                        .resolve("sfguard"));
    }
}
