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

/// Ends what was granted.
@CommandLine.Command(
        name = "revoke",
        description = {
            "End what approve --for granted, and abort what runs under it; or take back a yes that"
                    + " was not used yet.",
            "",
            "Whoever gave it may, and any member of the rule's groups.",
            ""
        },
        footer = {
            "",
            "What is granted now: sfguard requests --state granted",
            "",
            "Example: sfguard requests revoke 7K3M9Q2X --reason \"wrong table\""
        })
public final class RevokeCommand implements Command {
    @Parameters(index = "0", paramLabel = "ID", description = "As sfguard requests lists it.")
    private String id = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            required = true,
            description = "Why; it is kept with the request.")
    private String reason = "";

    private final ApiOpener opener;

    public RevokeCommand(ApiOpener opener) {
        this.opener = opener;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        String path = "/v1/requests/" + RequestId.checked(id) + "/revoke";
        try (var api = opener.open(streams)) {
            var answer = api.post(path, Map.of("reason", reason));
            var after = HeldStatement.of(answer);
            long aborted = answer.path("aborted").asLong();
            streams.err()
                    .println(
                            Printable.line(
                                    "Revoked: the statement of %s needs a new yes.%s"
                                            .formatted(
                                                    after.requester(),
                                                    aborted == 0
                                                            ? ""
                                                            : " What ran under it was aborted.")));
        }
        return ExitCode.DONE;
    }
}
