package dev.sfguard.cli.connect;

import dev.sfguard.agent.ApiClient;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.OutputOption;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/// `sfguard whoami`.
@CommandLine.Command(
        description = "Shows who you are for the gateway, and until when.",
        footer = {"", "Examples:", "  sfguard whoami", "  sfguard whoami -o json"})
public final class WhoamiCommand implements Command {
    @Mixin private OutputOption output = new OutputOption();

    @Override
    public ExitCode run(Streams streams) throws IOException {
        try (var api = ApiClient.open(Home.of(streams))) {
            var who = api.get("/v1/whoami");
            var groups = new ArrayList<String>();
            who.path("groups").forEach(group -> groups.add(group.asText()));
            output.print(
                    streams,
                    List.of(
                            Column.text("user"),
                            Column.text("kind"),
                            Column.text("groups"),
                            Column.text("gateway"),
                            Column.text("issuer"),
                            Column.moment("expires")),
                    List.of(
                            List.of(
                                    Cell.text(who.path("user").asText()),
                                    Cell.text(who.path("kind").asText()),
                                    Cell.text(String.join(", ", groups)),
                                    Cell.text(who.path("gateway").asText()),
                                    Cell.text(who.path("issuer").asText()),
                                    new Cell.Moment(Instant.parse(who.path("expires").asText())))));
        }
        return ExitCode.DONE;
    }
}
