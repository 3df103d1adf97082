package dev.sfguard.cli.demo;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Launch;
import dev.sfguard.cli.Streams;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `sfguard demo`: everything on this machine, with a tour to follow.
@CommandLine.Command(
        description = {
            "Start a whole sfguard on this machine and print a tour to follow.",
            "",
            "A warehouse to practise on, an issuer, a gateway and an agent, all on loopback ports;"
                    + " three people signed in through the real device flow: ana (analysts),"
                    + " bo (dba) and robot, an AI agent."
        },
        footer = {
            "",
            "Examples:",
            "  sfguard demo",
            "  sfguard demo --detach -o json",
            "  sfguard demo stop"
        })
public final class DemoCommand implements Command {
    @Option(names = "--dir", paramLabel = "DIR", description = "Where everything is kept.")
    @Nullable Path dir;

    @Option(names = "--detach", description = "Return when it is up; `demo stop` ends it.")
    boolean detach;

    @Option(names = "--port", paramLabel = "N", description = "The port of ana's agent.")
    int port;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "json: ports, issuer and state folders as one object.")
    @Nullable String output;

    @Override
    public ExitCode run(Streams streams) throws Exception {
        boolean json = json();
        var folder =
                dir == null
                        ? DemoFolder.ofUser(streams)
                        : new DemoFolder(dir.toAbsolutePath().normalize());
        var launch = Launch.ofThisProcess();
        refuseSecond(folder);
        var demo = new Demo(folder, launch, streams);
        var state = demo.start(port);
        streams.out().println(json ? state.json() : Tour.of(state, folder));
        streams.out().flush();
        if (detach) {
            return ExitCode.DONE;
        }
        return serve(demo, state, streams);
    }

    private boolean json() {
        if (output == null || output.equals("json")) {
            return output != null;
        }
        throw CliFailure.usage(
                "The demo prints no " + output + ".", "", "Leave -o away, or say -o json.");
    }

    private static void refuseSecond(DemoFolder folder) throws IOException {
        var state = DemoState.read(folder.state());
        if (state.isPresent() && state.get().isRunning()) {
            throw CliFailure.usage(
                    "A demo is running in " + folder.root() + " already.",
                    "Two demos cannot share a folder.",
                    "Stop it with: sfguard demo stop   or give this one its own --dir.");
        }
    }

    /// Until Ctrl-C: the hook stops the processes, and the virtual machine ends when it is done.
    private static ExitCode serve(Demo demo, DemoState state, Streams streams)
            throws InterruptedException {
        streams.err().println("Press Ctrl-C to stop the demo.");
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> demo.stop(state)));
        new CountDownLatch(1).await();
        return ExitCode.DONE;
    }
}
