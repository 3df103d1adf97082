package dev.sfguard.cli.connect;

import dev.sfguard.agent.Agent;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import java.io.IOException;
import java.time.Clock;
import java.util.logging.Level;
import java.util.logging.Logger;
import picocli.CommandLine;

/// `sfguard agent run`: what `connect --detach` leaves behind.
@CommandLine.Command(
        description = "Runs the agent in the foreground, and logs to standard error.",
        footer = {"", "Example:", "  sfguard agent run"})
public final class AgentRunCommand implements Command {
    // A logger without a strong reference is collected, and its level with it.
    private static final Logger LOG = Logger.getLogger("dev.sfguard");

    @Override
    public ExitCode run(Streams streams) throws IOException, InterruptedException {
        LOG.setLevel(Level.INFO);
        try (var agent = Agent.start(Home.of(streams), TunnelSettings.usual(), Clock.systemUTC())) {
            LOG.info("the agent runs");
            agent.await();
            LOG.info("the agent stops");
        }
        return ExitCode.DONE;
    }
}
