package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// Writes one event as one line, without the line feed. By hand and streaming: it runs several
/// times per statement, and a result's rows pass as they are.
final class EventWriter {
    private static final byte[] ROWS = ",\"rows\":".getBytes(StandardCharsets.US_ASCII);
    private static final VarHandle EIGHT =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    // The rows are the last member and are put in by us, so the object is closed by us.
    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                    JsonFactory.builder()
                            // Jackson's usual ones end with the virtual thread of each request.
                            .recyclerPool(JsonRecyclerPools.newBoundedPool(64))
                            .streamWriteConstraints(
                                    StreamWriteConstraints.builder()
                                            .maxNestingDepth(Integer.MAX_VALUE)
                                            .build())
                            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                            .build());

    private EventWriter() {}

    static void write(OutputStream out, long seq, Instant at, String prev, RecordingEvent event)
            throws IOException {
        try (JsonGenerator json = begin(out, seq, at, prev)) {
            fields(json, event);
            if (event instanceof RecordingEvent.Rows rows) {
                json.flush();
                out.write(ROWS);
                writeOnOneLine(out, rows.json(), 0, rows.json().length);
                out.write('}');
            } else {
                json.writeEndObject();
            }
        }
    }

    /// The same of rows whose JSON lies elsewhere, joined by commas, without brackets around all of
    /// them.
    static void writeRows(
            OutputStream out,
            long seq,
            Instant at,
            String prev,
            RecordingEvent.Rows head,
            byte[] rows,
            int offset,
            int length)
            throws IOException {
        try (JsonGenerator json = begin(out, seq, at, prev)) {
            fields(json, head);
            json.flush();
            out.write(ROWS);
            out.write('[');
            writeOnOneLine(out, rows, offset, offset + length);
            out.write(']');
            out.write('}');
        }
    }

    private static JsonGenerator begin(OutputStream out, long seq, Instant at, String prev)
            throws IOException {
        JsonGenerator json = MAPPER.createGenerator(out);
        json.writeStartObject();
        json.writeNumberField("seq", seq);
        json.writeStringField("at", MICROS.format(at));
        json.writeStringField("prev", prev);
        return json;
    }

    static String time(Instant at) {
        return MICROS.format(at);
    }

    private static void fields(JsonGenerator json, RecordingEvent event) throws IOException {
        switch (event) {
            case RecordingEvent.Opened opened -> opened(json, opened);
            case RecordingEvent.Prompt prompt -> prompt(json, prompt);
            case RecordingEvent.Asked asked -> asked(json, asked);
            case RecordingEvent.Described(long statement, String queryId) -> {
                begin(json, "described", statement);
                text(json, "query_id", queryId);
            }
            case RecordingEvent.Decided decided -> decided(json, decided);
            case RecordingEvent.Held held -> held(json, held);
            case RecordingEvent.Approved approved -> approved(json, approved);
            case RecordingEvent.Denied denied -> {
                begin(json, "denied", denied.statement());
                text(json, "request", denied.request());
                person(json, denied.by(), denied.subject(), denied.issuer());
                text(json, "reason", denied.reason());
                text(json, "given", time(denied.given()));
            }
            case RecordingEvent.Expired(long statement, String request) -> {
                begin(json, "expired", statement);
                text(json, "request", request);
            }
            case RecordingEvent.Withdrawn(long statement, String request, String by) -> {
                begin(json, "withdrawn", statement);
                text(json, "request", request);
                text(json, "by", by);
            }
            case RecordingEvent.Sent(long statement, String text, String request, String tag) -> {
                begin(json, "sent", statement);
                text(json, "text", text);
                text(json, "upstream_request_id", request);
                text(json, "query_tag", tag);
            }
            case RecordingEvent.Columns columns -> columns(json, columns);
            case RecordingEvent.Rows(long statement, int part, long first, int count, _) -> {
                begin(json, "rows", statement);
                json.writeNumberField("part", part);
                json.writeNumberField("first", first);
                json.writeNumberField("count", count);
            }
            case RecordingEvent.Fetched(long statement, String what, long bytes) -> {
                begin(json, "fetched", statement);
                text(json, "what", what);
                json.writeNumberField("bytes", bytes);
            }
            case RecordingEvent.Ended ended -> ended(json, ended);
            case RecordingEvent.Failed failed -> failed(json, failed);
            case RecordingEvent.LookedUp lookedUp -> {
                begin(json, "looked_up", lookedUp.statement());
                text(json, "found", lookedUp.found());
                text(json, "query_id", lookedUp.queryId());
                text(json, "why", lookedUp.why());
            }
            case RecordingEvent.Cancelled(long statement, String by) -> {
                begin(json, "cancelled", statement);
                text(json, "by", by);
            }
            case RecordingEvent.Context context -> context(json, context);
            case RecordingEvent.Refused(String method, String path, String why) -> {
                type(json, "refused");
                text(json, "method", method);
                text(json, "path", path);
                text(json, "why", why);
            }
            case RecordingEvent.Resumed(String why) -> {
                type(json, "resumed");
                text(json, "why", why);
            }
            case RecordingEvent.Remembered(var memory) -> {
                type(json, "remembered");
                json.writeFieldName("memory");
                json.writeTree(memory);
            }
            case RecordingEvent.Killed(String by, String reason) -> {
                type(json, "killed");
                text(json, "by", by);
                text(json, "reason", reason);
            }
            case RecordingEvent.Closed(String why) -> {
                type(json, "closed");
                text(json, "why", why);
            }
            case RecordingEvent.Unknown(String type) ->
                    throw new IllegalArgumentException("only read, never written: " + type);
        }
    }

    private static void opened(JsonGenerator json, RecordingEvent.Opened opened)
            throws IOException {
        type(json, "opened");
        text(json, "session", opened.session());
        text(json, "group", opened.group());
        text(json, "user", opened.user());
        text(json, "subject", opened.subject());
        text(json, "issuer", opened.issuer());
        text(json, "kind", opened.kind());
        texts(json, "groups", opened.groups());
        text(json, "application", opened.application());
        text(json, "driver", opened.driver());
        text(json, "driver_version", opened.driverVersion());
        text(json, "connection", opened.connection());
        text(json, "role", opened.role());
        text(json, "policy_version", opened.policyVersion());
    }

    private static void prompt(JsonGenerator json, RecordingEvent.Prompt prompt)
            throws IOException {
        begin(json, "prompt", prompt.statement());
        text(json, "agent", prompt.agent());
        text(json, "model", prompt.model());
        text(json, "tool_call", prompt.toolCall());
        text(json, "reason", prompt.reason());
        text(json, "text", prompt.text());
    }

    private static void asked(JsonGenerator json, RecordingEvent.Asked asked) throws IOException {
        begin(json, "asked", asked.statement());
        text(json, "request_id", asked.requestId());
        text(json, "text", asked.text());
        json.writeBooleanField("describe_only", asked.describeOnly());
        json.writeBooleanField("async", asked.async());
        var binds = asked.binds();
        if (binds != null && !binds.isMissingNode()) {
            json.writeFieldName("binds");
            json.writeTree(binds);
        }
    }

    private static void decided(JsonGenerator json, RecordingEvent.Decided decided)
            throws IOException {
        begin(json, "decided", decided.statement());
        json.writeNumberField("part", decided.part());
        text(json, "verdict", decided.verdict());
        text(json, "rule", decided.rule());
        text(json, "message", decided.message());
        text(json, "class", decided.statementClass());
        texts(json, "effects", decided.effects());
        text(json, "why", decided.why());
        text(json, "policy_version", decided.policyVersion());
        if (!decided.masked().isEmpty()) {
            texts(json, "masked", decided.masked());
        }
        text(json, "text", decided.text());
    }

    private static void held(JsonGenerator json, RecordingEvent.Held held) throws IOException {
        begin(json, "held", held.statement());
        text(json, "request", held.request());
        text(json, "rule", held.rule());
        texts(json, "groups", held.groups());
        text(json, "expires", time(held.expires()));
    }

    private static void approved(JsonGenerator json, RecordingEvent.Approved approved)
            throws IOException {
        begin(json, "approved", approved.statement());
        text(json, "request", approved.request());
        person(json, approved.by(), approved.subject(), approved.issuer());
        text(json, "reason", approved.reason());
        text(json, "given", time(approved.given()));
        json.writeBooleanField("decides", approved.decides());
    }

    private static void person(JsonGenerator json, String by, String subject, String issuer)
            throws IOException {
        text(json, "by", by);
        text(json, "subject", subject);
        text(json, "issuer", issuer);
    }

    private static void columns(JsonGenerator json, RecordingEvent.Columns columns)
            throws IOException {
        begin(json, "columns", columns.statement());
        json.writeNumberField("part", columns.part());
        text(json, "query_id", columns.queryId());
        json.writeArrayFieldStart("columns");
        for (var column : columns.columns()) {
            json.writeStartObject();
            text(json, "name", column.name());
            text(json, "type", column.type());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void ended(JsonGenerator json, RecordingEvent.Ended ended) throws IOException {
        begin(json, "ended", ended.statement());
        json.writeNumberField("part", ended.part());
        text(json, "query_id", ended.queryId());
        json.writeNumberField("rows", ended.rows());
        json.writeNumberField("recorded_rows", ended.recordedRows());
        json.writeNumberField("bytes", ended.bytes());
        text(json, "sha256", ended.sha256());
        json.writeObjectFieldStart("masked_cells");
        for (var column : ended.maskedCells().entrySet()) {
            json.writeNumberField(column.getKey(), column.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("total_micros", ended.totalMicros());
        json.writeNumberField("upstream_micros", ended.upstreamMicros());
        var cut = ended.cut();
        if (cut != null) {
            json.writeObjectFieldStart("cut");
            json.writeNumberField("rows", cut.rows());
            text(json, "limit", cut.limit());
            json.writeEndObject();
        }
    }

    private static void failed(JsonGenerator json, RecordingEvent.Failed failed)
            throws IOException {
        begin(json, "failed", failed.statement());
        text(json, "query_id", failed.queryId());
        text(json, "code", failed.code());
        text(json, "sql_state", failed.sqlState());
        text(json, "message", failed.message());
        json.writeNumberField("total_micros", failed.totalMicros());
    }

    private static void context(JsonGenerator json, RecordingEvent.Context context)
            throws IOException {
        begin(json, "context", context.statement());
        text(json, "database", context.database());
        text(json, "schema", context.schema());
        text(json, "role", context.role());
        text(json, "warehouse", context.warehouse());
    }

    private static void type(JsonGenerator json, String type) throws IOException {
        json.writeStringField("type", type);
    }

    private static void begin(JsonGenerator json, String type, long statement) throws IOException {
        type(json, type);
        json.writeNumberField("statement", statement);
    }

    private static void texts(JsonGenerator json, String name, Collection<String> values)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String value : values.stream().sorted().toList()) {
            value(json, value);
        }
        json.writeEndArray();
    }

    private static void text(JsonGenerator json, String name, @Nullable String value)
            throws IOException {
        if (value != null) {
            json.writeFieldName(name);
            value(json, value);
        }
    }

    private static void value(JsonGenerator json, String value) throws IOException {
        if (hasLoneSurrogate(value)) {
            // UTF-8 cannot hold it, a JSON escape can: a client's odd text is kept, not refused.
            json.writeRawValue(escaped(value));
        } else {
            json.writeString(value);
        }
    }

    private static boolean hasLoneSurrogate(String value) {
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (Character.isSurrogate(unit)) {
                if (Character.isLowSurrogate(unit)
                        || i + 1 == value.length()
                        || !Character.isLowSurrogate(value.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static String escaped(String value) {
        var text = new StringBuilder(value.length() * 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char unit = value.charAt(i);
            if (unit < ' ' || unit > '~' || unit == '"' || unit == '\\') {
                text.append(String.format("\\u%04x", (int) unit));
            } else {
                text.append(unit);
            }
        }
        return text.append('"').toString();
    }

    /// A line feed between JSON's tokens is white space; inside of a text JSON does not allow it.
    private static void writeOnOneLine(OutputStream out, byte[] json, int start, int end)
            throws IOException {
        int from = start;
        for (int i = lineBreak(json, from, end); i < end; i = lineBreak(json, from, end)) {
            out.write(json, from, i - from);
            out.write(' ');
            from = i + 1;
        }
        out.write(json, from, end - from);
    }

    /// @return `end` when there is none; looks at eight bytes at a time
    private static int lineBreak(byte[] json, int from, int end) {
        int i = from;
        for (; i <= end - 8; i += 8) {
            long eight = (long) EIGHT.get(json, i);
            long feed = eight ^ ONES * '\n';
            long carriage = eight ^ ONES * '\r';
            long found = ((feed - ONES & ~feed) | (carriage - ONES & ~carriage)) & ONES << 7;
            if (found != 0) {
                return i + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (i < end && json[i] != '\n' && json[i] != '\r') {
            i++;
        }
        return i;
    }
}
