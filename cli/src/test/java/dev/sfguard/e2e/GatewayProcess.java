package dev.sfguard.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A gateway as a process of its own, which can be killed and started again at the same address.
final class GatewayProcess implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path configuration;
    private final Path out;
    private final Path err;
    private Process process;
    private JsonNode ready;

    private GatewayProcess(Path configuration) throws Exception {
        this.configuration = configuration;
        out = configuration.resolveSibling("gateway.out");
        err = configuration.resolveSibling("gateway.err");
        start();
    }

    /// Starts it; the SSH port of its configuration becomes a fixed one.
    static GatewayProcess start(Path configuration) throws Exception {
        var text = Files.readString(configuration);
        Files.writeString(
                configuration,
                text.replaceFirst("ssh: 127\\.0\\.0\\.1:0", "ssh: 127.0.0.1:" + freePort()));
        return new GatewayProcess(configuration);
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /// Returns when it serves.
    void start() throws Exception {
        process =
                Ran.start(
                        configuration.getParent(),
                        out,
                        err,
                        "gateway",
                        "run",
                        "--json",
                        "--config",
                        configuration.toString());
        Await.until(() -> !process.isAlive() || Files.readString(out).endsWith("}\n"));
        if (!process.isAlive()) {
            throw new AssertionError("the gateway ended: " + Files.readString(err));
        }
        ready = JSON.readTree(Files.readString(out));
    }

    /// SIGKILL: no hook runs, nothing is flushed.
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError("the gateway was not killed");
        }
    }

    String loginTarget() {
        return ready.path("ssh").asText() + "#" + ready.path("host_key").asText();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
