package dev.sfguard.cli;

import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.ApiClient;
import java.io.IOException;

/// Opens the gateway's API for a command that asks more than once: through the agent in the
/// product, a scripted wire in a test.
@FunctionalInterface
public interface ApiOpener {

    ApiClient open(Streams streams) throws IOException;

    /// The running agent's tunnel, or one that ends with the client.
    static ApiOpener throughAgent() {
        return streams -> ApiClient.open(AgentHome.resolve(streams.environment(), streams.home()));
    }
}
