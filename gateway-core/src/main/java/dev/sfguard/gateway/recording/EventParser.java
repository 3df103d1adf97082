package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads what {@link EventWriter} wrote.
final class EventParser {
    // A statement may be as large as the gateway lets in, and its line larger: no second limit
    // here that would make a recording unreadable.
    private static final ObjectMapper MAPPER =
            new ObjectMapper(
                    JsonFactory.builder()
                            .streamReadConstraints(
                                    StreamReadConstraints.builder()
                                            .maxStringLength(Integer.MAX_VALUE)
                                            .maxNestingDepth(10_000)
                                            .build())
                            .build());

    private EventParser() {}

    /// @throws IOException when the line is no JSON object or lacks a member
    static RecordingEvent parse(byte[] line, int offset, int length) throws IOException {
        var fields = JsonNodeFactory.instance.objectNode();
        byte[] rows = readMembers(line, offset, length, fields);
        return event(new Members(fields), rows);
    }

    /// Everything but `rows` goes into the tree; those are cut out as the bytes they are.
    private static byte @Nullable [] readMembers(
            byte[] line, int offset, int length, ObjectNode fields) throws IOException {
        byte[] rows = null;
        try (JsonParser json = MAPPER.createParser(line, offset, length)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new IOException("not a JSON object");
            }
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("rows") && json.currentToken() == JsonToken.START_ARRAY) {
                    int from = offset + (int) json.currentTokenLocation().getByteOffset();
                    json.skipChildren();
                    int to = offset + (int) json.currentTokenLocation().getByteOffset() + 1;
                    rows = Arrays.copyOfRange(line, from, to);
                } else {
                    JsonNode value = json.readValueAsTree();
                    fields.set(name, value);
                }
            }
            if (json.currentToken() != JsonToken.END_OBJECT || json.nextToken() != null) {
                throw new IOException("the line does not end where its object ends");
            }
        }
        return rows;
    }

    private static RecordingEvent event(Members it, byte @Nullable [] rows) throws IOException {
        String type = it.text("type");
        return switch (type) {
            case "opened" -> opened(it);
            case "prompt" ->
                    new RecordingEvent.Prompt(
                            it.number("statement"),
                            it.optional("agent"),
                            it.optional("model"),
                            it.optional("tool_call"),
                            it.optional("reason"),
                            it.optional("text"));
            case "asked" ->
                    new RecordingEvent.Asked(
                            it.number("statement"),
                            it.text("request_id"),
                            it.text("text"),
                            it.node("binds"),
                            it.isTrue("describe_only"),
                            it.isTrue("async"));
            case "described" ->
                    new RecordingEvent.Described(it.number("statement"), it.optional("query_id"));
            case "decided" -> decided(it);
            case "held" ->
                    new RecordingEvent.Held(
                            it.number("statement"),
                            it.text("request"),
                            it.text("rule"),
                            it.texts("groups"),
                            it.time("expires"));
            case "approved" ->
                    new RecordingEvent.Approved(
                            it.number("statement"),
                            it.text("request"),
                            it.text("by"),
                            it.text("subject"),
                            it.text("issuer"),
                            it.text("reason"),
                            it.time("given"),
                            it.isTrue("decides"));
            case "denied" ->
                    new RecordingEvent.Denied(
                            it.number("statement"),
                            it.text("request"),
                            it.text("by"),
                            it.text("subject"),
                            it.text("issuer"),
                            it.text("reason"),
                            it.time("given"));
            case "expired" ->
                    new RecordingEvent.Expired(it.number("statement"), it.text("request"));
            case "withdrawn" ->
                    new RecordingEvent.Withdrawn(
                            it.number("statement"), it.text("request"), it.text("by"));
            case "sent" ->
                    new RecordingEvent.Sent(
                            it.number("statement"),
                            it.text("text"),
                            it.text("upstream_request_id"),
                            it.optional("query_tag"));
            case "columns" ->
                    new RecordingEvent.Columns(
                            it.number("statement"),
                            it.integer("part"),
                            it.text("query_id"),
                            it.columns());
            case "rows" -> rows(it, rows);
            case "fetched" ->
                    new RecordingEvent.Fetched(
                            it.number("statement"), it.text("what"), it.number("bytes"));
            case "looked_up" ->
                    new RecordingEvent.LookedUp(
                            it.number("statement"),
                            it.text("found"),
                            it.optional("query_id"),
                            it.optional("why"));
            case "ended" -> ended(it);
            case "alarm" ->
                    new RecordingEvent.Alarm(
                            it.number("statement"),
                            it.integer("part"),
                            it.text("column"),
                            it.text("origin"),
                            it.text("mask"),
                            it.text("message"));
            case "failed" ->
                    new RecordingEvent.Failed(
                            it.number("statement"),
                            it.optional("query_id"),
                            it.text("code"),
                            it.optional("sql_state"),
                            it.text("message"),
                            it.number("total_micros"));
            case "cancelled" -> new RecordingEvent.Cancelled(it.number("statement"), it.text("by"));
            case "context" ->
                    new RecordingEvent.Context(
                            it.number("statement"),
                            it.optional("database"),
                            it.optional("schema"),
                            it.optional("role"),
                            it.optional("warehouse"));
            case "refused" ->
                    new RecordingEvent.Refused(it.text("method"), it.text("path"), it.text("why"));
            case "resumed" -> new RecordingEvent.Resumed(it.text("why"));
            case "remembered" -> {
                var memory = it.node("memory");
                if (memory == null) {
                    throw new IOException("member \"memory\" is missing");
                }
                yield new RecordingEvent.Remembered(memory);
            }
            case "killed" -> new RecordingEvent.Killed(it.text("by"), it.text("reason"));
            case "closed" -> new RecordingEvent.Closed(it.text("why"));
            default -> new RecordingEvent.Unknown(type);
        };
    }

    private static RecordingEvent opened(Members it) throws IOException {
        return new RecordingEvent.Opened(
                it.text("session"),
                it.text("group"),
                it.text("user"),
                it.text("subject"),
                it.text("issuer"),
                it.text("kind"),
                it.texts("groups"),
                it.text("application"),
                it.text("driver"),
                it.text("driver_version"),
                it.text("connection"),
                it.text("role"),
                it.text("policy_version"));
    }

    private static RecordingEvent decided(Members it) throws IOException {
        return new RecordingEvent.Decided(
                it.number("statement"),
                it.integer("part"),
                it.text("text"),
                it.text("class"),
                it.texts("effects"),
                it.optional("why"),
                it.text("verdict"),
                it.text("rule"),
                it.optional("message"),
                it.text("policy_version"),
                it.masks(),
                Provenance.fromJson(it.node("result")));
    }

    private static RecordingEvent rows(Members it, byte @Nullable [] rows) throws IOException {
        if (rows == null) {
            throw new IOException("member \"rows\" is missing");
        }
        return new RecordingEvent.Rows(
                it.number("statement"),
                it.integer("part"),
                it.number("first"),
                it.integer("count"),
                rows);
    }

    private static RecordingEvent ended(Members it) throws IOException {
        return new RecordingEvent.Ended(
                it.number("statement"),
                it.integer("part"),
                it.text("query_id"),
                it.number("rows"),
                it.number("recorded_rows"),
                it.number("bytes"),
                it.text("sha256"),
                new RecordingEvent.CellCounts(
                        it.counts("masked_cells"), it.counted("masks"), it.counted("detectors")),
                it.number("total_micros"),
                it.number("upstream_micros"),
                it.cut());
    }

    /// The members of one line's object, by name and kind.
    private record Members(ObjectNode fields) {

        String text(String name) throws IOException {
            return need(name, JsonNode::isTextual).textValue();
        }

        @Nullable String optional(String name) {
            JsonNode value = fields.get(name);
            return value == null ? null : value.textValue();
        }

        @Nullable JsonNode node(String name) {
            return fields.get(name);
        }

        long number(String name) throws IOException {
            return need(name, JsonNode::canConvertToLong).longValue();
        }

        int integer(String name) throws IOException {
            return need(name, JsonNode::canConvertToInt).intValue();
        }

        boolean isTrue(String name) throws IOException {
            return need(name, JsonNode::isBoolean).booleanValue();
        }

        Set<String> texts(String name) throws IOException {
            return texts(need(name, JsonNode::isArray));
        }

        /// Older recordings name the masked columns alone.
        Map<String, Set<String>> masks() throws IOException {
            var masks = new LinkedHashMap<String, Set<String>>();
            if (fields.has("masks")) {
                for (var mask : need("masks", JsonNode::isObject).properties()) {
                    masks.put(mask.getKey(), texts(mask.getValue()));
                }
            } else if (fields.has("masked")) {
                masks.put("", texts("masked"));
            }
            return masks;
        }

        private static Set<String> texts(JsonNode array) {
            var texts = new LinkedHashSet<String>();
            array.forEach(text -> texts.add(text.asText()));
            return texts;
        }

        Map<String, Long> counts(String name) throws IOException {
            return counts(need(name, JsonNode::isObject));
        }

        private static Map<String, Long> counts(JsonNode object) {
            var counts = new LinkedHashMap<String, Long>();
            object.properties()
                    .forEach(entry -> counts.put(entry.getKey(), entry.getValue().asLong()));
            return counts;
        }

        /// By column and whoever counted; older recordings have none.
        Map<String, Map<String, Long>> counted(String name) throws IOException {
            var counts = new LinkedHashMap<String, Map<String, Long>>();
            if (fields.has(name)) {
                for (var column : need(name, JsonNode::isObject).properties()) {
                    counts.put(column.getKey(), counts(column.getValue()));
                }
            }
            return counts;
        }

        Instant time(String name) throws IOException {
            try {
                return Instant.parse(text(name));
            } catch (DateTimeException wrong) {
                throw new IOException("member \"" + name + "\" is no time", wrong);
            }
        }

        List<RecordingEvent.Column> columns() throws IOException {
            var columns = new ArrayList<RecordingEvent.Column>();
            need("columns", JsonNode::isArray)
                    .forEach(
                            column ->
                                    columns.add(
                                            new RecordingEvent.Column(
                                                    column.path("name").asText(),
                                                    column.path("type").asText(),
                                                    texts(column.path("masks")),
                                                    column.path("certain").asBoolean(true))));
            return columns;
        }

        RecordingEvent.@Nullable Cut cut() throws IOException {
            if (!fields.has("cut")) {
                return null;
            }
            var cut = need("cut", JsonNode::isObject);
            return new RecordingEvent.Cut(cut.path("rows").asLong(), cut.path("limit").asText());
        }

        private JsonNode need(String name, java.util.function.Predicate<JsonNode> kind)
                throws IOException {
            JsonNode value = fields.get(name);
            if (value == null) {
                throw new IOException("member \"" + name + "\" is missing");
            }
            if (!kind.test(value)) {
                throw new IOException("member \"" + name + "\" is of the wrong kind");
            }
            return value;
        }
    }
}
