package dev.sfguard.cli.gateway;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import dev.sfguard.gateway.NewGateway;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `sfguard gateway init DIR`.
@CommandLine.Command(
        description =
                "Write a new gateway's folder: configuration, policy, keys, Snowflake set-up.",
        footer = {
            "",
            "Examples:",
            "  sfguard gateway init /etc/sfguard --id gw-acme",
            "  sfguard gateway init ./gw && $EDITOR ./gw/gateway.yaml"
        })
public final class GatewayInitCommand implements Command {
    @Parameters(index = "0", paramLabel = "DIR", description = "The folder; made when missing.")
    Path folder = Path.of("");

    @Option(names = "--id", paramLabel = "NAME", description = "The gateway's name.")
    String id = "gateway";

    @Option(names = "--user", paramLabel = "NAME", description = "Snowflake's service user.")
    String user = "SFGUARD";

    @Override
    public ExitCode run(Streams streams) {
        try {
            var created = NewGateway.create(folder.toAbsolutePath().normalize(), id, user);
            streams.out().print(told(created));
            return ExitCode.DONE;
        } catch (FileAlreadyExistsException there) {
            throw new CliFailure(
                    ExitCode.USAGE,
                    there.getFile() + " exists already.",
                    "Keys and configuration of a gateway are never overwritten.",
                    "Choose another folder, or move that one away.");
        } catch (IOException failed) {
            throw new CliFailure(
                    ExitCode.INTERNAL,
                    "Cannot write " + folder + ".",
                    String.valueOf(failed.getMessage()),
                    "Choose a folder that you may write.",
                    failed);
        }
    }

    private static String told(NewGateway created) {
        return """
        Wrote %1$s:
          gateway.yaml          the configuration: set issuers and connections
          policy.yaml           a sample policy
          policy.test.yaml      what it must do: sfguard policy test %1$s/policy.test.yaml
          snowflake-setup.sql   a Snowflake administrator runs this once
          keys/                 host key, certificate authority, gateway key, Snowflake key (0600)

        Next:
          1. Edit gateway.yaml, then run snowflake-setup.sql in Snowflake.
          2. sfguard gateway check --config %1$s/gateway.yaml
          3. sfguard gateway run   --config %1$s/gateway.yaml
        """
                .formatted(created.folder());
    }
}
