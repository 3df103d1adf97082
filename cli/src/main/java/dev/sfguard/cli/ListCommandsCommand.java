package dev.sfguard.cli;

import picocli.CommandLine;

/// Lists every command on a line of its own, for install.sh.
@CommandLine.Command(name = "__commands", hidden = true)
final class ListCommandsCommand implements Command {

    @Override
    public ExitCode run(Streams streams) {
        for (var path : Commands.paths()) {
            streams.out().println(String.join(" ", path.words()));
        }
        return ExitCode.DONE;
    }
}
