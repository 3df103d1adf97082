package dev.sfguard.cli.connect;

import dev.sfguard.agent.AgentStatus;
import dev.sfguard.agent.RunningAgent;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.OutputOption;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/// `sfguard agent status`.
@CommandLine.Command(
        description = "Shows the agent of this machine and its ports.",
        footer = {"", "Examples:", "  sfguard agent status", "  sfguard agent status -o json"})
public final class AgentStatusCommand implements Command {
    @Mixin private OutputOption output = new OutputOption();

    @Override
    public ExitCode run(Streams streams) throws IOException {
        var rows = new ArrayList<List<Cell>>();
        var running = RunningAgent.find(Home.of(streams));
        if (running.isPresent()) {
            var status = running.get().status();
            status.connections().forEach(served -> rows.add(row(status, served)));
            if (status.connections().isEmpty()) {
                rows.add(row(status, new AgentStatus.Served("", 0, 0)));
            }
        } else {
            streams.err().println("No agent runs. Start one: sfguard connect --detach");
        }
        output.print(
                streams,
                List.of(
                        Column.text("id"),
                        Column.text("state"),
                        Column.number("port"),
                        Column.number("open"),
                        Column.text("gateway"),
                        Column.text("user"),
                        Column.moment("expires"),
                        Column.number("pid")),
                rows);
        return ExitCode.DONE;
    }

    private static List<Cell> row(AgentStatus status, AgentStatus.Served served) {
        return List.of(
                served.id().isEmpty() ? Cell.NULL : Cell.text(served.id()),
                Cell.text(
                        status.tunnelUp()
                                ? "up"
                                : "down: " + status.trouble().orElse("reconnecting")),
                served.port() == 0 ? Cell.NULL : Cell.number(served.port()),
                Cell.number(served.open()),
                Cell.text(status.gateway()),
                Cell.text(status.user()),
                new Cell.Moment(status.expires()),
                Cell.number(status.pid()));
    }
}
