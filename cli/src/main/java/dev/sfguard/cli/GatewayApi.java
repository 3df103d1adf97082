package dev.sfguard.cli;

import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.ApiClient;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Asks the gateway: through the agent in the product, a canned answer in a test.
@FunctionalInterface
interface GatewayApi {

    /// @param path with its query: `/v1/sessions?limit=20`
    InputStream open(Streams streams, String path) throws Exception;

    /// The running agent's tunnel, or one that ends with the answer.
    static GatewayApi throughAgent() {
        return (streams, path) -> {
            var api = ApiClient.open(AgentHome.resolve(streams.environment(), streams.home()));
            try {
                return new FilterInputStream(api.stream(path)) {
                    @Override
                    public void close() throws IOException {
                        try (api) {
                            super.close();
                        }
                    }
                };
            } catch (IOException | RuntimeException e) {
                api.close();
                throw e;
            }
        };
    }
}
