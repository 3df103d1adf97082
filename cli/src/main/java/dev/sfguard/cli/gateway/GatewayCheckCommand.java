package dev.sfguard.cli.gateway;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.gateway.GatewayCheck;
import dev.sfguard.gateway.GatewayConfig;
import dev.sfguard.gateway.proxy.ConnectionProbe.Finding.Level;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/// `sfguard gateway check`: everything that a gateway needs, looked at and not touched.
@CommandLine.Command(
        description = {
            "Check configuration, keys, policy, issuers and Snowflake logins; change nothing.",
            "Exits 0 when nothing failed; warnings are printed and do not fail it."
        },
        footer = {"", "Example:", "  sfguard gateway check --config /etc/sfguard/gateway.yaml"})
public final class GatewayCheckCommand implements Command {
    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "The gateway's configuration.")
    Path config = Path.of("gateway.yaml");

    @Override
    public ExitCode run(Streams streams) throws InterruptedException {
        var failures = new AtomicInteger();
        new GatewayCheck(
                        read(),
                        streams.clock(),
                        (what, finding) -> {
                            if (finding.level() == Level.FAILED) {
                                failures.incrementAndGet();
                            }
                            streams.out()
                                    .println(
                                            "%-7s  %s: %s"
                                                    .formatted(
                                                            word(finding.level()),
                                                            what,
                                                            Printable.lines(finding.text())));
                            streams.out().flush();
                        })
                .run();
        if (failures.get() > 0) {
            throw new CliFailure(
                    ExitCode.INTERNAL,
                    failures.get() + " of the checks failed.",
                    "The gateway would not serve everybody as it should.",
                    "Mend what says FAILED, then check again.");
        }
        return ExitCode.DONE;
    }

    private GatewayConfig read() {
        try {
            return GatewayConfig.read(config);
        } catch (YamlProblems wrong) {
            throw GatewayStart.unusable(config, wrong);
        }
    }

    private static String word(Level level) {
        return switch (level) {
            case OK -> "ok";
            case WARNING -> "warning";
            case FAILED -> "FAILED";
        };
    }
}
