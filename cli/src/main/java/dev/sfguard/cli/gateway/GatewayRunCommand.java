package dev.sfguard.cli.gateway;

import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import dev.sfguard.gateway.Gateway;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `sfguard gateway run`: serves until it is told to stop.
@CommandLine.Command(
        description = "Run a gateway until it is stopped by Ctrl-C or SIGTERM.",
        footer = {"", "Example:", "  sfguard gateway run --config /etc/sfguard/gateway.yaml"})
public final class GatewayRunCommand implements Command {
    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The gateway's configuration.")
    Path config = Path.of("gateway.yaml");

    @Option(names = "--json", description = "Print the ready line as JSON, for scripts.")
    boolean json;

    @Override
    public ExitCode run(Streams streams) throws Exception {
        GatewayLog.toStderr(streams);
        var gateway = GatewayStart.start(config, streams.clock());
        var stop = new CountDownLatch(1);
        var closed = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .unstarted(
                                        () -> {
                                            stop.countDown();
                                            waitFor(closed);
                                        }));
        try (gateway) {
            streams.out().println(json ? ready(gateway) : told(gateway));
            streams.out().flush();
            stop.await();
        } finally {
            closed.countDown();
        }
        return ExitCode.DONE;
    }

    private static String told(Gateway gateway) {
        var text = new StringBuilder();
        text.append("Gateway \"%s\" is up.%n".formatted(gateway.id()));
        text.append("  ssh    %s  host key %s%n".formatted(gateway.ssh(), gateway.hostKey()));
        gateway.https().ifPresent(at -> text.append("  https  %s%n".formatted(at)));
        text.append("  People sign in with: sfguard login %s".formatted(gateway.loginTarget()));
        return text.toString();
    }

    private static String ready(Gateway gateway) {
        return "{\"id\":\"%s\",\"ssh\":\"%s\",\"host_key\":\"%s\",\"https\":%s}"
                .formatted(
                        gateway.id(),
                        gateway.ssh(),
                        gateway.hostKey(),
                        gateway.https().map(at -> '"' + at + '"').orElse("null"));
    }

    /// The virtual machine ends when its hooks have: the gateway's journal must be flushed first.
    private static void waitFor(CountDownLatch closed) {
        try {
            closed.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
