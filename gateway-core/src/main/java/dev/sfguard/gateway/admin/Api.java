package dev.sfguard.gateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.identity.Caller;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.policy.ProtectedNames;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.recording.RedactedLines;
import dev.sfguard.gateway.recording.SessionSummary;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// The gateway's own API, JSON over HTTP, reachable only through the tunnel's virtual host `api`.
/// Who calls
/// is what the tunnel proved; a caller that is still enrolling may only ask for the gateway and
/// for a
/// certificate. Everybody sees their own sessions, members of the readers' groups see all, with
/// other people's literals and data redacted unless they are raw readers.
public final class Api extends Handler.Abstract {
    private static final Logger LOG = Logger.getLogger(Api.class.getName());

    /// Far above any request that the command sends; a token is a few KiB.
    private static final int MAX_BODY = 256 * 1024;

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private final GatewayInfo gateway;
    private final Certificates certificates;
    private final Function<Identity, List<ConnectionInfo>> connections;
    private final BiFunction<Caller, String, Secret> secrets;
    private final Recordings recordings;
    private final Rights rights;
    private final Supplier<ProtectedNames> protectedNames;
    private final ExplainCall explain;
    private final LiveSessions live;
    private final Reviews reviews;

    /// @param connections what an identity may reach
    /// @param secrets the connection secret of a caller
    /// @param protectedNames what the policy protects at present
    /// @param explanations what would become of a statement
    public Api(
            GatewayInfo gateway,
            Certificates certificates,
            Function<Identity, List<ConnectionInfo>> connections,
            BiFunction<Caller, String, Secret> secrets,
            Recordings recordings,
            Rights rights,
            Supplier<ProtectedNames> protectedNames,
            Explanations explanations,
            LiveSessions live,
            Approvals approvals,
            Clock clock) {
        this.gateway = gateway;
        this.certificates = certificates;
        this.connections = connections;
        this.secrets = secrets;
        this.recordings = recordings;
        this.rights = rights;
        this.protectedNames = protectedNames;
        this.explain = new ExplainCall(explanations, connections, clock);
        this.live = live;
        this.reviews = new Reviews(approvals, live, clock);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        try {
            if (!(request.getConnectionMetaData().getConnection().getEndPoint().getTransport()
                    instanceof Caller caller)) {
                throw ApiProblem.forbidden(
                        "The API is reachable through the tunnel only.",
                        "Use the sfguard command.");
            }
            response.getHeaders().put("Cache-Control", "no-store");
            answer(caller, request, response);
            callback.succeeded();
        } catch (ApiProblem problem) {
            refuse(response, callback, problem);
        } catch (IOException | RuntimeException failure) {
            LOG.log(Level.WARNING, "API call failed: " + request.getHttpURI().getPath(), failure);
            refuse(
                    response,
                    callback,
                    new ApiProblem(
                            500,
                            "internal",
                            "The gateway could not answer this call.",
                            "Its log has the reason."));
        }
        return true;
    }

    private void answer(Caller caller, Request request, Response response)
            throws ApiProblem, IOException {
        var call = request.getMethod() + " " + request.getHttpURI().getPath();
        switch (call) {
            case "GET /v1/gateway" -> json(response, gateway);
            case "POST /v1/certificates" -> json(response, certificate(caller, body(request)));
            default -> {
                if (caller.isEnrolling()) {
                    throw ApiProblem.forbidden(
                            "This connection signs in and does nothing else.",
                            "Connect again with the certificate that it hands out.");
                }
                answerEnrolled(call, caller, request, response);
            }
        }
    }

    private void answerEnrolled(String call, Caller caller, Request request, Response response)
            throws ApiProblem, IOException {
        var identity = caller.identity();
        switch (call) {
            case "GET /v1/whoami" -> json(response, whoami(identity));
            case "GET /v1/connections" -> json(response, connections.apply(identity));
            case "GET /v1/sessions" -> json(response, sessions(identity, request));
            case "POST /v1/explain" -> json(response, explained(identity, request));
            case "GET /v1/requests" ->
                    json(
                            response,
                            reviews.list(
                                    identity,
                                    RequestQuery.parse(Request.extractQueryParameters(request))));
            default -> {
                String[] parts = request.getHttpURI().getPath().split("/", -1);
                if (parts.length == 5 && call.matches("GET /v1/connections/[^/]+/secret")) {
                    json(response, secret(caller, parts[3]));
                } else if (parts.length == 4 && call.startsWith("GET /v1/sessions/")) {
                    json(response, session(identity, parts[3]));
                } else if (parts.length == 5 && call.matches("GET /v1/sessions/[^/]+/events")) {
                    events(identity, summary(identity, parts[3]), response);
                } else if (parts.length == 5 && call.matches("POST /v1/sessions/[^/]+/kill")) {
                    json(response, kill(identity, parts[3], body(request)));
                } else if (parts.length == 4 && call.startsWith("GET /v1/requests/")) {
                    json(response, reviews.one(identity, parts[3]));
                } else if (parts.length == 5 && call.matches("POST /v1/requests/[^/]+/[a-z]+")) {
                    json(response, review(identity, parts[3], parts[4], body(request)));
                } else {
                    throw ApiProblem.notFound(
                            "There is no " + call + ".",
                            "Is the sfguard command newer than the gateway?");
                }
            }
        }
    }

    private JsonNode review(Identity identity, String id, String verb, JsonNode body)
            throws ApiProblem, IOException {
        return switch (verb) {
            case "approve" -> reviews.approve(identity, id, body);
            case "deny" -> reviews.deny(identity, id, body);
            case "revoke" -> reviews.revoke(identity, id, body);
            default ->
                    throw ApiProblem.notFound(
                            "A request cannot be answered with \"" + verb + "\".",
                            "Is the sfguard command newer than the gateway?");
        };
    }

    private Map<String, Object> kill(Identity identity, String id, JsonNode body)
            throws ApiProblem, IOException {
        String reason = Reviews.reason(body, true);
        var session =
                recordings
                        .summary(id)
                        .filter(it -> rights.reads(identity, it) || rights.ends(identity, it))
                        .orElseThrow(() -> unknownSession(id));
        if (!rights.ends(identity, session)) {
            throw ApiProblem.forbidden(
                    "You may read session " + id + ", but not end it.",
                    "Who may: its owner, and the gateway's admins.");
        }
        var aborted = live.kill(id, identity.name(), reason);
        if (aborted.isEmpty()) {
            throw new ApiProblem(
                    409,
                    "not_live",
                    "Session " + id + " does not go on any more.",
                    "See those that do: sfguard sessions --live");
        }
        return Map.of("id", id, "state", "killed", "aborted", aborted.getAsInt());
    }

    private Map<String, Object> certificate(Caller caller, JsonNode body) throws ApiProblem {
        String publicKey = body.path("public_key").asText();
        if (publicKey.isEmpty()) {
            throw ApiProblem.badRequest("public_key is missing.", "Send it in OpenSSH's format.");
        }
        try {
            var identity = caller.isEnrolling() ? caller.identity() : renewed(caller, body);
            var issued = certificates.issue(identity, publicKey);
            return Map.of(
                    "certificate", issued.certificate(),
                    "serial", Long.toString(issued.serial()),
                    "expires", issued.expires().toString(),
                    "user", identity.name(),
                    "kind", word(identity.kind()),
                    "groups", sorted(identity.groups()));
        } catch (IllegalArgumentException refused) {
            throw new ApiProblem(
                    403, "refused", String.valueOf(refused.getMessage()), "Run: sfguard login");
        }
    }

    /// A certificate may be renewed by a fresh token of the same person, and of nobody else.
    private Identity renewed(Caller caller, JsonNode body) throws ApiProblem {
        var token = body.path("token").asText();
        if (token.isEmpty()) {
            throw ApiProblem.badRequest(
                    "token is missing.", "Send a fresh token of the same person to renew.");
        }
        var fresh = certificates.prove(Secret.of(token));
        if (!fresh.issuer().equals(caller.identity().issuer())
                || !fresh.subject().equals(caller.identity().subject())) {
            throw ApiProblem.forbidden(
                    "The token is of somebody else than the certificate.", "Run: sfguard login");
        }
        return fresh;
    }

    private Map<String, Object> whoami(Identity identity) {
        return Map.of(
                "user", identity.name(),
                "subject", identity.subject(),
                "kind", word(identity.kind()),
                "groups", sorted(identity.groups()),
                "issuer", identity.issuer(),
                "gateway", gateway.id(),
                "expires", identity.expires().toString());
    }

    private Map<String, String> secret(Caller caller, String connection) throws ApiProblem {
        if (connections.apply(caller.identity()).stream()
                .noneMatch(info -> info.id().equals(connection))) {
            throw ApiProblem.notFound(
                    "There is no connection \"" + connection + "\" for you.",
                    "See them with: sfguard connections");
        }
        return Map.of("secret", secrets.apply(caller, connection).reveal());
    }

    private JsonNode explained(Identity identity, Request request) throws ApiProblem, IOException {
        return explain.answer(
                identity,
                rights.readsAll(identity),
                rights.readsAllRaw(identity),
                body(request, ExplainRequest.LARGEST_BODY));
    }

    private ArrayNode sessions(Identity identity, Request request) throws ApiProblem {
        var query = SessionRequest.parse(Request.extractQueryParameters(request));
        var array = JSON.createArrayNode();
        // Readers see all; others see their own, also where a query asks for somebody else's.
        var found =
                rights.readsAll(identity)
                        ? recordings.list(query)
                        : recordings.list(SessionRequest.of(query, identity.subject()));
        found.stream()
                .filter(summary -> rights.reads(identity, summary))
                .forEach(summary -> array.add(summary.toJson()));
        return array;
    }

    private JsonNode session(Identity identity, String id) throws ApiProblem, IOException {
        boolean raw = rights.readsRaw(identity, summary(identity, id));
        var detail = recordings.find(id).orElseThrow(() -> unknownSession(id));
        return raw
                ? detail.toJson()
                : ReaderView.of(detail, protectedNames.get()).toJson().put("redacted", true);
    }

    private SessionSummary summary(Identity identity, String id) throws ApiProblem {
        return recordings
                .summary(id)
                .filter(summary -> rights.reads(identity, summary))
                .orElseThrow(() -> unknownSession(id));
    }

    /// The same answer for "not there" and "not yours": ids of others cannot be probed.
    private static ApiProblem unknownSession(String id) {
        return ApiProblem.notFound(
                "There is no session " + id + " that you may read.",
                "List yours with: sfguard sessions");
    }

    private void events(Identity identity, SessionSummary session, Response response)
            throws IOException {
        response.getHeaders().put("Content-Type", "application/x-ndjson");
        try (InputStream lines = recordings.lines(session.id());
                var out = Content.Sink.asOutputStream(response)) {
            if (rights.readsRaw(identity, session)) {
                lines.transferTo(out);
            } else {
                RedactedLines.copy(lines, out, new ReaderView(protectedNames.get()));
            }
        }
    }

    private static JsonNode body(Request request) throws ApiProblem, IOException {
        return body(request, MAX_BODY);
    }

    private static JsonNode body(Request request, int largest) throws ApiProblem, IOException {
        try (InputStream in = Content.Source.asInputStream(request)) {
            byte[] bytes = in.readNBytes(largest + 1);
            if (bytes.length > largest) {
                throw new ApiProblem(413, "too_large", "The request is too large.", "");
            }
            return JSON.readTree(bytes);
        } catch (com.fasterxml.jackson.core.JacksonException malformed) {
            throw ApiProblem.badRequest("The request is not JSON.", "Send one JSON object.");
        }
    }

    private static void json(Response response, Object value) throws IOException {
        response.getHeaders().put("Content-Type", "application/json");
        try (var out = Content.Sink.asOutputStream(response)) {
            JSON.writeValue(out, value);
        }
    }

    private static void refuse(Response response, Callback callback, ApiProblem problem) {
        if (response.isCommitted()) {
            callback.failed(problem);
            return;
        }
        try {
            response.setStatus(problem.status());
            json(
                    response,
                    Map.of(
                            "error",
                            Map.of(
                                    "code", problem.code(),
                                    "message", String.valueOf(problem.getMessage()),
                                    "next", problem.next())));
            callback.succeeded();
        } catch (IOException gone) {
            callback.failed(gone);
        }
    }

    private static String word(Identity.Kind kind) {
        return kind.name().toLowerCase(java.util.Locale.ROOT);
    }

    private static List<String> sorted(Set<String> groups) {
        return groups.stream().sorted().toList();
    }
}
