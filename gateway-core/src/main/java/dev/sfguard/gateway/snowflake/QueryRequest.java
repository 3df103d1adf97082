package dev.sfguard.gateway.snowflake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The body of a query-request: a text to run or to describe.
///
/// @param parameters of the statement alone, by upper-case name
/// @param body the whole body, for what passes through
public record QueryRequest(
        String sqlText,
        boolean describeOnly,
        boolean async,
        Map<String, JsonNode> parameters,
        ObjectNode body) {

    /// What passes through when it is there. Everything else a client sends stays here.
    private static final List<String> PASSED =
            List.of(
                    "sequenceId",
                    "bindings",
                    "describeOnly",
                    "isInternal",
                    "asyncExec",
                    "querySubmissionTime",
                    "queryContextDTO");

    public QueryRequest {
        parameters = Map.copyOf(parameters);
    }

    /// @throws IOException when the bytes are no JSON object with a `sqlText`; its message says
    ///     what is wrong and quotes nothing
    public static QueryRequest read(byte[] json) throws IOException {
        var body = object(json);
        var text = body.path("sqlText");
        if (!text.isTextual()) {
            throw new IOException("the request has no sqlText");
        }
        var parameters = new HashMap<String, JsonNode>();
        body.path("parameters")
                .properties()
                .forEach(e -> parameters.put(e.getKey().toUpperCase(Locale.ROOT), e.getValue()));
        return new QueryRequest(
                text.textValue(),
                body.path("describeOnly").asBoolean(),
                body.path("asyncExec").asBoolean(),
                parameters,
                body);
    }

    /// Reads any request's body as an object.
    ///
    /// @throws IOException with the place of the fault, and without the text around it: a login's
    ///     body holds a password
    public static ObjectNode object(byte[] json) throws IOException {
        try {
            if (Json.mapper().readTree(json) instanceof ObjectNode object) {
                return object;
            }
        } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
            var place = e.getLocation();
            throw new IOException(
                    "the request is not well-formed JSON (line "
                            + place.getLineNr()
                            + ", column "
                            + place.getColumnNr()
                            + ")");
        }
        throw new IOException("the request is not a JSON object");
    }

    public Optional<JsonNode> bindings() {
        return Optional.ofNullable(body.get("bindings")).filter(JsonNode::isObject);
    }

    /// A stage that the client filled around the gateway; never followed.
    public Optional<String> bindStage() {
        return Optional.ofNullable(body.get("bindStage")).map(JsonNode::textValue);
    }

    public Optional<String> describedJobId() {
        return Optional.ofNullable(body.get("describedJobId")).map(JsonNode::textValue);
    }

    /// The body that goes upstream: what is known and harmless, and the given parameters.
    ///
    /// @param text stands in the place of the client's
    /// @param queryIds of earlier statements, from the client's to Snowflake's
    public byte[] upstream(
            String text, Map<String, JsonNode> allowed, UnaryOperator<String> queryIds)
            throws IOException {
        var sent = Json.mapper().createObjectNode();
        sent.put("sqlText", text);
        for (var name : PASSED) {
            var value = body.get(name);
            if (value != null) {
                sent.set(name, value);
            }
        }
        describedJobId().ifPresent(id -> sent.put("describedJobId", queryIds.apply(id)));
        if (!allowed.isEmpty()) {
            sent.putObject("parameters").setAll(allowed);
        }
        return Json.mapper().writeValueAsBytes(sent);
    }
}
