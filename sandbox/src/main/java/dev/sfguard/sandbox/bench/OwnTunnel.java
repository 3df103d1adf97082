package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/// sfguard's own tunnel without what it is for: the agent's listener and the gateway's SSH end, two
/// processes as in service, between which bytes pass unread. What the product loses against it is
/// the price of reading, deciding and recording.
final class OwnTunnel implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Pattern READY = Pattern.compile("^raw gateway is ready$");
    private static final Pattern PORT = Pattern.compile("^port=(\\d+)$");

    private final Child gateway;
    private final Child agent;
    private final int port;

    private OwnTunnel(Child gateway, Child agent, int port) {
        this.gateway = gateway;
        this.agent = agent;
        this.port = port;
    }

    static OwnTunnel start(Path folder, int upstreamPort) throws IOException {
        String home = Files.createDirectories(folder.resolve("raw")).toString();
        Child gateway =
                OwnProcess.start(
                        OwnProcess.RAW_GATEWAY, List.of(), home, String.valueOf(upstreamPort));
        try {
            gateway.await(READY, PATIENCE);
            Child agent = OwnProcess.start(OwnProcess.RAW_AGENT, List.of(OwnProcess.SERIAL), home);
            try {
                String port = agent.await(PORT, PATIENCE).group(1);
                return new OwnTunnel(gateway, agent, Integer.parseInt(port));
            } catch (IOException e) {
                agent.close();
                throw e;
            }
        } catch (IOException e) {
            gateway.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    Footprint footprint() {
        return new Footprint(List.of(gateway, agent));
    }

    @Override
    public void close() {
        agent.close();
        gateway.close();
    }
}
