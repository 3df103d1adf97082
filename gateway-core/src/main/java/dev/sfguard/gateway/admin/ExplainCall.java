package dev.sfguard.gateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.identity.Identity;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Collectors;

/// `POST /v1/explain`: who may ask what, and how often.
final class ExplainCall {
    private static final int MOST_IN_A_MINUTE = 60;

    /// The processors belong to people who wait for their rows.
    private static final int MOST_AT_ONCE = 4;

    private final Explanations explanations;
    private final Function<Identity, List<ConnectionInfo>> connections;
    private final Clock clock;
    private final Pace pace = new Pace(MOST_IN_A_MINUTE);
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);

    /// @param connections what an identity may reach
    ExplainCall(
            Explanations explanations,
            Function<Identity, List<ConnectionInfo>> connections,
            Clock clock) {
        this.explanations = explanations;
        this.connections = connections;
        this.clock = clock;
    }

    /// @param reads whether the caller may see everybody's sessions
    /// @param readsRaw whether also as they were
    JsonNode answer(Identity caller, boolean reads, boolean readsRaw, JsonNode body)
            throws ApiProblem, IOException {
        if (!pace.admits(caller.issuer() + " " + caller.subject(), clock.instant())) {
            throw busy("You asked " + MOST_IN_A_MINUTE + " times within a minute.");
        }
        var request = ExplainRequest.of(body, explanations::name);
        if (request.as().isPresent() && !reads) {
            throw ApiProblem.forbidden(
                    "What others may do is explained to readers of recordings only.",
                    "Leave --as away to ask for yourself, or ask with --policy FILE.");
        }
        var who = request.as().orElse(caller);
        var question =
                new Explanations.Question(
                        connection(who, request),
                        request.database(),
                        request.schema(),
                        request.sql(),
                        readsRaw,
                        request.as().isEmpty());
        if (!places.tryAcquire()) {
            throw busy("The gateway explains other statements.");
        }
        try {
            return told(who, question, explanations.explain(who, question));
        } finally {
            places.release();
        }
    }

    private static JsonNode told(Identity who, Explanations.Question question, JsonNode answer) {
        if (answer instanceof ObjectNode node) {
            node.put("user", who.name());
            who.groups().stream().sorted().forEach(node.putArray("groups")::add);
            node.put("connection", question.connection());
        }
        return answer;
    }

    /// Only what is open to the asker: other names cannot be probed.
    private String connection(Identity who, ExplainRequest request) throws ApiProblem {
        var open = connections.apply(who).stream().map(ConnectionInfo::id).toList();
        var named = request.connection();
        if (named.isPresent()) {
            if (open.contains(named.get())) {
                return named.get();
            }
            throw ApiProblem.notFound(
                    "There is no connection \"%s\" for %s."
                            .formatted(named.get(), request.as().map(Identity::name).orElse("you")),
                    "The policy's roles open connections to groups; yours: sfguard connections");
        }
        if (open.size() == 1) {
            return open.getFirst();
        }
        throw ApiProblem.badRequest(
                open.isEmpty()
                        ? "The policy opens no connection to " + who.name() + "."
                        : "Which connection is meant: "
                                + open.stream().collect(Collectors.joining(", "))
                                + "?",
                open.isEmpty()
                        ? "The policy's roles map groups to Snowflake roles; see: sfguard whoami"
                        : "Name one: --connection");
    }

    private static ApiProblem busy(String message) {
        return new ApiProblem(429, "busy", message, "Try again in a minute.");
    }
}
