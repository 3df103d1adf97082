package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.snowflake.Json;
import java.util.List;
import java.util.Set;

/// What a client may see of Snowflake's account of its query: what drivers read, and nothing that
/// tells of the gateway's own session or text.
final class QueryStatus {

    private static final List<String> SHOWN =
            List.of(
                    "id",
                    "status",
                    "state",
                    "startTime",
                    "endTime",
                    "totalDuration",
                    "errorCode",
                    "warehouseId",
                    "warehouseName",
                    "warehouseExternalSize",
                    "warehouseServerType");

    private static final Set<String> ENDS =
            Set.of("SUCCESS", "FAILED_WITH_ERROR", "FAILED_WITH_INCIDENT", "ABORTED");

    private QueryStatus() {}

    /// Whether nothing of the query runs any more.
    static boolean isEnd(JsonNode query) {
        return ENDS.contains(query.path("status").asText());
    }

    /// @param session the number that the client knows its session by
    static ObjectNode shown(JsonNode query, StatementRun run, long session) {
        var shown = Json.mapper().createObjectNode();
        for (var name : SHOWN) {
            var value = query.path(name);
            if (value.isValueNode()) {
                shown.set(name, value);
            }
        }
        shown.put("sessionId", session);
        shown.put("sqlText", run.text());
        var error = query.path("errorMessage").textValue();
        shown.put(
                "errorMessage",
                error == null || run.aftermath().maySay(error) ? error : Aftermath.WITHHELD);
        return shown;
    }
}
