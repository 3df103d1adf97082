package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A session with its statements.
///
/// @param statements the first {@value #MOST}, in order
public record SessionDetail(SessionSummary summary, List<StatementDetail> statements) {
    /// A pool's session may run statements for weeks; a list for people need not hold them all.
    public static final int MOST = 10_000;

    public SessionDetail {
        statements = List.copyOf(statements);
    }

    /// Reads a whole recording.
    ///
    /// @throws RecordingDamaged when the chain does not hold
    static SessionDetail read(SessionSummary summary, RecordingReader reader) throws IOException {
        var statements = new StatementList(MOST);
        for (var line = reader.nextLine(); line.isPresent(); line = reader.nextLine()) {
            statements.add(line.get());
        }
        return new SessionDetail(summary, statements.toList());
    }

    /// As the API gives it out: `session`, the summary, and `statements`.
    public ObjectNode toJson() {
        var json = JsonNodeFactory.instance.objectNode();
        json.set("session", summary.toJson());
        var array = json.putArray("statements");
        statements.forEach(statement -> array.add(statement.toJson()));
        return json;
    }

    /// @throws IOException when a member is missing or no value of its kind
    public static SessionDetail fromJson(JsonNode json) throws IOException {
        if (!json.path("session").isObject() || !json.path("statements").isArray()) {
            throw new IOException("not the detail of a session");
        }
        var statements = new ArrayList<StatementDetail>();
        for (JsonNode statement : json.path("statements")) {
            statements.add(StatementDetail.fromJson(statement));
        }
        return new SessionDetail(SessionSummary.fromJson(json.path("session")), statements);
    }
}
