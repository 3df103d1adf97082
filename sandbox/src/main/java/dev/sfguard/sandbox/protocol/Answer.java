package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.sandbox.engine.SnowflakeError;

/// The frame of every answer: data, code, message, success.
final class Answer {
    static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Answer() {}

    static ObjectNode success(JsonNode data) {
        return frame(data, NODES.nullNode(), NODES.nullNode(), true);
    }

    static ObjectNode success() {
        return success(NODES.nullNode());
    }

    /// A failure outside any statement: login, tokens.
    static ObjectNode failure(String code, String message) {
        return frame(NODES.nullNode(), NODES.textNode(code), NODES.textNode(message), false);
    }

    /// A statement's failure. `data` must be there: without it Node sends the statement again.
    static ObjectNode failure(SnowflakeError error, String queryId) {
        var data = NODES.objectNode();
        data.put("internalError", false);
        data.put("errorCode", error.code());
        data.put("age", 0);
        data.put("sqlState", error.sqlState());
        data.put("queryId", queryId);
        data.put("line", error.line());
        data.put("pos", error.position());
        data.put("type", error.text().contains("compilation") ? "COMPILATION" : "EXECUTION");
        return frame(data, NODES.textNode(error.code()), NODES.textNode(error.text()), false);
    }

    /// "Still running": come back at the URL.
    static ObjectNode running(String queryId, boolean async) {
        var data = NODES.objectNode();
        data.put("getResultUrl", "/queries/" + queryId + "/result");
        data.put("queryId", queryId);
        data.put("queryAbortsAfterSecs", 300);
        data.putNull("progressDesc");
        return frame(
                data,
                NODES.textNode(async ? "333334" : "333333"),
                NODES.textNode(
                        async
                                ? "Query execution in progress asynchronously."
                                : "Query execution in progress."),
                true);
    }

    private static ObjectNode frame(
            JsonNode data, JsonNode code, JsonNode message, boolean success) {
        var frame = NODES.objectNode();
        frame.set("data", data);
        frame.set("code", code);
        frame.set("message", message);
        frame.put("success", success);
        frame.putNull("headers");
        return frame;
    }
}
