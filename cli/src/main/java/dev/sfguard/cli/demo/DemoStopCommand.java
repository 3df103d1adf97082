package dev.sfguard.cli.demo;

import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Launch;
import dev.sfguard.cli.Streams;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `sfguard demo stop`: ends every process of a demo; its files stay.
@CommandLine.Command(
        description = "Stop a demo: its agents, gateway and sandbox.",
        footer = {"", "Example:", "  sfguard demo stop"})
public final class DemoStopCommand implements Command {
    @Option(names = "--dir", paramLabel = "DIR", description = "The demo's folder.")
    @Nullable Path dir;

    @Override
    public ExitCode run(Streams streams) throws IOException {
        var folder = dir == null ? DemoFolder.ofUser(streams) : new DemoFolder(dir);
        var state = DemoState.read(folder.state());
        if (state.isEmpty() || !state.get().isRunning()) {
            streams.err().println("No demo is running in " + folder.root() + ".");
            return ExitCode.DONE;
        }
        new Demo(folder, Launch.ofThisProcess(), streams).stop(state.get());
        streams.err().println("The demo is stopped. Its files stay in " + folder.root() + ".");
        return ExitCode.DONE;
    }
}
