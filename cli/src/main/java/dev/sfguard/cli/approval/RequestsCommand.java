package dev.sfguard.cli.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.cli.ApiOpener;
import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.Command;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.cli.OutputOption;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.TimeOption;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.Format;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lists held statements, shows one, or watches them.
@CommandLine.Command(
        name = "requests",
        description = {
            "List the statements that wait for your approval; with an ID show all of one.",
            ""
        },
        footer = {
            "",
            "States: pending, approved, denied, expired, withdrawn, sent, done, unknown; granted is"
                    + " what approve --for lets through, all is all.",
            "Times for --since and --until: 2h, 7d, 2026-11-23 or 2026-11-23T14:02:00Z.",
            "",
            "Examples:",
            "  sfguard requests",
            "  sfguard requests 7K3M9Q2X",
            "  sfguard requests --mine --state all --since 7d",
            "  sfguard requests --watch"
        })
public final class RequestsCommand implements Command {
    @Parameters(arity = "0..1", paramLabel = "ID", description = "Show all of this request.")
    private @Nullable String id;

    @Option(names = "--mine", description = "Those that you asked for.")
    private boolean mine;

    @Option(
            names = "--state",
            paramLabel = "STATES",
            description = "In these states, with commas. Default: pending.")
    private String states = "pending";

    @Option(names = "--since", paramLabel = "TIME", description = "Only those asked after this.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only those asked before this.")
    private @Nullable String until;

    @Option(names = "--limit", paramLabel = "N", description = "At most N. Default: 50.")
    private int limit = 50;

    @Option(
            names = {"-w", "--watch"},
            description =
                    "Go on and show changes as they come: live on a terminal, a line each on a"
                            + " pipe.")
    private boolean watch;

    @Mixin private OutputOption output = new OutputOption();

    private final ApiOpener opener;

    public RequestsCommand(ApiOpener opener) {
        this.opener = opener;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        if (limit < 1) {
            throw CliFailure.usage("--limit is " + limit + ".", "It must be at least 1.", "");
        }
        if (id != null && watch) {
            throw CliFailure.usage(
                    "--watch takes no ID.", "It shows whatever waits for you.", "Leave one out.");
        }
        if (watch) {
            return watch(streams);
        }
        String path =
                id == null
                        ? path(streams.clock().instant())
                        : "/v1/requests/" + RequestId.checked(id);
        try (var api = opener.open(streams)) {
            var answer = api.get(path);
            if (id == null) {
                list(streams, answer);
            } else {
                show(streams, answer);
            }
        }
        return ExitCode.DONE;
    }

    private ExitCode watch(Streams streams) throws Exception {
        var format = output.format(streams, Format.TABLE);
        var feed = new RequestFeed(opener, streams, path(streams.clock().instant()));
        if (format == Format.TABLE && streams.terminals().out() && streams.terminals().in()) {
            WatchScreen.run(feed, streams.colorOut());
        } else {
            new WatchLines(feed, streams.out(), format, output.look(streams)).run(streams.err());
        }
        return ExitCode.DONE;
    }

    private void list(Streams streams, JsonNode answer) throws Exception {
        var requests = HeldStatement.list(answer);
        boolean narrow =
                output.format(streams, Format.TABLE) == Format.TABLE && !streams.manner().verbose();
        if (requests.isEmpty() && narrow) {
            streams.err().println(nothing());
            return;
        }
        output.print(
                streams,
                RequestTable.columns(narrow),
                requests.stream().map(each -> RequestTable.row(each, narrow)).toList());
    }

    private String nothing() {
        String what = states.equals("pending") ? "" : " in state " + states;
        return mine
                ? "You have no request%s.".formatted(what.isEmpty() ? " that waits" : what)
                : "No request waits for your answer. Your own: sfguard requests --mine";
    }

    private void show(Streams streams, JsonNode answer) throws Exception {
        var request = HeldStatement.of(answer);
        if (output.format(streams, Format.TABLE) == Format.TABLE) {
            streams.out().print(RequestText.of(request, streams.colorOut()));
            return;
        }
        var columns = new ArrayList<Column>();
        var cells = new ArrayList<Cell>();
        for (var member : answer.properties()) {
            var value = member.getValue();
            columns.add(
                    value.isNumber()
                            ? Column.number(member.getKey())
                            : Column.text(member.getKey()));
            cells.add(cell(value));
        }
        output.print(streams, columns, List.of(cells));
    }

    private static Cell cell(JsonNode value) {
        if (value.isNumber()) {
            return new Cell.Exact(value.decimalValue());
        }
        if (value.isBoolean()) {
            return new Cell.Flag(value.asBoolean());
        }
        return value.isTextual() ? Cell.text(value.asText()) : new Cell.Json(value.toString());
    }

    private String path(Instant now) {
        var query = new StringBuilder("/v1/requests?limit=").append(limit);
        add(query, "state", states);
        add(query, "mine", mine ? "true" : null);
        add(query, "since", since == null ? null : moment("--since", since, now));
        add(query, "until", until == null ? null : moment("--until", until, now));
        return query.toString();
    }

    private static String moment(String option, String text, Instant now) {
        return TimeOption.moment(option, text, now, "requests").toString();
    }

    private static void add(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append('&')
                    .append(name)
                    .append('=')
                    .append(URLEncoder.encode(value, StandardCharsets.UTF_8));
        }
    }
}
