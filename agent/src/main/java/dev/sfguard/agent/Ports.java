package dev.sfguard.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/// The port of each connection, remembered so that settings of other tools stay right.
final class Ports {
    private static final String FILE = "ports.json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final AgentHome home;

    Ports(AgentHome home) {
        this.home = home;
    }

    OptionalInt of(String connection) throws IOException {
        var port = all().get(connection);
        return port == null ? OptionalInt.empty() : OptionalInt.of(port);
    }

    void remember(String connection, int port) throws IOException {
        var all = all();
        if (!Integer.valueOf(port).equals(all.put(connection, port))) {
            home.write(FILE, JSON.writeValueAsString(all) + "\n");
        }
    }

    private Map<String, Integer> all() throws IOException {
        var ports = new TreeMap<String, Integer>();
        try {
            JSON.readTree(home.read(FILE).orElse("{}"))
                    .properties()
                    .forEach(entry -> ports.put(entry.getKey(), entry.getValue().asInt()));
        } catch (JsonProcessingException damaged) {
            // Losing remembered ports is better than an agent that does not start.
            ports.clear();
        }
        ports.values().removeIf(port -> port < 1 || port > 65_535);
        return ports;
    }
}
