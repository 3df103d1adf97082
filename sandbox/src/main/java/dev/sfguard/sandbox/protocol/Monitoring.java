package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.sandbox.engine.SnowflakeError;
import java.time.Duration;

/// What /monitoring tells of a query.
final class Monitoring {
    private Monitoring() {}

    static ObjectNode describe(Query query) {
        ObjectNode about = Answer.NODES.objectNode();
        about.put("id", query.id());
        about.put("sqlText", query.text());
        about.put("sessionId", query.session().id());
        about.put("startTime", query.started().toEpochMilli());
        about.put("warehouseName", query.session().warehouse());
        var outcome = query.outcome();
        if (outcome.isEmpty()) {
            return about.put("status", "RUNNING").put("state", "EXECUTING").put("endTime", 0);
        }
        about.put("endTime", query.endedAt().toEpochMilli());
        about.put("totalDuration", Duration.between(query.started(), query.endedAt()).toMillis());
        return switch (outcome.get()) {
            case Query.Outcome.Done _ -> about.put("status", "SUCCESS").put("state", "SUCCEEDED");
            case Query.Outcome.Failed(SnowflakeError error) ->
                    about.put(
                                    "status",
                                    error.code().equals("000604") ? "ABORTED" : "FAILED_WITH_ERROR")
                            .put("state", "FAILED")
                            .put("errorCode", error.code())
                            .put("errorMessage", error.text());
        };
    }
}
