package dev.sfguard.cli.connect;

import dev.sfguard.agent.Agent;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.AgentLink;
import dev.sfguard.agent.ApiClient;
import dev.sfguard.agent.DetachedAgent;
import dev.sfguard.agent.RunningAgent;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Launch;
import dev.sfguard.cli.PassedOn;
import dev.sfguard.cli.Streams;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sfguard connect`.
@CommandLine.Command(
        description = {
            "Opens a local port to a warehouse and prints ready settings for the usual tools.",
            "With -- COMMAND runs that in an environment that points there, and ends with its code."
        },
        footer = {
            "",
            "Examples:",
            "  sfguard connect prod              until Ctrl-C",
            "  sfguard connect prod --detach     until sfguard agent stop",
            "  sfguard connect prod -- dbt run   for this command alone",
            "",
            "SFGUARD_CONNECTION stands in for CONNECTION; it is not needed where there is only one."
        })
public final class ConnectCommand implements Command {
    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port on 127.0.0.1; else the one used before, or a free one.")
    private @Nullable Integer port;

    @Option(names = "--detach", description = "Leave the agent running in the background.")
    private boolean detach;

    /// What stands before and after `--`; picocli joins them, so the first is the connection
    /// unless the words began with `--`.
    @Parameters(
            arity = "0..*",
            paramLabel = "CONNECTION [-- COMMAND ARGS]",
            description = "See: sfguard connections")
    private List<String> words = new ArrayList<>();

    @Override
    public ExitCode run(Streams streams) throws IOException, InterruptedException {
        if (port != null && (port < 1 || port > 65_535)) {
            throw CliFailure.usage("--port takes 1 to 65535.", "", "See: sfguard connect --help");
        }
        var home = Home.of(streams);
        String connection = connection(streams, home);
        var command = words.size() > 1 ? words.subList(1, words.size()) : List.<String>of();
        if (!command.isEmpty()) {
            if (detach || port != null) {
                throw CliFailure.usage(
                        "A command takes neither --detach nor --port.",
                        "Its port lives as long as the command.",
                        "See: sfguard connect --help");
            }
            return runCommand(streams, home, connection, command);
        }
        return serve(streams, home, connection);
    }

    private String connection(Streams streams, AgentHome home) throws IOException {
        var given =
                words.isEmpty()
                        ? streams.variable("SFGUARD_CONNECTION")
                        : Optional.of(words.getFirst());
        if (given.isPresent()) {
            return given.get();
        }
        var names = new ArrayList<String>();
        try (var api = ApiClient.open(home)) {
            api.get("/v1/connections").forEach(each -> names.add(each.path("id").asText()));
        }
        if (names.size() != 1) {
            throw CliFailure.usage(
                    "Which connection?",
                    names.isEmpty()
                            ? "There is none for you."
                            : "There are: " + String.join(", ", names),
                    "Name one: sfguard connect CONNECTION");
        }
        return names.getFirst();
    }

    private ExitCode serve(Streams streams, AgentHome home, String connection)
            throws IOException, InterruptedException {
        var wanted = port == null ? OptionalInt.empty() : OptionalInt.of(port);
        var running = RunningAgent.find(home);
        if (running.isEmpty() && detach) {
            home.requireProfile();
            running =
                    Optional.of(
                            DetachedAgent.start(
                                    home, Launch.ofThisProcess().command("agent", "run")));
        }
        if (running.isPresent()) {
            try (var link = AgentLink.open(home, connection)) {
                int served = running.get().serve(connection, wanted);
                streams.out().print(settings(home, connection, served, link).text());
            }
            streams.err().println("The agent runs in the background. Stop it: sfguard agent stop");
            return ExitCode.DONE;
        }
        try (var agent = Agent.start(home, TunnelSettings.usual(), Clock.systemUTC())) {
            int served = agent.serve(connection, wanted);
            try (var link = AgentLink.open(home, connection)) {
                streams.out().print(settings(home, connection, served, link).text());
                streams.out().flush();
            }
            streams.err().println("Serving until Ctrl-C.");
            streams.err().flush();
            agent.await();
        }
        return ExitCode.DONE;
    }

    private static Settings settings(AgentHome home, String connection, int port, AgentLink link)
            throws IOException {
        return new Settings(connection, port, home.requireProfile().user(), link.secret().reveal());
    }

    private static ExitCode runCommand(
            Streams streams, AgentHome home, String connection, List<String> command)
            throws IOException, InterruptedException {
        int status;
        try (var link = AgentLink.open(home, connection)) {
            var settings = settings(home, connection, link.port(), link);
            status = new CommandRun(settings, command).run(streams);
        }
        throw new PassedOn(status);
    }
}
