package dev.sfguard.cli.replay;

import dev.sfguard.cli.output.Printable;
import dev.sfguard.gateway.recording.RecordedEvent;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// Tells a recording line by line: what was asked, how it was decided, what came back. Events go in
/// one by one, lines come out; it holds no more than the statements that are still running.
final class Narrator {
    static final String INDENT = " ".repeat(11);

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final int STATEMENT_WIDTH = 48;

    /// Far more than one session runs at once; it bounds what is held of those long over.
    private static final int MOST_RUNNING = 256;

    private final Detail detail;
    private final Map<Long, Running> running =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Running> eldest) {
                    return size() > MOST_RUNNING;
                }
            };

    /// A statement between its request and its end.
    private static final class Running {
        private final RecordingEvent.Asked asked;
        private final Instant at;
        private boolean told;
        private boolean blocked;
        private @Nullable ResultTable table;
        private @Nullable String changes;
        private List<RecordingEvent.Column> columns = List.of();
        private final List<Waiting> waiting = new ArrayList<>();
        private @Nullable Instant held;
        private @Nullable Instant sent;

        /// A part that a rule wants approved, until it is known who was asked.
        private record Waiting(String text, String number, String rule, String masks) {}

        /// For whom it waited, as people read it.
        private Optional<String> waited() {
            return held == null || sent == null
                    ? Optional.empty()
                    : Optional.of(
                            String.format(
                                    Locale.ROOT,
                                    " (waited %.1f)",
                                    Duration.between(held, sent).toMillis() / 1_000.0));
        }

        Running(RecordingEvent.Asked asked, Instant at) {
            this.asked = asked;
            this.at = at;
        }
    }

    Narrator(Detail detail) {
        this.detail = detail;
    }

    /// The first line: who, with what, to where. The player puts its clock behind it.
    static String heading(RecordingEvent.Opened opened) {
        String groups = String.join(", ", opened.groups().stream().sorted().toList());
        String kind = opened.kind().equals("human") ? "" : opened.kind();
        var brackets = new StringJoiner("; ", " (", ")").setEmptyValue("");
        List.of(kind, groups).stream().filter(it -> !it.isEmpty()).forEach(brackets::add);
        return Printable.line(
                "%s  %s%s via %s %s → %s as %s"
                        .formatted(
                                opened.session(),
                                opened.user(),
                                brackets,
                                opened.driver(),
                                opened.driverVersion(),
                                opened.connection(),
                                opened.role()));
    }

    static String day(Instant at) {
        return DAY.format(at);
    }

    List<String> tell(RecordedEvent recorded) {
        Instant at = recorded.at();
        return switch (recorded.event()) {
            case RecordingEvent.Opened _, RecordingEvent.Fetched _, RecordingEvent.Remembered _ ->
                    List.of();
            case RecordingEvent.Prompt prompt -> List.of(stamp(at) + prompt(prompt));
            case RecordingEvent.Asked asked -> {
                running.put(asked.statement(), new Running(asked, at));
                yield List.of();
            }
            case RecordingEvent.Decided decided -> decided(decided, at);
            case RecordingEvent.Described described -> {
                var lines = waiting(described.statement());
                running.remove(described.statement());
                lines.add(INDENT + "described, not run");
                yield lines;
            }
            case RecordingEvent.Held held -> held(held, at);
            case RecordingEvent.Approved it -> {
                var lines = waiting(it.statement());
                String more = it.decides() ? "" : ", one more is needed";
                lines.add(answered(at, "approved", it.by(), it.reason()) + more);
                yield lines;
            }
            case RecordingEvent.Denied it -> List.of(answered(at, "denied", it.by(), it.reason()));
            case RecordingEvent.Expired _ -> List.of(stamp(at) + "    expired");
            case RecordingEvent.Withdrawn it ->
                    List.of(stamp(at) + "    withdrawn by " + line(it.by()));
            case RecordingEvent.Sent sent -> {
                find(sent.statement()).ifPresent(it -> it.sent = at);
                yield waiting(sent.statement());
            }
            case RecordingEvent.Columns columns -> {
                find(columns.statement())
                        .ifPresent(
                                it -> {
                                    it.table = new ResultTable(columns.columns(), detail);
                                    it.columns = columns.columns();
                                });
                yield List.of();
            }
            case RecordingEvent.Rows rows -> rows(rows);
            case RecordingEvent.Ended ended -> ended(ended);
            case RecordingEvent.Alarm alarm -> alarm(alarm, at);
            case RecordingEvent.Failed failed -> failed(failed);
            case RecordingEvent.Cancelled(long statement, String by) -> {
                running.remove(statement);
                yield List.of(stamp(at) + "#" + statement + "  cancelled by " + line(by));
            }
            case RecordingEvent.LookedUp(long statement, String found, var _, var why) ->
                    List.of(
                            stamp(at)
                                    + "#"
                                    + statement
                                    + "  answer lost, looked up at Snowflake: "
                                    + line(found)
                                    + (why == null ? "" : ", " + line(why)));
            case RecordingEvent.Context context -> context(context);
            case RecordingEvent.Refused(String method, String path, String why) ->
                    List.of(
                            stamp(at)
                                    + "refused  %s %s: %s"
                                            .formatted(line(method), line(path), line(why)));
            case RecordingEvent.Resumed(String why) -> List.of(stamp(at) + "resumed  " + line(why));
            case RecordingEvent.Killed(String by, String reason) ->
                    List.of(stamp(at) + "killed by " + line(by) + "  \"" + line(reason) + "\"");
            case RecordingEvent.Closed(String why) -> List.of(stamp(at) + "closed  " + line(why));
            case RecordingEvent.Unknown(String type) ->
                    List.of(stamp(at) + line(type) + "  (a newer sfguard recorded this)");
        };
    }

    /// Whether no more rows of this statement's result will be told.
    boolean isFull(long statement) {
        return find(statement).map(it -> it.table != null && it.table.isFull()).orElse(false);
    }

    /// Statements that a crash left without a decision.
    List<String> finish() {
        var lines = new ArrayList<String>();
        for (var each : List.copyOf(running.values())) {
            lines.addAll(waiting(each.asked.statement()));
            if (!each.told) {
                lines.addAll(statement(each, each.asked.text(), "", "undecided"));
            }
        }
        running.clear();
        return lines;
    }

    private static String stamp(Instant at) {
        return " " + CLOCK.format(at) + "  ";
    }

    private static String line(String text) {
        return ShownText.oneLine(text);
    }

    private Optional<Running> find(long statement) {
        return Optional.ofNullable(running.get(statement));
    }

    private static String prompt(RecordingEvent.Prompt prompt) {
        var told = new StringBuilder("prompt");
        if (prompt.text() != null) {
            told.append("  \"").append(line(prompt.text())).append('"');
        }
        if (prompt.reason() != null) {
            told.append("  reason \"").append(line(prompt.reason())).append('"');
        }
        var source = new StringJoiner(", ", "  (", ")").setEmptyValue("");
        if (prompt.agent() != null) {
            source.add(line(prompt.agent()));
        }
        if (prompt.model() != null) {
            source.add(line(prompt.model()));
        }
        if (prompt.toolCall() != null) {
            source.add("tool call " + line(prompt.toolCall()));
        }
        return told.append(source).toString();
    }

    private List<String> decided(RecordingEvent.Decided decided, Instant at) {
        boolean blocks = decided.verdict().equals(RecordingEvent.Decided.BLOCK);
        String verdict =
                blocks
                        ? "blocked  " + line(decided.rule())
                        : decided.verdict() + "  " + MaskWords.reason(decided);
        Running statement =
                running.computeIfAbsent(
                        decided.statement(),
                        number ->
                                new Running(
                                        new RecordingEvent.Asked(
                                                number, "", decided.text(), null, false, false),
                                        at));
        String part = decided.part() > 1 || statement.told ? "." + decided.part() : "";
        if (decided.verdict().equals(RecordingEvent.Decided.APPROVE)) {
            statement.told = true;
            statement.waiting.add(
                    new Running.Waiting(
                            decided.text(), part, decided.rule(), MaskWords.behind(decided)));
            return List.of();
        }
        var lines = new ArrayList<String>();
        lines.addAll(statement(statement, decided.text(), part, verdict));
        if (decided.why() != null) {
            lines.add(INDENT + "could not be read: " + line(decided.why()));
        }
        if (blocks) {
            statement.blocked = true;
            Optional.ofNullable(decided.message())
                    .ifPresent(message -> lines.add(INDENT + line(message)));
        }
        return lines;
    }

    private List<String> held(RecordingEvent.Held held, Instant at) {
        String groups = String.join(", ", held.groups().stream().sorted().toList());
        var statement = find(held.statement());
        statement.ifPresent(it -> it.held = at);
        var waiting = statement.map(it -> it.waiting).orElseGet(List::of);
        var lines = new ArrayList<String>();
        if (waiting.isEmpty()) {
            lines.add(
                    "%s#%d  held   %s → %s"
                            .formatted(
                                    stamp(at), held.statement(), line(held.rule()), line(groups)));
        }
        for (var part : List.copyOf(waiting)) {
            String verdict = "held   " + line(part.rule()) + " → " + line(groups) + part.masks();
            lines.addAll(statement(statement.orElseThrow(), part.text(), part.number(), verdict));
        }
        statement.ifPresent(it -> it.waiting.clear());
        return lines;
    }

    /// What a rule wants approved, and nobody was asked about.
    private List<String> waiting(long number) {
        var lines = new ArrayList<String>();
        find(number)
                .ifPresent(
                        statement -> {
                            for (var part : statement.waiting) {
                                String verdict = "approve  " + line(part.rule()) + part.masks();
                                lines.addAll(
                                        statement(statement, part.text(), part.number(), verdict));
                            }
                            statement.waiting.clear();
                        });
        return lines;
    }

    private static String answered(Instant at, String verb, String by, String reason) {
        String quoted = reason.isEmpty() ? "" : "  \"" + line(reason) + "\"";
        return stamp(at) + "    " + verb + " by " + line(by) + quoted;
    }

    private List<String> statement(Running statement, String text, String part, String verdict) {
        statement.told = true;
        String shown = line(text);
        String head = "%s#%d%s  ".formatted(stamp(statement.at), statement.asked.statement(), part);
        var lines = new ArrayList<String>();
        lines.add(head + ShownText.field(shown, STATEMENT_WIDTH) + "  " + verdict);
        if (detail.fullText() && ShownText.cut(shown, STATEMENT_WIDTH).endsWith("…")) {
            Printable.lines(text).lines().forEach(each -> lines.add(INDENT + "│ " + each));
        }
        return lines;
    }

    private List<String> rows(RecordingEvent.Rows rows) {
        return find(rows.statement()).map(it -> rows(it, rows)).orElse(List.of());
    }

    private List<String> rows(Running statement, RecordingEvent.Rows rows) {
        ResultTable table =
                Objects.requireNonNullElseGet(
                        statement.table, () -> new ResultTable(List.of(), detail));
        statement.table = table;
        var changes = table.changes(rows);
        if (changes.isPresent()) {
            statement.changes = changes.get();
            return List.of();
        }
        return table.add(rows).stream().map(INDENT::concat).toList();
    }

    private List<String> ended(RecordingEvent.Ended ended) {
        var lines = new ArrayList<String>();
        var statement = find(ended.statement());
        statement
                .filter(it -> it.changes == null)
                .flatMap(it -> Optional.ofNullable(it.table))
                .flatMap(it -> it.rest(ended.recordedRows()))
                .ifPresent(rest -> lines.add(INDENT + rest));
        var facts = new StringJoiner(" · ");
        facts.add(
                statement
                        .flatMap(it -> Optional.ofNullable(it.changes))
                        .orElse(counted(ended.rows(), "row")));
        facts.add(
                time(ended.totalMicros())
                        + statement
                                .flatMap(Running::waited)
                                .orElseGet(
                                        () ->
                                                " (gateway %s)"
                                                        .formatted(
                                                                millis(
                                                                        ended.totalMicros()
                                                                                - ended
                                                                                        .upstreamMicros()))));
        MaskWords.cells(
                        ended.masked(),
                        statement.map(it -> it.columns).orElse(List.of()),
                        detail.fullText())
                .ifPresent(facts::add);
        var cut = ended.cut();
        if (cut != null) {
            facts.add(cut.note());
        }
        if (ended.recordedRows() < ended.rows()) {
            facts.add("only the first " + ResultTable.count(ended.recordedRows()) + " recorded");
        }
        lines.add(INDENT + facts);
        // A text of several statements ends part by part; the next part's rows begin a new table.
        statement.ifPresent(
                it -> {
                    it.table = null;
                    it.columns = List.of();
                    it.changes = null;
                });
        return lines;
    }

    /// What the client was told stands in the event, so the failure behind it tells nothing new.
    private List<String> alarm(RecordingEvent.Alarm alarm, Instant at) {
        find(alarm.statement()).ifPresent(it -> it.blocked = true);
        String mask = alarm.mask().isEmpty() ? "" : line(alarm.mask()) + "  ";
        return List.of(
                stamp(at)
                        + "#%d  alarm  %s%s; the result is withheld"
                                .formatted(alarm.statement(), mask, line(alarm.message())));
    }

    private List<String> failed(RecordingEvent.Failed failed) {
        var lines = waiting(failed.statement());
        var statement = Optional.ofNullable(running.remove(failed.statement()));
        if (statement.map(it -> it.blocked).orElse(false)) {
            return lines;
        }
        if (statement.isPresent() && !statement.get().told) {
            lines.addAll(statement(statement.get(), statement.get().asked.text(), "", "undecided"));
        }
        String state = failed.sqlState() == null ? "" : " (" + line(failed.sqlState()) + ")";
        lines.add(
                INDENT
                        + "error %s%s: %s · %s"
                                .formatted(
                                        line(failed.code()),
                                        state,
                                        line(failed.message()),
                                        time(failed.totalMicros())));
        return lines;
    }

    private static List<String> context(RecordingEvent.Context context) {
        var parts = new StringJoiner("  ");
        add(parts, "role ", context.role());
        add(parts, "warehouse ", context.warehouse());
        add(parts, "database ", context.database());
        add(parts, "schema ", context.schema());
        return parts.length() == 0 ? List.of() : List.of(INDENT + "now " + parts);
    }

    private static void add(StringJoiner parts, String name, @Nullable String value) {
        if (value != null) {
            parts.add(name + line(value));
        }
    }

    static String counted(long count, String noun) {
        return ResultTable.count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    private static String time(long micros) {
        return micros < 1_000_000
                ? Math.round(micros / 1_000.0) + " ms"
                : String.format(Locale.ROOT, "%.1f s", micros / 1_000_000.0);
    }

    private static String millis(long micros) {
        return String.format(Locale.ROOT, "%.1f", micros / 1_000.0);
    }
}
