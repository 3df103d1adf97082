package dev.sfguard.cli.connect;

import dev.sfguard.agent.RunningAgent;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import java.io.IOException;
import picocli.CommandLine;

/// `sfguard agent stop`.
@CommandLine.Command(
        description = "Stops the agent of this machine; its ports close.",
        footer = {"", "Example:", "  sfguard agent stop"})
public final class AgentStopCommand implements Command {
    @Override
    public ExitCode run(Streams streams) throws IOException {
        var running = RunningAgent.find(Home.of(streams));
        if (running.isPresent()) {
            running.get().stop();
        }
        streams.err().println(running.isPresent() ? "Stopped." : "No agent runs.");
        return ExitCode.DONE;
    }
}
