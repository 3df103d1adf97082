package dev.sfguard.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.cli.output.Cell;
import dev.sfguard.cli.output.Column;
import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.replay.MaskWords;
import dev.sfguard.gateway.recording.SessionDetail;
import dev.sfguard.gateway.recording.SessionSummary;
import dev.sfguard.gateway.recording.StatementDetail;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Lists sessions, or shows one of them with its statements.
@picocli.CommandLine.Command(
        name = "sessions",
        description = "List recorded sessions, newest first; with an ID show its statements.",
        footer = {
            "",
            "Times for --since and --until: 2h, 7d, 2026-11-23 or 2026-11-23T14:02:00Z.",
            "On a terminal -v shows all columns.",
            "",
            "Example: sfguard sessions --blocked --since 7d"
        })
final class SessionsCommand implements Command {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// A column of the list.
    ///
    /// @param narrow whether a table on a terminal has it: all of them would not fit
    private record ListColumn(Column column, boolean narrow, Function<SessionSummary, Cell> of) {}

    private static final List<ListColumn> COLUMNS =
            List.of(
                    new ListColumn(Column.text("id"), true, it -> Cell.text(it.id())),
                    new ListColumn(
                            Column.text("state"), true, it -> Cell.text(it.state().toString())),
                    new ListColumn(
                            Column.moment("started"), true, it -> new Cell.Moment(it.started())),
                    new ListColumn(Column.text("user"), true, it -> Cell.text(it.user())),
                    new ListColumn(
                            Column.text("connection"), true, it -> Cell.text(it.connection())),
                    new ListColumn(Column.text("role"), false, it -> Cell.text(it.role())),
                    new ListColumn(
                            Column.text("application"), false, it -> Cell.text(it.application())),
                    new ListColumn(
                            Column.number("statements"), true, it -> Cell.number(it.statements())),
                    new ListColumn(Column.number("blocked"), true, it -> Cell.number(it.blocked())),
                    new ListColumn(Column.number("rows"), true, it -> Cell.number(it.rows())),
                    new ListColumn(Column.number("bytes"), false, it -> Cell.number(it.bytes())),
                    new ListColumn(
                            Column.moment("ended"), false, it -> new Cell.Moment(it.ended())));

    @Parameters(arity = "0..1", paramLabel = "ID", description = "Show this session's statements.")
    private @Nullable String id;

    @Option(names = "--live", description = "Only those that go on now.")
    private boolean live;

    @Option(names = "--user", paramLabel = "USER", description = "Only this user's.")
    private @Nullable String user;

    @Option(names = "--connection", paramLabel = "NAME", description = "Only to this warehouse.")
    private @Nullable String connection;

    @Option(names = "--blocked", description = "Only those with a blocked statement.")
    private boolean blocked;

    @Option(names = "--since", paramLabel = "TIME", description = "Only those after this.")
    private @Nullable String since;

    @Option(names = "--until", paramLabel = "TIME", description = "Only those before this.")
    private @Nullable String until;

    @Option(names = "--limit", paramLabel = "N", description = "At most N. Default: 50.")
    private int limit = 50;

    @Mixin private OutputOption output = new OutputOption();

    private final GatewayApi api;

    SessionsCommand(GatewayApi api) {
        this.api = api;
    }

    @Override
    public ExitCode run(Streams streams) throws Exception {
        if (limit < 1) {
            throw CliFailure.usage("--limit is " + limit + ".", "It must be at least 1.", "");
        }
        return id == null ? list(streams) : show(streams, id);
    }

    private ExitCode list(Streams streams) throws Exception {
        var sessions = new ArrayList<SessionSummary>();
        for (JsonNode each : ask(streams, "/v1/sessions?" + query(streams.clock().instant()))) {
            sessions.add(SessionSummary.fromJson(each));
        }
        var columns = columns(streams);
        output.print(
                streams,
                columns.stream().map(ListColumn::column).toList(),
                sessions.stream()
                        .map(each -> columns.stream().map(one -> one.of().apply(each)).toList())
                        .toList());
        return ExitCode.DONE;
    }

    private List<ListColumn> columns(Streams streams) {
        boolean all =
                streams.manner().verbose()
                        || !streams.terminals().out()
                        || output.format(streams, Format.TABLE) != Format.TABLE;
        return COLUMNS.stream().filter(each -> all || each.narrow()).toList();
    }

    private ExitCode show(Streams streams, String session) throws Exception {
        if (!session.matches("[0-9A-Za-z]{1,64}")) {
            throw CliFailure.usage(
                    "\"" + session + "\" is no session's id.", "", "See: sfguard sessions");
        }
        JsonNode answer = ask(streams, "/v1/sessions/" + session);
        var detail = SessionDetail.fromJson(answer);
        if (answer.path("redacted").asBoolean()) {
            streams.err().println("Other people's literals are redacted. raw_readers see them.");
        }
        output.print(
                streams,
                List.of(
                        Column.number("id"),
                        Column.text("state"),
                        Column.moment("at"),
                        Column.text("rule"),
                        Column.number("rows"),
                        Column.number("masked"),
                        Column.text("masks"),
                        Column.number("ms"),
                        Column.text("prompt"),
                        Column.text("statement"),
                        Column.text("message"),
                        Column.text("query_id")),
                detail.statements().stream().map(SessionsCommand::row).toList());
        return ExitCode.DONE;
    }

    private static List<Cell> row(StatementDetail statement) {
        return List.of(
                Cell.number(statement.id()),
                Cell.text(statement.state()),
                new Cell.Moment(statement.at()),
                statement.rule().map(Cell::text).orElse(Cell.NULL),
                Cell.number(statement.rows()),
                Cell.number(statement.maskedCells()),
                statement.masks().isEmpty()
                        ? Cell.NULL
                        : Cell.text(MaskWords.of(statement.masks())),
                new Cell.Exact(BigDecimal.valueOf(statement.micros(), 3)),
                statement.prompt().map(Cell::text).orElse(Cell.NULL),
                Cell.text(statement.text()),
                statement.message().map(Cell::text).orElse(Cell.NULL),
                statement.queryId().map(Cell::text).orElse(Cell.NULL));
    }

    private JsonNode ask(Streams streams, String path) throws Exception {
        try (InputStream answer = api.open(streams, path)) {
            return JSON.readTree(answer);
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            throw new IOException("the gateway's answer to " + path + " is no JSON", e);
        }
    }

    private String query(Instant now) {
        var query = new StringBuilder("limit=").append(limit);
        if (live) {
            query.append("&live=true");
        }
        if (blocked) {
            query.append("&blocked=true");
        }
        add(query, "user", user);
        add(query, "connection", connection);
        add(
                query,
                "since",
                since == null
                        ? null
                        : TimeOption.moment("--since", since, now, "sessions").toString());
        add(
                query,
                "until",
                until == null
                        ? null
                        : TimeOption.moment("--until", until, now, "sessions").toString());
        return query.toString();
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
