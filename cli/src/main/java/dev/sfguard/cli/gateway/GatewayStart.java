package dev.sfguard.cli.gateway;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.gateway.Gateway;
import dev.sfguard.gateway.GatewayConfig;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Path;
import java.time.Clock;

/// Starts a gateway, or says in three sentences why not.
final class GatewayStart {
    private GatewayStart() {}

    static Gateway start(Path config, Clock clock) {
        try {
            return Gateway.start(GatewayConfig.read(config), clock);
        } catch (YamlProblems wrong) {
            throw unusable(config, wrong);
        } catch (BindException taken) {
            throw new CliFailure(
                    ExitCode.INTERNAL,
                    "The gateway cannot listen.",
                    String.valueOf(taken.getMessage()),
                    "Is another gateway running? Choose another port under listen.");
        } catch (IOException failed) {
            throw new CliFailure(
                    ExitCode.INTERNAL,
                    "The gateway cannot start.",
                    String.valueOf(failed.getMessage()),
                    "Check it with: sfguard gateway check --config " + config,
                    failed);
        }
    }

    static CliFailure unusable(Path config, YamlProblems wrong) {
        return new CliFailure(
                ExitCode.USAGE,
                "The configuration cannot be used.",
                String.valueOf(wrong.getMessage()),
                "Mend it, then run: sfguard gateway check --config " + config);
    }
}
