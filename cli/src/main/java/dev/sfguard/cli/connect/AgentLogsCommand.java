package dev.sfguard.cli.connect;

import dev.sfguard.agent.AgentHome;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Printable;
import java.io.IOException;
import picocli.CommandLine;

/// `sfguard agent logs`.
@CommandLine.Command(
        description = "Prints the log of the detached agent.",
        footer = {"", "Example:", "  sfguard agent logs"})
public final class AgentLogsCommand implements Command {
    @Override
    public ExitCode run(Streams streams) throws IOException {
        var log = Home.of(streams).read(AgentHome.LOG);
        if (log.isEmpty()) {
            streams.err().println("There is no log: no agent was detached here.");
        } else {
            streams.out().print(Printable.lines(log.get()));
        }
        return ExitCode.DONE;
    }
}
