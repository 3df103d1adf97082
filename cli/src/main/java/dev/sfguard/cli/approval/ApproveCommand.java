package dev.sfguard.cli.approval;

import dev.sfguard.cli.ApiOpener;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.TimeOption;
import dev.sfguard.cli.output.Printable;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Says yes to a held statement.
@CommandLine.Command(
        name = "approve",
        description = {
            "Say yes to a statement that waits for approval: it runs, once, as it is.",
            "",
            "Nobody approves their own. Look at it first: sfguard requests ID",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  sfguard approve 7K3M9Q2X --reason \"ticket 812\"",
            "  sfguard approve 7K3M9Q2X --for 30m"
        })
public final class ApproveCommand implements Command {
    @Parameters(index = "0", paramLabel = "ID", description = "As sfguard requests lists it.")
    private String id = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; recorded with your yes.")
    private @Nullable String reason;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description =
                    "Let the identical statement of the same person through without another yes"
                            + " for so long: 30m, 2h. At most 24h.")
    private @Nullable String time;

    private final ApiOpener opener;

    public ApproveCommand(ApiOpener opener) {
        this.opener = opener;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        var body = new LinkedHashMap<String, Object>();
        if (reason != null) {
            body.put("reason", reason);
        }
        if (time != null) {
            body.put("for", TimeOption.length("--for", time, "approve").toSeconds());
        }
        String path = "/v1/requests/" + RequestId.checked(id) + "/approve";
        try (var api = opener.open(streams)) {
            var after = HeldStatement.of(api.post(path, body));
            streams.err().println(Printable.lines(said(after)));
        }
        return ExitCode.DONE;
    }

    private static String said(HeldStatement after) {
        if (after.isPending()) {
            return "Your yes counts. Still needed: " + after.missing() + ".";
        }
        String once =
                after.attached()
                        ? "Approved: the statement of %s runs now.".formatted(after.requester())
                        : "Approved: the statement runs when %s sends it again."
                                .formatted(after.requester());
        long granted = after.all().path("granted_seconds").asLong();
        return granted == 0
                ? once
                : "%s%nThe identical one needs no other yes for %s. To end that:%n  sfguard requests revoke %s --reason TEXT"
                        .formatted(
                                once,
                                TimeOption.brief(Duration.ofSeconds(granted + 1).toSeconds()),
                                after.id());
    }
}
