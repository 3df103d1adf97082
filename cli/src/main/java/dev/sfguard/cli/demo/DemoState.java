package dev.sfguard.cli.demo;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What runs, as `demo stop` needs it and as `demo -o json` prints it.
///
/// @param pids process ids by name: sandbox, gateway; agents stop by their own command
/// @param homes state folder by user, each usable as `SFGUARD_HOME`
record DemoState(
        Map<String, Long> pids,
        String ssh,
        String https,
        int agentPort,
        int sandboxPort,
        String issuer,
        Map<String, String> homes) {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    static Optional<DemoState> read(Path file) throws IOException {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), DemoState.class));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        }
    }

    void write(Path file) throws IOException {
        Files.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
    }

    boolean isRunning() {
        return pids.values().stream()
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .anyMatch(DemoState::isOurs);
    }

    /// A process that still runs; its id may have gone to somebody else since.
    Optional<ProcessHandle> processOf(String name) {
        return Optional.ofNullable(pids.get(name))
                .flatMap(ProcessHandle::of)
                .filter(DemoState::isOurs);
    }

    /// The shape that scripts rely on.
    String json() throws IOException {
        var homesJson = JSON.createObjectNode();
        homes.forEach(homesJson::put);
        var root = JSON.createObjectNode();
        root.putObject("gateway").put("ssh", ssh).put("https", https);
        root.put("agent_port", agentPort);
        root.put("sandbox_port", sandboxPort);
        root.put("issuer", issuer);
        root.set("homes", homesJson);
        var pidsJson = root.putObject("pids");
        pids.forEach(pidsJson::put);
        return JSON.writeValueAsString(root);
    }

    private static boolean isOurs(ProcessHandle process) {
        return process.isAlive()
                && process.info().command().map(command -> command.contains("java")).orElse(true);
    }
}
