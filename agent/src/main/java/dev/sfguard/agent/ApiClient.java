package dev.sfguard.agent;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.sfguard.agent.forward.UnixWire;
import dev.sfguard.agent.forward.Wire;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.util.Optional;

/// Calls the gateway's API: through the running agent when there is one, else through a tunnel of
/// its own, which {@link #close} ends.
public final class ApiClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Answers that are read whole; recordings are streamed.
    private static final int LARGEST_ANSWER = 64 * 1024 * 1024;

    private final Wire.Opener api;
    private final Runnable ending;

    private ApiClient(Wire.Opener api, Runnable ending) {
        this.api = api;
        this.ending = ending;
    }

    /// @throws AgentFailure.LoginNeeded when nobody is signed in, or no longer
    /// @throws AgentFailure when the gateway cannot be reached or is not the pinned one
    public static ApiClient open(AgentHome home) throws IOException {
        var socket = home.socket(Agent.API_SOCKET);
        try {
            UnixWire first = UnixWire.connect(socket);
            return new ApiClient(new Reused(first, () -> UnixWire.connect(socket)), first::close);
        } catch (SocketException nobody) {
            var tunnel = OwnTunnel.open(home);
            return new ApiClient(tunnel::api, tunnel::close);
        }
    }

    /// Calls through wires that somebody else opens and whose tunnel they close.
    public static ApiClient over(Wire.Opener api) {
        return new ApiClient(api, () -> {});
    }

    /// @param path with its query, encoded: `/v1/sessions?limit=10`
    /// @throws AgentFailure.ApiRefused when the gateway answers with an error
    public JsonNode get(String path) throws IOException {
        return json(call("GET", path, Optional.empty()));
    }

    /// @param body anything that Jackson writes: a map, a tree
    /// @throws AgentFailure.ApiRefused when the gateway answers with an error
    public JsonNode post(String path, Object body) throws IOException {
        return json(call("POST", path, Optional.of(JSON.writeValueAsBytes(body))));
    }

    /// The answer as it comes. Whoever reads it closes it.
    ///
    /// @throws AgentFailure.ApiRefused when the gateway answers with an error
    public InputStream stream(String path) throws IOException {
        return call("GET", path, Optional.empty());
    }

    private InputStream call(String method, String path, Optional<byte[]> body) throws IOException {
        if (!path.matches("/[\\x21-\\x7e]*")) {
            throw new IllegalArgumentException("not an encoded path: " + path);
        }
        Wire wire = api.open();
        try {
            var buffered = new Buffered(wire);
            var response = HttpCall.send(buffered, method, path, body);
            if (response.status() >= 400) {
                throw refused(response);
            }
            return new Closing(response.body(), wire);
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    private static JsonNode json(InputStream body) throws IOException {
        try (body) {
            byte[] bytes = body.readNBytes(LARGEST_ANSWER + 1);
            if (bytes.length > LARGEST_ANSWER) {
                throw new IOException("the gateway's answer is larger than 64 MiB");
            }
            return bytes.length == 0 ? MissingNode.getInstance() : JSON.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new IOException("the gateway's answer is no JSON", e);
        }
    }

    private static AgentFailure refused(HttpCall.Response response) throws IOException {
        byte[] bytes = response.body().readNBytes(256 * 1024);
        JsonNode error;
        try {
            error = JSON.readTree(bytes).path("error");
        } catch (JsonProcessingException e) {
            error = MissingNode.getInstance();
        }
        return Troubles.ofApi(
                new AgentFailure.ApiRefused(
                        response.status(),
                        error.path("code").asText(""),
                        error.path("message")
                                .asText("The gateway answered " + response.status() + "."),
                        error.path("next").asText("")));
    }

    @Override
    public void close() {
        ending.run();
    }

    /// The wire that showed that an agent listens serves the first call.
    private static final class Reused implements Wire.Opener {
        private final Wire.Opener more;
        private Optional<Wire> first;

        Reused(Wire first, Wire.Opener more) {
            this.first = Optional.of(first);
            this.more = more;
        }

        @Override
        public synchronized Wire open() throws IOException {
            var wire = first;
            first = Optional.empty();
            return wire.isPresent() ? wire.get() : more.open();
        }
    }

    /// Heads are read byte by byte.
    private static final class Buffered implements Wire {
        private final Wire wire;
        private final InputStream in;

        Buffered(Wire wire) {
            this.wire = wire;
            this.in = new BufferedInputStream(wire.in(), 32 * 1024);
        }

        @Override
        public InputStream in() {
            return in;
        }

        @Override
        public java.io.OutputStream out() {
            return wire.out();
        }

        @Override
        public void endOutput() throws IOException {
            wire.endOutput();
        }

        @Override
        public void close() {
            wire.close();
        }
    }

    private static final class Closing extends FilterInputStream {
        private final Wire wire;

        Closing(InputStream body, Wire wire) {
            super(body);
            this.wire = wire;
        }

        @Override
        public void close() {
            wire.close();
        }
    }
}
