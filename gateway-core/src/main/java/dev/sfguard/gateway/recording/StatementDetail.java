package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// One request of a session, as the list of a session's statements shows it.
///
/// @param state `running`, `done`, `described`, `blocked`, `failed` or `cancelled`; of a statement
///     that a rule holds also `held`, `approved`, `denied`, `expired` or `withdrawn`
/// @param rule the rule that decided; of several statements in one text, the first that blocked
/// @param message of the block or the error, or what else is to know of the result
/// @param prompt what led to it, as the client told
/// @param micros from the request to its end, 0 while it has none
/// @param masks columns that were masked in it, by the mask's name
public record StatementDetail(
        long id,
        String state,
        Instant at,
        String text,
        Optional<String> prompt,
        Optional<String> rule,
        Optional<String> message,
        Optional<String> queryId,
        long rows,
        long bytes,
        long maskedCells,
        long micros,
        Map<String, Set<String>> masks) {

    public StatementDetail {
        masks = Map.copyOf(masks);
    }

    StatementDetail prompted(String text) {
        return new StatementDetail(
                id,
                state,
                at,
                this.text,
                Optional.of(text),
                rule,
                message,
                queryId,
                rows,
                bytes,
                maskedCells,
                micros,
                masks);
    }

    /// The same with other texts in the place of those that people wrote.
    public StatementDetail withTexts(
            String text, Optional<String> prompt, Optional<String> message) {
        return new StatementDetail(
                id,
                state,
                at,
                text,
                prompt,
                rule,
                message,
                queryId,
                rows,
                bytes,
                maskedCells,
                micros,
                masks);
    }

    StatementDetail inState(String other) {
        return with(other, rule, message, queryId, rows, bytes, maskedCells, micros);
    }

    StatementDetail decided(RecordingEvent.Decided decided) {
        return masking(decided.masks()).judged(decided);
    }

    private StatementDetail masking(Map<String, Set<String>> more) {
        if (more.isEmpty()) {
            return this;
        }
        var all = new TreeMap<String, Set<String>>(masks);
        more.forEach(
                (mask, columns) ->
                        all.merge(
                                mask,
                                columns,
                                (one, other) -> {
                                    var both = new TreeSet<>(one);
                                    both.addAll(other);
                                    return both;
                                }));
        return new StatementDetail(
                id,
                state,
                at,
                text,
                prompt,
                rule,
                message,
                queryId,
                rows,
                bytes,
                maskedCells,
                micros,
                all);
    }

    /// Nothing of its result was delivered.
    StatementDetail alarmed(RecordingEvent.Alarm alarm) {
        return with(
                "blocked",
                alarm.mask().isEmpty() ? rule : Optional.of(alarm.mask()),
                Optional.of(alarm.message()),
                queryId,
                rows,
                bytes,
                maskedCells,
                micros);
    }

    private StatementDetail judged(RecordingEvent.Decided decided) {
        boolean blocks = decided.verdict().equals(RecordingEvent.Decided.BLOCK);
        if (state.equals("blocked") || (!blocks && rule.isPresent())) {
            return this;
        }
        return with(
                blocks ? "blocked" : state,
                Optional.of(decided.rule()),
                Optional.ofNullable(decided.message()),
                queryId,
                rows,
                bytes,
                maskedCells,
                micros);
    }

    /// What was held runs now.
    StatementDetail sent() {
        return state.equals("approved") ? inState("running") : this;
    }

    StatementDetail ended(RecordingEvent.Ended ended) {
        return with(
                "done",
                rule,
                message.or(() -> Optional.ofNullable(ended.cut()).map(RecordingEvent.Cut::note)),
                Optional.of(ended.queryId()),
                rows + ended.rows(),
                bytes + ended.bytes(),
                maskedCells + ended.masked().sum(),
                ended.totalMicros());
    }

    StatementDetail failed(RecordingEvent.Failed failed) {
        return with(
                state.equals("running") || state.equals("approved") ? "failed" : state,
                rule,
                message.or(() -> Optional.of(failed.message())),
                Optional.ofNullable(failed.queryId()),
                rows,
                bytes,
                maskedCells,
                failed.totalMicros());
    }

    private StatementDetail with(
            String state,
            Optional<String> rule,
            Optional<String> message,
            Optional<String> queryId,
            long rows,
            long bytes,
            long maskedCells,
            long micros) {
        return new StatementDetail(
                id,
                state,
                at,
                text,
                prompt,
                rule,
                message,
                queryId,
                rows,
                bytes,
                maskedCells,
                micros,
                masks);
    }

    /// As the API gives it out.
    public ObjectNode toJson() {
        var json =
                JsonNodeFactory.instance
                        .objectNode()
                        .put("id", id)
                        .put("state", state)
                        .put("at", at.toString())
                        .put("text", text);
        prompt.ifPresent(it -> json.put("prompt", it));
        rule.ifPresent(it -> json.put("rule", it));
        message.ifPresent(it -> json.put("message", it));
        queryId.ifPresent(it -> json.put("query_id", it));
        json.put("rows", rows)
                .put("bytes", bytes)
                .put("masked_cells", maskedCells)
                .put("micros", micros);
        var named = json.putObject("masks");
        new TreeMap<>(masks)
                .forEach(
                        (mask, columns) ->
                                new TreeSet<>(columns).forEach(named.putArray(mask)::add));
        return json;
    }

    /// @throws IOException when a member is missing or no value of its kind
    public static StatementDetail fromJson(JsonNode json) throws IOException {
        try {
            return new StatementDetail(
                    json.required("id").asLong(),
                    json.required("state").asText(),
                    Instant.parse(json.required("at").asText()),
                    json.required("text").asText(),
                    optional(json, "prompt"),
                    optional(json, "rule"),
                    optional(json, "message"),
                    optional(json, "query_id"),
                    json.required("rows").asLong(),
                    json.required("bytes").asLong(),
                    json.required("masked_cells").asLong(),
                    json.required("micros").asLong(),
                    masks(json.path("masks")));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new IOException("not a statement of a session: " + e.getMessage(), e);
        }
    }

    private static Map<String, Set<String>> masks(JsonNode json) {
        var masks = new TreeMap<String, Set<String>>();
        for (var mask : json.properties()) {
            var columns = new TreeSet<String>();
            mask.getValue().forEach(column -> columns.add(column.asText()));
            masks.put(mask.getKey(), columns);
        }
        return masks;
    }

    private static Optional<String> optional(JsonNode json, String name) {
        return Optional.ofNullable(json.path(name).textValue());
    }
}
