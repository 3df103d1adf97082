package dev.sfguard.cli.connect;

import dev.sfguard.agent.RunningAgent;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import java.io.IOException;
import picocli.CommandLine;

/// `sfguard logout`.
@CommandLine.Command(
        description = {
            "Removes keys, certificate and tokens of this machine and stops the agent.",
            "The gateway's address and host key stay, for the next login."
        },
        footer = {"", "Example:", "  sfguard logout"})
public final class LogoutCommand implements Command {
    @Override
    public ExitCode run(Streams streams) throws IOException {
        var home = Home.of(streams);
        var running = RunningAgent.find(home);
        if (running.isPresent()) {
            running.get().stop();
        }
        boolean somebody = home.profile().isPresent();
        home.signOut();
        streams.err().println(somebody ? "Signed out." : "Nobody was signed in.");
        return ExitCode.DONE;
    }
}
