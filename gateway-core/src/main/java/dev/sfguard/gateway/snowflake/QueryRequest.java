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

    /// Of these a text or a number may be true to Snowflake and false to us.
    private static final List<String> FLAGS = List.of("describeOnly", "isInternal", "asyncExec");

    public QueryRequest {
        parameters = Map.copyOf(parameters);
    }

    /// Refuses what Snowflake might read in another way: what is decided here is what leaves.
    ///
    /// @throws IOException when the bytes are no JSON object with a `sqlText`, or a field is not
    ///     what drivers send; its message says what is wrong and quotes nothing
    public static QueryRequest read(byte[] json) throws IOException {
        var body = object(json);
        var text = body.path("sqlText");
        if (!text.isTextual()) {
            throw new IOException("the request has no sqlText");
        }
        if (!isWhole(body)) {
            throw new IOException("the request has half a character");
        }
        for (var flag : FLAGS) {
            if (isGiven(body.path(flag)) && !body.path(flag).isBoolean()) {
                throw new IOException(flag + " is neither true nor false");
            }
        }
        var bindings = body.path("bindings");
        if (isGiven(bindings) && !bindings.isObject()) {
            throw new IOException("the bindings are no object");
        }
        return new QueryRequest(
                text.textValue(),
                body.path("describeOnly").booleanValue(),
                body.path("asyncExec").booleanValue(),
                parameters(body),
                body);
    }

    private static boolean isGiven(JsonNode value) {
        return !value.isMissingNode() && !value.isNull();
    }

    private static Map<String, JsonNode> parameters(ObjectNode body) throws IOException {
        var parameters = new HashMap<String, JsonNode>();
        for (var parameter : body.path("parameters").properties()) {
            if (!parameter.getValue().isValueNode()) {
                throw new IOException("a parameter is neither text nor number");
            }
            parameters.put(parameter.getKey().toUpperCase(Locale.ROOT), parameter.getValue());
        }
        return parameters;
    }

    /// Whether every text in it is Unicode. Half a surrogate pair leaves as another character
    /// than it was decided as.
    private static boolean isWhole(JsonNode json) {
        if (json.isTextual()) {
            var text = json.textValue();
            for (int i = 0; i < text.length(); i++) {
                if (Character.isHighSurrogate(text.charAt(i))) {
                    i++;
                    if (i == text.length() || !Character.isLowSurrogate(text.charAt(i))) {
                        return false;
                    }
                } else if (Character.isLowSurrogate(text.charAt(i))) {
                    return false;
                }
            }
        }
        for (var each : json) {
            if (!isWhole(each)) {
                return false;
            }
        }
        return true;
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
