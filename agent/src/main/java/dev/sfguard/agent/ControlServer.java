package dev.sfguard.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.agent.forward.Wire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// What the command may tell a running agent: one line of JSON each way.
final class ControlServer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 8 * 1024;

    private final Agent agent;

    ControlServer(Agent agent) {
        this.agent = agent;
    }

    void serve(Wire wire) {
        try {
            var request = JSON.readTree(HttpCall.line(new BufferedInputStream(wire.in()), LONGEST));
            boolean stop = request.path("do").asText().equals("stop");
            wire.out().write((answer(request) + "\n").getBytes(StandardCharsets.UTF_8));
            wire.out().flush();
            if (stop) {
                agent.close();
            }
        } catch (IOException gone) {
            // Whoever asked left, or wrote no JSON; there is nobody to tell.
            return;
        }
    }

    private ObjectNode answer(JsonNode request) {
        try {
            return switch (request.path("do").asText()) {
                case "status" -> agent.status().toJson();
                case "serve" -> {
                    int port = request.path("port").asInt(0);
                    int given =
                            agent.serve(
                                    request.path("connection").asText(),
                                    port > 0 ? OptionalInt.of(port) : OptionalInt.empty());
                    yield JSON.createObjectNode().put("port", given);
                }
                case "stop" -> JSON.createObjectNode().put("stopping", true);
                default -> error("unknown", "the agent does not know this; restart it");
            };
        } catch (AgentFailure.PortInUse taken) {
            return error("port_in_use", String.valueOf(taken.port()));
        } catch (AgentFailure.LoginNeeded needed) {
            return error(Troubles.LOGIN_NEEDED, needed.getMessage());
        } catch (IOException e) {
            return error("failed", String.valueOf(e.getMessage()));
        }
    }

    private static ObjectNode error(String code, String message) {
        return JSON.createObjectNode().put("error", code).put("message", message);
    }
}
