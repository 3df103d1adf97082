package dev.sfguard.cli.approval;

import dev.sfguard.cli.ApiOpener;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Printable;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says no to a held statement.
@CommandLine.Command(
        name = "deny",
        description = {
            "Say no to a statement that waits for approval. One no is enough; who asked is told why.",
            ""
        },
        footer = {"", "Example: sfguard deny 7K3M9Q2X --reason \"not on a Friday\""})
public final class DenyCommand implements Command {
    @Parameters(index = "0", paramLabel = "ID", description = "As sfguard requests lists it.")
    private String id = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            required = true,
            description = "Why; who asked reads it.")
    private String reason = "";

    private final ApiOpener opener;

    public DenyCommand(ApiOpener opener) {
        this.opener = opener;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        String path = "/v1/requests/" + RequestId.checked(id) + "/deny";
        try (var api = opener.open(streams)) {
            var after = HeldStatement.of(api.post(path, Map.of("reason", reason)));
            streams.err()
                    .println(
                            Printable.line("Denied: %s is told why.".formatted(after.requester())));
        }
        return ExitCode.DONE;
    }
}
