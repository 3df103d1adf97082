package dev.sfguard.cli.connect;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.agent.ApiClient;
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

/// `sfguard connections`.
@CommandLine.Command(
        description = "Lists the warehouses that you may reach, with your Snowflake role on each.",
        footer = {"", "Examples:", "  sfguard connections", "  sfguard connections -o json"})
public final class ConnectionsCommand implements Command {
    private static final List<String> FIELDS =
            List.of("id", "state", "role", "database", "schema", "warehouse");

    @Mixin private OutputOption output = new OutputOption();

    @Override
    public ExitCode run(Streams streams) throws IOException {
        try (var api = ApiClient.open(Home.of(streams))) {
            var rows = new ArrayList<List<Cell>>();
            api.get("/v1/connections").forEach(each -> rows.add(row(each)));
            output.print(streams, FIELDS.stream().map(Column::text).toList(), rows);
        }
        return ExitCode.DONE;
    }

    private static List<Cell> row(JsonNode connection) {
        return FIELDS.stream().map(field -> cell(connection.path(field))).toList();
    }

    private static Cell cell(JsonNode value) {
        return value.isMissingNode() || value.isNull() ? Cell.NULL : Cell.text(value.asText());
    }
}
