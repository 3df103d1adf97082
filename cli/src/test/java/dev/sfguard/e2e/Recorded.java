package dev.sfguard.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.ApiClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What the gateway recorded, as its API gives it out to a reader.
final class Recorded {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Recorded() {}

    /// Rows of all sessions, newest 1,000.
    static long rows(Stage stage) throws Exception {
        long rows = 0;
        for (JsonNode session : sessions(stage)) {
            rows += session.path("rows").asLong();
        }
        return rows;
    }

    static JsonNode sessions(Stage stage) throws Exception {
        try (var api = ApiClient.open(stage.bo().home())) {
            return api.get("/v1/sessions?limit=1000");
        }
    }

    /// Every event of every session, oldest session first.
    static List<JsonNode> events(Stage stage) throws Exception {
        var events = new ArrayList<JsonNode>();
        var ids = new ArrayList<String>();
        sessions(stage).forEach(session -> ids.addFirst(session.path("id").asText()));
        for (String id : ids) {
            events.addAll(events(stage, id));
        }
        return events;
    }

    static List<JsonNode> events(Stage stage, String session) throws Exception {
        var events = new ArrayList<JsonNode>();
        try (var api = ApiClient.open(stage.bo().home());
                var lines =
                        new BufferedReader(
                                new InputStreamReader(
                                        api.stream("/v1/sessions/" + session + "/events"),
                                        StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                events.add(JSON.readTree(line));
            }
        }
        return events;
    }
}
