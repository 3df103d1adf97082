package dev.sfguard.cli;

import dev.sfguard.cli.output.Printable;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Ends a live session.
@CommandLine.Command(
        name = "kill",
        description = {
            "End a live session at once: what it runs and what it waits for is aborted, also what"
                    + " was started asynchronously, and its client is told who ended it.",
            "",
            "Its owner may, and the gateway's admins.",
            ""
        },
        footer = {
            "",
            "Sessions that go on now: sfguard sessions --live",
            "",
            "Example: sfguard kill 01KARJ7X0RF5N9QZ3T6V8W2Y4B --reason \"runs since yesterday\""
        })
final class KillCommand implements Command {
    @Parameters(index = "0", paramLabel = "ID", description = "As sfguard sessions lists it.")
    private String id = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            required = true,
            description = "Why; it is recorded, and its client reads it.")
    private String reason = "";

    private final ApiOpener opener;

    KillCommand(ApiOpener opener) {
        this.opener = opener;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        if (!id.matches("[0-9A-Za-z]{1,64}")) {
            throw CliFailure.usage(
                    "\"" + id + "\" is no session's id.", "", "See: sfguard sessions --live");
        }
        try (var api = opener.open(streams)) {
            var answer = api.post("/v1/sessions/" + id + "/kill", Map.of("reason", reason));
            long aborted = answer.path("aborted").asLong();
            String what =
                    aborted == 0
                            ? "it ran nothing"
                            : aborted == 1
                                    ? "1 statement was aborted"
                                    : aborted + " statements were aborted";
            streams.err().println(Printable.line("Session " + id + " is ended; " + what + "."));
        }
        return ExitCode.DONE;
    }
}
