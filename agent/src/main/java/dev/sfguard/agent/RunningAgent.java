package dev.sfguard.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.agent.forward.UnixWire;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/// The agent of this home that runs in another process, or elsewhere in this one.
public final class RunningAgent {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 1024 * 1024;

    private final Path socket;

    private RunningAgent(Path socket) {
        this.socket = socket;
    }

    /// Empty when none answers.
    public static Optional<RunningAgent> find(AgentHome home) throws IOException {
        var socket = home.socket(Agent.CONTROL_SOCKET);
        try {
            UnixWire.connect(socket).close();
            return Optional.of(new RunningAgent(socket));
        } catch (SocketException nobody) {
            return Optional.empty();
        }
    }

    public AgentStatus status() throws IOException {
        return AgentStatus.of(ask(request("status")));
    }

    /// Has it serve a connection.
    ///
    /// @param port empty takes the one used before, or a free one
    /// @throws AgentFailure.PortInUse when somebody else has that port
    public int serve(String connection, OptionalInt port) throws IOException {
        var request = request("serve").put("connection", connection);
        port.ifPresent(number -> request.put("port", number));
        return ask(request).path("port").asInt();
    }

    /// Tells it to stop; it answers before it does.
    public void stop() throws IOException {
        ask(request("stop"));
    }

    private static ObjectNode request(String what) {
        return JSON.createObjectNode().put("do", what);
    }

    private JsonNode ask(ObjectNode request) throws IOException {
        JsonNode answer;
        try (var wire = UnixWire.connect(socket)) {
            wire.out().write((request + "\n").getBytes(StandardCharsets.UTF_8));
            wire.out().flush();
            answer = JSON.readTree(HttpCall.line(new BufferedInputStream(wire.in()), LONGEST));
        }
        String message = answer.path("message").asText();
        return switch (answer.path("error").asText()) {
            case "" -> answer;
            case "port_in_use" -> throw new AgentFailure.PortInUse(Integer.parseInt(message));
            case Troubles.LOGIN_NEEDED -> throw new AgentFailure.LoginNeeded(message);
            default -> throw new IOException("the agent failed: " + message);
        };
    }
}
