package dev.sfguard.agent;

import dev.sfguard.agent.forward.LocalListener;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/// A local port to one connection, with the password that drivers must give there: the running
/// agent's, or one of its own that lives as long as this.
public final class AgentLink implements AutoCloseable {
    private final int port;
    private final Secret secret;
    private final Runnable ending;

    private AgentLink(int port, Secret secret, Runnable ending) {
        this.port = port;
        this.secret = secret;
        this.ending = ending;
    }

    /// @throws AgentFailure.ConnectionUnknown when this person has no such connection
    /// @throws AgentFailure.LoginNeeded when nobody is signed in, or no longer
    public static AgentLink open(AgentHome home, String connection) throws IOException {
        var running = RunningAgent.find(home);
        if (running.isEmpty()) {
            return ofOwn(home, connection);
        }
        Secret secret;
        try (var api = ApiClient.open(home)) {
            secret = secret(api, connection);
        }
        try {
            int port = running.get().serve(connection, OptionalInt.empty());
            return new AgentLink(port, secret, () -> {});
        } catch (AgentFailure.PortInUse somebodyElse) {
            return ofOwn(home, connection);
        }
    }

    private static AgentLink ofOwn(AgentHome home, String connection) throws IOException {
        var tunnel = OwnTunnel.open(home);
        try (var api = ApiClient.over(tunnel::api)) {
            var secret = secret(api, connection);
            var listener =
                    LocalListener.open(0, () -> tunnel.connection(connection), Troubles::forDriver);
            return new AgentLink(
                    listener.port(),
                    secret,
                    () -> {
                        listener.close();
                        tunnel.close();
                    });
        } catch (IOException | RuntimeException e) {
            tunnel.close();
            throw e;
        }
    }

    /// The password for a connection's port.
    static Secret secret(ApiClient api, String connection) throws IOException {
        String encoded = URLEncoder.encode(connection, StandardCharsets.UTF_8).replace("+", "%20");
        try {
            var answer = api.get("/v1/connections/" + encoded + "/secret");
            return Secret.of(answer.path("secret").asText());
        } catch (AgentFailure.ApiRefused refused) {
            if (refused.status() == 404) {
                throw new AgentFailure.ConnectionUnknown(connection);
            }
            throw refused;
        }
    }

    /// On 127.0.0.1.
    public int port() {
        return port;
    }

    public Secret secret() {
        return secret;
    }

    @Override
    public void close() {
        ending.run();
    }
}
