package dev.sfguard.gateway.admin;

import dev.sfguard.gateway.masking.Detections;
import dev.sfguard.gateway.masking.Masker;
import dev.sfguard.gateway.masking.Redaction;
import dev.sfguard.gateway.policy.ProtectedNames;
import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingEvent.Columns;
import dev.sfguard.gateway.recording.RedactedLines;
import dev.sfguard.gateway.recording.SessionDetail;
import dev.sfguard.gateway.recording.StatementDetail;
import dev.sfguard.gateway.snowflake.ResultSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// One recording as a reader sees it who may see that it happened, but not other people's data in
/// it. Rows were delivered as the asker may see them, so detectors look at them once more. One for
/// each copy.
final class ReaderView implements RedactedLines.Change {
    private static final String REDACTED = "<redacted>";

    /// Of statements long over nothing need be known.
    private static final int MOST = 256;

    private static final byte[] NO_ROWS = {'[', ']'};

    private final Redaction redaction;
    private final Detections detections = Detections.all();
    private final Map<Long, Redaction.Shown> statements = bounded();
    private final Map<Long, Masker> results = bounded();

    ReaderView(ProtectedNames names) {
        redaction = new Redaction(names);
    }

    private static <T> Map<Long, T> bounded() {
        return new LinkedHashMap<>() {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Long, T> eldest) {
                return size() > MOST;
            }
        };
    }

    /// A list of statements, for the same reader.
    static SessionDetail of(SessionDetail detail, ProtectedNames names) {
        var redaction = new Redaction(names);
        return new SessionDetail(
                detail.summary(),
                detail.statements().stream().map(it -> shown(it, redaction)).toList());
    }

    private static StatementDetail shown(StatementDetail it, Redaction redaction) {
        var statement = redaction.statement(it.text());
        return it.withTexts(
                statement.text(),
                it.prompt().map(text -> redaction.prose(text, statement.hidden())),
                it.message().map(text -> redaction.message(text, statement)));
    }

    @Override
    public void ahead(RecordingEvent event) {
        if (event instanceof RecordingEvent.Asked asked) {
            statements.put(asked.statement(), redaction.statement(asked.text()));
        }
    }

    @Override
    public RecordingEvent change(RecordingEvent event) throws IOException {
        return switch (event) {
            case RecordingEvent.Prompt it -> prompt(it);
            case RecordingEvent.Asked it -> asked(it);
            case RecordingEvent.Decided it -> decided(it);
            case RecordingEvent.Approved it ->
                    new RecordingEvent.Approved(
                            it.statement(),
                            it.request(),
                            it.by(),
                            it.subject(),
                            it.issuer(),
                            redaction.prose(it.reason(), statement(it.statement()).hidden()),
                            it.given(),
                            it.decides());
            case RecordingEvent.Denied it ->
                    new RecordingEvent.Denied(
                            it.statement(),
                            it.request(),
                            it.by(),
                            it.subject(),
                            it.issuer(),
                            redaction.prose(it.reason(), statement(it.statement()).hidden()),
                            it.given());
            case RecordingEvent.Withdrawn(long statement, var request, var by) ->
                    new RecordingEvent.Withdrawn(statement, request, prose(by));
            case RecordingEvent.Sent(long statement, var text, var request, var tag) ->
                    new RecordingEvent.Sent(
                            statement,
                            redaction.statement(text).text(),
                            request,
                            prose(tag, statement));
            case Columns it -> columns(it);
            case RecordingEvent.Rows it -> rows(it);
            case RecordingEvent.Failed it ->
                    new RecordingEvent.Failed(
                            it.statement(),
                            it.queryId(),
                            it.code(),
                            it.sqlState(),
                            redaction.message(it.message(), statement(it.statement())),
                            it.totalMicros());
            case RecordingEvent.Alarm it ->
                    new RecordingEvent.Alarm(
                            it.statement(),
                            it.part(),
                            name(it.column(), it.statement()),
                            it.origin(),
                            it.mask(),
                            redaction.message(it.message(), statement(it.statement())));
            case RecordingEvent.LookedUp(long statement, var found, var id, var why) ->
                    new RecordingEvent.LookedUp(statement, found, id, prose(why, statement));
            case RecordingEvent.Refused(var method, var path, var why) ->
                    new RecordingEvent.Refused(method, prose(path), prose(why));
            case RecordingEvent.Resumed(var why) -> new RecordingEvent.Resumed(prose(why));
            case RecordingEvent.Killed(var by, var reason) ->
                    new RecordingEvent.Killed(by, prose(reason));
            case RecordingEvent.Closed(var why) -> new RecordingEvent.Closed(prose(why));
            case RecordingEvent.Remembered _ ->
                    new RecordingEvent.Remembered(
                            com.fasterxml.jackson.databind.node.JsonNodeFactory.instance
                                    .objectNode());
            case RecordingEvent.Ended it -> ended(it);
            case RecordingEvent.Opened _,
                    RecordingEvent.Described _,
                    RecordingEvent.Held _,
                    RecordingEvent.Expired _,
                    RecordingEvent.Fetched _,
                    RecordingEvent.Cancelled _,
                    RecordingEvent.Context _,
                    RecordingEvent.Unknown _ ->
                    event;
        };
    }

    /// Where nothing is known of a statement, all that is quoted goes.
    private Redaction.Shown statement(long number) {
        return statements.getOrDefault(number, new Redaction.Shown("", Set.of(), true, List.of()));
    }

    private @Nullable String prose(@Nullable String text, long statement) {
        return text == null ? null : redaction.prose(text, statement(statement).hidden());
    }

    private String prose(String text) {
        return redaction.prose(text, Set.of());
    }

    private RecordingEvent prompt(RecordingEvent.Prompt it) {
        return new RecordingEvent.Prompt(
                it.statement(),
                prose(it.agent(), it.statement()),
                prose(it.model(), it.statement()),
                prose(it.toolCall(), it.statement()),
                prose(it.reason(), it.statement()),
                prose(it.text(), it.statement()));
    }

    private RecordingEvent asked(RecordingEvent.Asked it) {
        ahead(it);
        var shown = statement(it.statement());
        return new RecordingEvent.Asked(
                it.statement(),
                it.requestId(),
                shown.text(),
                it.binds() == null ? null : redaction.binds(it.binds(), shown),
                it.describeOnly(),
                it.async());
    }

    private RecordingEvent decided(RecordingEvent.Decided it) {
        return new RecordingEvent.Decided(
                it.statement(),
                it.part(),
                redaction.statement(it.text()).text(),
                it.statementClass(),
                it.effects(),
                prose(it.why(), it.statement()),
                it.verdict(),
                it.rule(),
                prose(it.message(), it.statement()),
                it.policyVersion(),
                it.masks(),
                result(it.result(), it.statement()));
    }

    private Provenance result(Provenance it, long statement) {
        return new Provenance(
                it.count(),
                it.columns().stream()
                        .map(
                                column ->
                                        new Provenance.Entry(
                                                column.place(),
                                                prose(column.name(), statement),
                                                column.from(),
                                                column.masks(),
                                                column.certain()))
                        .toList());
    }

    /// A column without a name is called after its expression, literals and all.
    private RecordingEvent columns(Columns it) {
        var masker = new Masker(detections);
        masker.columns(
                it.columns().stream()
                        .map(column -> new ResultSink.Column(column.name(), column.type()))
                        .toList());
        results.put(it.statement(), masker);
        return new Columns(
                it.statement(),
                it.part(),
                it.queryId(),
                it.columns().stream()
                        .map(
                                column ->
                                        new RecordingEvent.Column(
                                                name(column.name(), it.statement()),
                                                column.type(),
                                                column.masks(),
                                                column.certain()))
                        .toList());
    }

    private String name(String name, long statement) {
        return Optional.ofNullable(prose(name, statement)).orElse(REDACTED);
    }

    private RecordingEvent rows(RecordingEvent.Rows it) throws IOException {
        Masker masker = results.get(it.statement());
        return new RecordingEvent.Rows(
                it.statement(),
                it.part(),
                it.first(),
                it.count(),
                masker == null ? NO_ROWS : masked(it, masker));
    }

    private static byte[] masked(RecordingEvent.Rows it, Masker masker) throws IOException {
        byte[] json = it.json();
        if (json.length < 2 || json[0] != '[' || json[json.length - 1] != ']') {
            throw new IOException("recorded rows are no array");
        }
        var rows = masker.rows(it.count(), json, 1, json.length - 2);
        if (rows.isUnchanged()) {
            return json;
        }
        var bytes = new ByteArrayOutputStream(rows.length() + 2);
        bytes.write('[');
        bytes.write(rows.bytes(), rows.offset(), rows.length());
        bytes.write(']');
        return bytes.toByteArray();
    }

    private RecordingEvent ended(RecordingEvent.Ended it) {
        results.remove(it.statement());
        return new RecordingEvent.Ended(
                it.statement(),
                it.part(),
                it.queryId(),
                it.rows(),
                it.recordedRows(),
                it.bytes(),
                // A hash of few digits tells them: whoever has it can try all of them.
                "",
                new RecordingEvent.CellCounts(
                        named(it.masked().cells(), it.statement(), Long::sum),
                        named(it.masked().masks(), it.statement(), ReaderView::sum),
                        named(it.masked().detectors(), it.statement(), ReaderView::sum)),
                it.totalMicros(),
                it.upstreamMicros(),
                it.cut());
    }

    private <T> Map<String, T> named(
            Map<String, T> byColumn, long statement, BinaryOperator<T> sum) {
        var named = new LinkedHashMap<String, T>();
        byColumn.forEach((column, of) -> named.merge(name(column, statement), of, sum));
        return named;
    }

    private static Map<String, Long> sum(Map<String, Long> one, Map<String, Long> other) {
        var sum = new LinkedHashMap<>(one);
        other.forEach((name, cells) -> sum.merge(name, cells, Long::sum));
        return sum;
    }
}
