package dev.sfguard.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a running agent says of itself.
///
/// @param tunnelUp whether the gateway is connected now
/// @param trouble why not
/// @param expires when the certificate does
public record AgentStatus(
        long pid,
        Instant started,
        String gateway,
        String user,
        Instant expires,
        boolean tunnelUp,
        Optional<String> trouble,
        List<Served> connections) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param port on 127.0.0.1
    /// @param open local connections that exist now
    public record Served(String id, int port, int open) {}

    public AgentStatus {
        connections = List.copyOf(connections);
    }

    ObjectNode toJson() {
        var json =
                JSON.createObjectNode()
                        .put("pid", pid)
                        .put("started", started.toString())
                        .put("gateway", gateway)
                        .put("user", user)
                        .put("expires", expires.toString())
                        .put("tunnel_up", tunnelUp);
        trouble.ifPresent(why -> json.put("trouble", why));
        var list = json.putArray("connections");
        for (var served : connections) {
            list.addObject()
                    .put("id", served.id())
                    .put("port", served.port())
                    .put("open", served.open());
        }
        return json;
    }

    static AgentStatus of(JsonNode json) {
        var served = new ArrayList<Served>();
        for (var each : json.path("connections")) {
            served.add(
                    new Served(
                            each.path("id").asText(),
                            each.path("port").asInt(),
                            each.path("open").asInt()));
        }
        return new AgentStatus(
                json.path("pid").asLong(),
                Instant.parse(json.path("started").asText()),
                json.path("gateway").asText(),
                json.path("user").asText(),
                Instant.parse(json.path("expires").asText()),
                json.path("tunnel_up").asBoolean(),
                Optional.ofNullable(json.path("trouble").textValue()),
                served);
    }
}
