package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Caller;
import dev.sfguard.gateway.identity.ConnectionSecrets;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.TokenVerifier;
import dev.sfguard.gateway.identity.Verdict;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.store.StoreFailed;
import java.io.IOException;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Lets a client in: proves who it is, finds its role, begins its recording, and only then logs
/// in at Snowflake.
final class LoginFlow {

    private static final String LOGIN = "/session/v1/login-request";

    private final Supplier<Policy> policy;
    private final Sessions sessions;
    private final Recordings recordings;
    private final TokenVerifier verifier;
    private final ConnectionSecrets secrets;
    private final Refusals refusals;
    private final ProxySettings settings;
    private final Clock clock;

    LoginFlow(
            Supplier<Policy> policy,
            Sessions sessions,
            Recordings recordings,
            TokenVerifier verifier,
            ConnectionSecrets secrets,
            Refusals refusals,
            ProxySettings settings,
            Clock clock) {
        this.policy = policy;
        this.sessions = sessions;
        this.recordings = recordings;
        this.verifier = verifier;
        this.secrets = secrets;
        this.refusals = refusals;
        this.settings = settings;
        this.clock = clock;
    }

    /// Who asks, and for which connection, once that is proven.
    private record Admitted(Identity identity, Upstream upstream, boolean front, String tunnel) {}

    /// A refusal on the way; its text is for the person at the client.
    private static final class Turned extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient SnowflakeError error;

        Turned(SnowflakeError error) {
            super(error.message());
            this.error = error;
        }
    }

    private static final String NO_STORE =
            "the gateway's store cannot be written now, so no session was opened. Try again; if it"
                    + " stays, ask the gateway's operator to look at its disk.";

    /// @param asked the query's parameters: roleName, warehouse …
    byte[] login(Optional<Caller> caller, Map<String, String> asked, byte[] body) {
        try {
            var request = LoginRequest.read(body);
            var admitted = caller.isPresent() ? tunnel(caller.get(), request) : front(request);
            return open(admitted, request, asked);
        } catch (Turned turned) {
            refusals.add(caller.map(Caller::identity), "POST", LOGIN, turned.error.message());
            return SnowflakeReply.of(turned.error, null);
        } catch (RecordingFailed _) {
            return SnowflakeReply.of(SnowflakeError.notRecorded(), null);
        } catch (IOException e) {
            var error = SnowflakeError.notUnderstood(e.getMessage() + ".");
            refusals.add(caller.map(Caller::identity), "POST", LOGIN, error.message());
            return SnowflakeReply.of(error, null);
        }
    }

    private Admitted tunnel(Caller caller, LoginRequest request) throws Turned {
        var connection = caller.virtualHost();
        var upstream = upstream(connection);
        var shown = request.password().or(request::token);
        boolean matches =
                shown.isPresent()
                        && secrets.matches(
                                caller.certificateSerial(), connection, shown.get().reveal());
        if (!matches) {
            throw new Turned(
                    SnowflakeError.wrongPassword(
                            (shown.isEmpty()
                                            ? "no password was sent. "
                                            : "the password is not this connection's. ")
                                    + "It is the one that `sfguard connect "
                                    + connection
                                    + "` prints; after a new login it stays the same."));
        }
        return new Admitted(caller.identity(), upstream, false, caller.tunnel());
    }

    private Admitted front(LoginRequest request) throws Turned {
        if (!"OAUTH".equals(request.authenticator()) || request.token().isEmpty()) {
            throw new Turned(
                    SnowflakeError.notSignedIn(
                            "this address takes an OIDC token only. Set authenticator=oauth and"
                                    + " token=<your token>, and account=<connection>."));
        }
        return switch (verifier.forFront(request.token().get())) {
            case Verdict.Verified(var identity) ->
                    new Admitted(identity, upstream(request.account()), true, "");
            case Verdict.Rejected(var reason) ->
                    throw new Turned(
                            SnowflakeError.notSignedIn(
                                    "the token is not accepted: "
                                            + reason
                                            + ". Get a new one from your issuer."));
        };
    }

    private Upstream upstream(String connection) throws Turned {
        return sessions.upstream(connection)
                .orElseThrow(
                        () ->
                                new Turned(
                                        SnowflakeError.notSignedIn(
                                                "there is no connection \""
                                                        + Refusals.cut(connection)
                                                        + "\". `sfguard connections` lists"
                                                        + " yours.")));
    }

    private byte[] open(Admitted admitted, LoginRequest request, Map<String, String> asked)
            throws Turned, IOException {
        var note = request.note();
        boolean agent = note.namesAgent();
        var identity = agent ? admitted.identity().asAgent() : admitted.identity();
        var current = policy.get();
        var connection = admitted.upstream().connection();
        var login =
                login(
                        connection,
                        role(current, identity, connection.name(), asked),
                        request,
                        asked);
        var facts =
                SessionFacts.of(
                        connection.name(),
                        admitted.front(),
                        admitted.identity(),
                        agent,
                        login,
                        clock.instant());
        var recording =
                recordings.start(
                        opened(recordings.nextSessionId(), admitted, identity, login, current));
        UpstreamSession upstream;
        try {
            upstream = admitted.upstream().login(login);
        } catch (UpstreamFault fault) {
            recording.close("Snowflake did not let the gateway in: " + fault.what());
            throw new Turned(unreachable(connection, fault));
        }
        var fresh = TokenSet.Fresh.make();
        try {
            var session = sessions.open(facts, note, recording, upstream, fresh);
            return reply(session, identity, fresh);
        } catch (StoreFailed failed) {
            upstream.close();
            recording.close("the gateway's store could not be written: " + failed.getMessage());
            throw new Turned(SnowflakeError.unreachable(NO_STORE));
        }
    }

    private static SnowflakeError unreachable(Connection connection, UpstreamFault fault) {
        var next =
                fault instanceof UpstreamFault.Refused
                        ? ". This is between the gateway and Snowflake: ask the gateway's operator"
                                + " to run `sfguard gateway check`."
                        : ". Try again; if it stays, ask the gateway's operator.";
        return SnowflakeError.unreachable(
                "connection " + connection.name() + ": " + fault.what() + next);
    }

    private static String role(
            Policy policy, Identity identity, String connection, Map<String, String> asked)
            throws Turned {
        var role =
                policy.roleFor(identity, connection)
                        .orElseThrow(
                                () ->
                                        new Turned(
                                                SnowflakeError.blocked(
                                                        "the policy gives you no role on "
                                                                + connection
                                                                + ". Ask its operator to map one"
                                                                + " of your groups.")));
        var wanted = asked.getOrDefault("roleName", "");
        if (!wanted.isEmpty() && !wanted.equalsIgnoreCase(role)) {
            throw new Turned(
                    SnowflakeError.blocked(
                            "your role on "
                                    + connection
                                    + " is "
                                    + role
                                    + ", not "
                                    + Refusals.cut(wanted)
                                    + ". Leave the role out of the client's settings."));
        }
        return role;
    }

    private static UpstreamLogin login(
            Connection connection, String role, LoginRequest request, Map<String, String> asked) {
        return new UpstreamLogin(
                role,
                wanted(asked, "warehouse").or(connection::warehouse),
                wanted(asked, "databaseName").or(connection::database),
                wanted(asked, "schemaName").or(connection::schema),
                request.allowed(),
                request.driver(),
                request.driverVersion(),
                request.application());
    }

    private static Optional<String> wanted(Map<String, String> asked, String name) {
        return Optional.ofNullable(asked.get(name)).filter(value -> !value.isEmpty());
    }

    private static RecordingEvent.Opened opened(
            String id, Admitted admitted, Identity identity, UpstreamLogin login, Policy policy) {
        var connection = admitted.upstream().connection().name();
        var group =
                Tokens.hash(
                        String.join(
                                "\n",
                                identity.issuer(),
                                identity.subject(),
                                connection,
                                admitted.tunnel(),
                                login.driver(),
                                login.application()));
        return new RecordingEvent.Opened(
                id,
                group.substring(0, 16),
                identity.name(),
                identity.subject(),
                identity.issuer(),
                identity.kind().name().toLowerCase(Locale.ROOT),
                identity.groups(),
                login.application(),
                login.driver(),
                login.driverVersion(),
                connection,
                login.role(),
                policy.version());
    }

    private byte[] reply(Session session, Identity identity, TokenSet.Fresh fresh) {
        var upstream = session.upstream().login();
        return SnowflakeReply.of(
                json -> {
                    json.writeStringField("masterToken", fresh.master().reveal());
                    json.writeStringField("token", fresh.token().reveal());
                    json.writeNumberField(
                            "validityInSeconds", settings.tokenValidity().toSeconds());
                    json.writeNumberField(
                            "masterValidityInSeconds", settings.masterValidity().toSeconds());
                    json.writeStringField("displayUserName", identity.name());
                    json.writeStringField(
                            "serverVersion", upstream.path("serverVersion").asText(""));
                    json.writeBooleanField("firstLogin", false);
                    json.writeNullField("remMeToken");
                    json.writeNumberField("remMeValidityInSeconds", 0);
                    // Any other number changes a timeout of JDBC's whole process.
                    json.writeNumberField("healthCheckInterval", 45);
                    json.writeNullField("newClientForUpgrade");
                    json.writeNumberField("sessionId", session.facts().number());
                    ClientParameters.writeLogin(json, upstream.path("parameters"));
                    var info = upstream.path("sessionInfo");
                    json.writeObjectFieldStart("sessionInfo");
                    json.writeStringField("databaseName", info.path("databaseName").textValue());
                    json.writeStringField("schemaName", info.path("schemaName").textValue());
                    json.writeStringField("warehouseName", info.path("warehouseName").textValue());
                    json.writeStringField("roleName", Upstream.folded(session.facts().role()));
                    json.writeEndObject();
                    json.writeNullField("idToken");
                    json.writeNumberField("idTokenValidityInSeconds", 0);
                    json.writeNullField("mfaToken");
                    json.writeNumberField("mfaTokenValidityInSeconds", 0);
                    json.writeNullField("responseData");
                });
    }
}
