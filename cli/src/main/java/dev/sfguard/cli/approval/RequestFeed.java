package dev.sfguard.cli.approval;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.ApiClient;
import dev.sfguard.cli.ApiOpener;
import dev.sfguard.cli.Streams;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The list of held statements, again and again: each call returns when something has happened, or
/// after half a minute. One at a time.
final class RequestFeed implements AutoCloseable {
    /// A gateway that is restarted is back soon.
    static final Duration TRY_AGAIN = Duration.ofSeconds(2);

    private final ApiOpener opener;
    private final Streams streams;
    private final String path;
    private @Nullable ApiClient api;
    private String after = "";
    private boolean answered;

    /// @param path of the list, with its query
    RequestFeed(ApiOpener opener, Streams streams, String path) {
        this.opener = opener;
        this.streams = streams;
        this.path = path;
    }

    /// The first call returns at once; also the first after a failure.
    ///
    /// @throws IOException when the gateway is away now, and {@link #isOver} says whether asking
    ///     again makes sense
    List<HeldStatement> next() throws IOException {
        try {
            var answer = client().get(after.isEmpty() ? path : path + "&after=" + after);
            after = answer.path("step").asText("");
            answered = true;
            return HeldStatement.list(answer);
        } catch (IOException | RuntimeException failed) {
            after = "";
            close();
            throw failed;
        }
    }

    /// How a request is that left the list; empty when it is not shown to this person any more.
    Optional<HeldStatement> find(String id) throws IOException {
        try {
            JsonNode answer = client().get("/v1/requests/" + id);
            return Optional.of(HeldStatement.of(answer));
        } catch (AgentFailure.ApiRefused refused) {
            if (refused.status() == 404) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /// A gateway that has answered may be restarted; what it refuses it refuses again.
    boolean isOver(IOException failed) {
        boolean away =
                switch (failed) {
                    case AgentFailure.GatewayUnreachable _ -> true;
                    case AgentFailure.ApiRefused refused -> refused.status() >= 500;
                    case AgentFailure _ -> false;
                    default -> true;
                };
        return !answered || !away;
    }

    private ApiClient client() throws IOException {
        var open = api;
        if (open == null) {
            open = opener.open(streams);
            api = open;
        }
        return open;
    }

    @Override
    public void close() {
        var open = api;
        api = null;
        if (open != null) {
            open.close();
        }
    }
}
