package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.identity.Caller;
import dev.sfguard.gateway.identity.ConnectionSecrets;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.TokenVerifier;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.RequestBody;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.snowflake.SnowflakeRequest;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoreFailed;
import java.io.IOException;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Answers drivers as Snowflake would. A request that came through a tunnel is known by its
/// endpoint's {@link Caller}; one without it is at the HTTPS front. Blocks: the server's threads
/// have to be virtual.
public final class ProxyHandler extends Handler.Abstract implements AutoCloseable {

    private static final Pattern TOKEN = Pattern.compile("Snowflake Token=\"([^\"]{16,400})\"");

    private final ProxySettings settings;
    private final Sessions sessions;
    private final Refusals refusals;
    private final LoginFlow logins;
    private final Map<String, AccountCatalog> catalogs = new HashMap<>();
    private final StatementFlow statements;
    private final ChunkFlow chunks;
    private final Results results;
    private final HeldNews heldNews;
    private final Quotas quotas;
    private final LiveTrials trials;

    /// @param policy the one that holds now; asked anew for every login and statement
    /// @throws IOException when the store cannot be read
    public ProxyHandler(
            List<Connection> connections,
            Supplier<Policy> policy,
            Recordings recordings,
            Store store,
            Approvals approvals,
            TokenVerifier verifier,
            ConnectionSecrets secrets,
            ProxySettings settings,
            Clock clock)
            throws IOException {
        var upstreams = new HashMap<String, Upstream>();
        connections.forEach(
                c -> upstreams.put(c.name(), new Upstream(c, settings.upstream(), clock)));
        this.settings = settings;
        this.sessions = new Sessions(upstreams, recordings, store, approvals, settings, clock);
        this.refusals = new Refusals(recordings, clock);
        this.logins =
                new LoginFlow(
                        policy, sessions, recordings, verifier, secrets, refusals, settings, clock);
        connections.forEach(
                connection ->
                        catalogs.put(
                                connection.name(), catalog(connection, upstreams, policy, clock)));
        var filters = new Filters(policy, secrets.hashKey());
        this.quotas = new Quotas(policy, store.usage(), clock);
        this.statements =
                new StatementFlow(
                        policy,
                        sessions,
                        approvals,
                        new Catalogs(catalogs),
                        filters,
                        quotas,
                        settings,
                        clock);
        this.chunks = new ChunkFlow(settings);
        this.results = new Results(sessions, filters, clock);
        this.trials =
                new LiveTrials(
                        policy,
                        connections.stream().collect(Collectors.toMap(Connection::name, c -> c)),
                        catalogs,
                        quotas,
                        clock);
        this.heldNews = HeldNews.start(approvals, sessions);
        statements.resume();
    }

    /// What would become of a text now.
    public LiveTrials trials() {
        return trials;
    }

    private static AccountCatalog catalog(
            Connection connection,
            Map<String, Upstream> upstreams,
            Supplier<Policy> policy,
            Clock clock) {
        var upstream = java.util.Objects.requireNonNull(upstreams.get(connection.name()));
        return new AccountCatalog(
                connection.name(),
                connection.database().map(Upstream::folded).stream().collect(Collectors.toSet()),
                new CatalogReader(
                        upstream,
                        () -> policy.get().rolesOf(connection.name()),
                        CatalogReader.Limits.standard()),
                AccountCatalog.Times.standard(),
                clock);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        var caller = caller(request);
        var authority = String.valueOf(request.getHeaders().get(HttpHeader.HOST));
        var scheme = caller.isPresent() ? "http" : request.isSecure() ? "https" : "http";
        var client = new HttpClientReply(response, callback, scheme + "://" + authority);
        var uri = request.getHttpURI();
        var call =
                new Call(
                        request,
                        client,
                        caller,
                        SnowflakeRequest.of(
                                request.getMethod(),
                                String.valueOf(uri.getPath()),
                                uri.getQuery()));
        if (new HostNames(settings.publicHosts()).admits(authority, caller.isPresent())) {
            try {
                dispatch(call);
            } finally {
                client.abandon();
            }
        } else {
            refuse(call, "the Host header names " + Refusals.cut(authority));
            client.last()
                    .text(
                            421,
                            "sfguard: this is not the host that the request names. Connect to the address"
                                    + " that `sfguard connect` prints.");
        }
        return true;
    }

    /// One request on its way through.
    private record Call(
            Request http, ClientReply client, Optional<Caller> caller, SnowflakeRequest request) {}

    private static Optional<Caller> caller(Request request) {
        var transport =
                request.getConnectionMetaData().getConnection().getEndPoint().getTransport();
        return transport instanceof Caller caller ? Optional.of(caller) : Optional.empty();
    }

    private void dispatch(Call call) throws IOException {
        switch (call.request()) {
            case SnowflakeRequest.Login(var asked) -> {
                var body = body(call);
                if (body.isPresent()) {
                    call.client().json(logins.login(call.caller(), asked, body.get()));
                }
            }
            case SnowflakeRequest.Renew _ -> renew(call);
            case SnowflakeRequest.Telemetry _ -> {
                // It ends here, whatever the token: drivers send the last after their logout.
                if (body(call).isPresent()) {
                    call.client().json(SnowflakeReply.done());
                }
            }
            case SnowflakeRequest.Chunk chunk -> chunk(call, chunk);
            case SnowflakeRequest.Other(var method, var path) -> {
                refuse(call, "unknown endpoint");
                call.client()
                        .last()
                        .text(
                                404,
                                "sfguard: "
                                        + method
                                        + " "
                                        + Refusals.cut(path)
                                        + " is no part of the Snowflake protocol that the gateway"
                                        + " lets through.");
            }
            case SnowflakeRequest.Heartbeat _ ->
                    inSession(call, session -> heartbeat(session, call));
            case SnowflakeRequest.CloseSession _ -> close(call);
            case SnowflakeRequest.Query(var requestId) ->
                    inSession(call, session -> query(call, session, requestId));
            case SnowflakeRequest.Abort _ -> inSession(call, session -> abort(call, session));
            case SnowflakeRequest.AbortQuery(var id) ->
                    inSession(call, session -> owned(call, session, id, this::abort));
            case SnowflakeRequest.Result(var id) ->
                    inSession(
                            call,
                            session ->
                                    owned(
                                            call,
                                            session,
                                            id,
                                            (c, s, run) ->
                                                    statements.fetch(
                                                            s, acting(c, s), run, c.client())));
            case SnowflakeRequest.Monitoring(var id) ->
                    inSession(call, session -> owned(call, session, id, this::monitoring));
        }
    }

    /// The body, or empty after an answer that says what is wrong with it.
    private Optional<byte[]> body(Call call) throws IOException {
        var headers = call.http().getHeaders();
        var encoding = String.valueOf(headers.get(HttpHeader.CONTENT_ENCODING));
        var outcome =
                RequestBody.read(
                        Content.Source.asInputStream(call.http()),
                        headers.getLongField(HttpHeader.CONTENT_LENGTH),
                        encoding.equalsIgnoreCase("gzip"),
                        settings.largestBody());
        return switch (outcome) {
            case RequestBody.Outcome.Whole(var bytes) -> Optional.of(bytes);
            case RequestBody.Outcome.TooLarge(var read) -> {
                refuse(call, "a body of " + read + " bytes or more");
                call.client()
                        .last()
                        .json(
                                SnowflakeReply.of(
                                        SnowflakeError.limit(
                                                "the request is larger than "
                                                        + (settings.largestBody() >> 20)
                                                        + " MiB. Load data with COPY, or send"
                                                        + " smaller batches."),
                                        null));
                yield Optional.empty();
            }
            case RequestBody.Outcome.Broken(var why) -> {
                refuse(call, why);
                call.client()
                        .last()
                        .json(SnowflakeReply.of(SnowflakeError.notUnderstood(why + "."), null));
                yield Optional.empty();
            }
        };
    }

    @FunctionalInterface
    private interface SessionStep {
        void run(Session session) throws IOException;
    }

    /// Finds the session of the request's token, checks that it is the caller's, and goes on.
    private void inSession(Call call, SessionStep step) throws IOException {
        Sessions.Found found;
        try {
            found = sessions.find(token(call), facts -> belongs(call, facts));
            proven(call, found);
        } catch (UpstreamFault fault) {
            call.client()
                    .json(
                            SnowflakeReply.of(
                                    SnowflakeError.unreachable(fault.what() + ". Try again."),
                                    null));
            return;
        } catch (RecordingFailed _) {
            call.client().json(SnowflakeReply.of(SnowflakeError.notRecorded(), null));
            return;
        } catch (StoreFailed busy) {
            // Drivers repeat after this status, with the same request id.
            call.client().text(503, "sfguard: " + busy.getMessage());
            return;
        }
        switch (found) {
            case Sessions.Found.Live(var session) -> {
                if (belongs(call, session.facts())) {
                    step.run(session);
                } else {
                    recordRefused(session, call, "the token is another identity's");
                    notSignedIn(call);
                }
            }
            case Sessions.Found.Expired _ -> {
                call.client().json(SnowflakeReply.of(SnowflakeError.tokenExpired(), null));
            }
            case Sessions.Found.Unknown _ -> {
                refuse(call, "a token that is none of a session's");
                notSignedIn(call);
            }
            case Sessions.Found.Gone(var why) ->
                    call.client()
                            .json(
                                    SnowflakeReply.of(
                                            SnowflakeError.sessionGone(why + ". Connect again."),
                                            null));
        }
    }

    private void proven(Call call, Sessions.Found found) throws StoreFailed {
        if (found instanceof Sessions.Found.Live(var session)
                && call.caller().isPresent()
                && belongs(call, session.facts())) {
            sessions.proven(session, call.caller().get().identity());
        }
    }

    private void close(Call call) throws IOException {
        if (sessions.closeAsleep(token(call), facts -> belongs(call, facts))) {
            call.client().json(SnowflakeReply.done());
            return;
        }
        inSession(
                call,
                session -> {
                    sessions.end(session, "the client closed it");
                    call.client().json(SnowflakeReply.done());
                });
    }

    private static void notSignedIn(Call call) {
        call.client()
                .json(
                        SnowflakeReply.of(
                                SnowflakeError.sessionGone(
                                        "the session does not exist or has ended. Connect again."),
                                null));
    }

    private static boolean belongs(Call call, SessionFacts facts) {
        return call.caller()
                .map(
                        caller ->
                                !facts.front()
                                        && facts.belongsTo(caller.identity())
                                        && facts.connection().equals(caller.virtualHost()))
                .orElse(facts.front());
    }

    private static String token(Call call) {
        var header = String.valueOf(call.http().getHeaders().get(HttpHeader.AUTHORIZATION));
        var match = TOKEN.matcher(header);
        return match.matches() ? match.group(1) : "";
    }

    private void renew(Call call) throws IOException {
        if (body(call).isEmpty()) {
            return;
        }
        var fresh = TokenSet.Fresh.make();
        var renewed = sessions.renew(token(call), fresh, facts -> belongs(call, facts));
        if (renewed.isEmpty()) {
            refuse(call, "a master token that is none, or has ended");
            call.client().json(SnowflakeReply.of(SnowflakeError.signInAgain(), null));
            return;
        }
        var number = renewed.get().facts().number();
        call.client()
                .json(
                        SnowflakeReply.of(
                                json -> {
                                    json.writeStringField("sessionToken", fresh.token().reveal());
                                    json.writeNumberField(
                                            "validityInSecondsST",
                                            settings.tokenValidity().toSeconds());
                                    json.writeStringField("masterToken", fresh.master().reveal());
                                    json.writeNumberField(
                                            "validityInSecondsMT",
                                            settings.masterValidity().toSeconds());
                                    json.writeNumberField("sessionId", number);
                                }));
    }

    private void heartbeat(Session session, Call call) {
        try {
            session.upstream().heartbeat();
        } catch (UpstreamFault _) {
            // The next statement finds out and says so; the client's own session lives.
        }
        call.client().json(SnowflakeReply.done());
    }

    private void query(Call call, Session session, Optional<String> requestId) throws IOException {
        var body = body(call);
        if (body.isEmpty()) {
            return;
        }
        QueryRequest request;
        try {
            request = QueryRequest.read(body.get());
        } catch (IOException e) {
            recordRefused(session, call, String.valueOf(e.getMessage()));
            call.client()
                    .json(
                            SnowflakeReply.of(
                                    SnowflakeError.notUnderstood(e.getMessage() + "."), null));
            return;
        }
        statements.ask(
                session, acting(call, session), requestId, request, body.get(), call.client());
    }

    private static Identity acting(Call call, Session session) {
        return session.acting(
                call.caller().map(Caller::identity).orElseGet(() -> session.facts().identity()));
    }

    private void abort(Call call, Session session) throws IOException {
        var body = body(call);
        if (body.isEmpty()) {
            return;
        }
        JsonNode asked;
        try {
            asked = QueryRequest.object(body.get());
        } catch (IOException e) {
            recordRefused(session, call, String.valueOf(e.getMessage()));
            call.client()
                    .json(
                            SnowflakeReply.of(
                                    SnowflakeError.notUnderstood(e.getMessage() + "."), null));
            return;
        }
        var run = session.runs().ofRequest(asked.path("requestId").asText(""));
        if (run.isPresent()) {
            abort(call, session, run.get());
        } else {
            call.client().json(SnowflakeReply.of(SnowflakeError.notExecuting(), null));
        }
    }

    private void abort(Call call, Session session, StatementRun run) throws IOException {
        try {
            call.client()
                    .json(
                            sessions.cancel(session, run, "client")
                                    ? SnowflakeReply.done()
                                    : SnowflakeReply.of(SnowflakeError.notExecuting(), run.id()));
        } catch (StoreFailed busy) {
            call.client().text(503, "sfguard: " + busy.getMessage());
        }
    }

    @FunctionalInterface
    private interface QueryStep {
        void run(Call call, Session session, StatementRun run) throws IOException;
    }

    /// Goes on only when the query is this session's own.
    private void owned(Call call, Session session, String queryId, QueryStep step)
            throws IOException {
        var run = session.runs().ofQuery(queryId);
        if (run.isPresent()) {
            step.run(call, session, run.get());
        } else {
            recordRefused(session, call, "query " + queryId + " is not this session's");
            call.client().json(SnowflakeReply.of(SnowflakeError.queryNotFound(queryId), queryId));
        }
    }

    private void monitoring(Call call, Session session, StatementRun run) throws IOException {
        run.touch(System.nanoTime());
        if (run.queryId() == null) {
            unnamed(call, session, run);
            return;
        }
        JsonNode queries;
        try {
            queries = session.upstream().monitoring(run.id()).path("data").path("queries");
        } catch (UpstreamFault fault) {
            call.client().text(503, "sfguard: " + fault.what());
            return;
        }
        var status = queries.path(0).path("status").asText("no data");
        session.recording().append(new RecordingEvent.Fetched(run.number(), "status " + status, 0));
        var own = Json.mapper().createArrayNode();
        for (var query : queries) {
            if (run.id().equals(query.path("id").asText())) {
                if (QueryStatus.isEnd(query)) {
                    // Drivers read an asynchronous result by RESULT_SCAN, and never come for it.
                    run.over();
                }
                var shown = QueryStatus.shown(query, run, session.facts().number());
                // By the id that the client asks with: a statement that was held had ours first.
                if (call.request() instanceof SnowflakeRequest.Monitoring(var asked)) {
                    shown.put("id", asked);
                }
                own.add(shown);
            }
        }
        call.client()
                .json(
                        SnowflakeReply.of(
                                json -> {
                                    json.writeFieldName("queries");
                                    json.writeTree(own);
                                }));
    }

    /// Snowflake knows no such id. What was refused counts as a success here: only then do drivers
    /// ask for the result, whose error they show with its code, SQLState and text.
    private static void unnamed(Call call, Session session, StatementRun run)
            throws RecordingFailed {
        boolean ended = run.state() instanceof StatementRun.State.Ready;
        session.recording()
                .append(
                        new RecordingEvent.Fetched(
                                run.number(), "status " + (ended ? "SUCCESS" : "RUNNING"), 0));
        call.client()
                .json(
                        SnowflakeReply.of(
                                json -> {
                                    json.writeArrayFieldStart("queries");
                                    json.writeStartObject();
                                    json.writeStringField("id", run.id());
                                    json.writeStringField("status", ended ? "SUCCESS" : "RUNNING");
                                    json.writeStringField(
                                            "state", ended ? "SUCCEEDED" : "EXECUTING");
                                    json.writeNumberField("sessionId", session.facts().number());
                                    json.writeNullField("errorCode");
                                    json.writeNullField("errorMessage");
                                    json.writeEndObject();
                                    json.writeEndArray();
                                }));
    }

    private void chunk(Call call, SnowflakeRequest.Chunk chunk) throws IOException {
        var ticket = String.valueOf(call.http().getHeaders().get(Delivery.TICKET));
        switch (results.find(
                chunk.result(), chunk.number(), ticket, facts -> belongs(call, facts))) {
            case Results.Found.Here(var session, var result) ->
                    chunks.serve(session, result, chunk.number(), call.client());
            case Results.Found.NotNow(var why) -> call.client().text(503, "sfguard: " + why);
            case Results.Found.Lost(var why) ->
                    call.client()
                            .text(
                                    410,
                                    "sfguard: the rest of this result cannot be had: "
                                            + why
                                            + ". Run the statement again if it only reads.");
            case Results.Found.Refused _ -> {
                var session = sessions.withResult(chunk.result());
                if (session.isPresent()) {
                    recordRefused(
                            session.get(), call, "a part's ticket that does not fit or has ended");
                } else {
                    refuse(call, "a part of a result that does not exist");
                }
                call.client()
                        .text(
                                403,
                                "sfguard: this part of a result is not yours, or its time is"
                                        + " over.");
            }
        }
    }

    private void refuse(Call call, String why) {
        refusals.add(
                call.caller().map(Caller::identity),
                call.http().getMethod(),
                String.valueOf(call.http().getHttpURI().getPath()),
                why);
    }

    private static void recordRefused(Session session, Call call, String why)
            throws RecordingFailed {
        session.recording()
                .append(
                        new RecordingEvent.Refused(
                                call.http().getMethod(),
                                Refusals.cut(String.valueOf(call.http().getHttpURI().getPath())),
                                Refusals.cut(why)));
        session.recording().commit();
    }

    /// Ends a session because a person says so, with all that it runs.
    ///
    /// @param by that person's name
    /// @return how many statements were aborted; empty when there is no such session
    public OptionalInt kill(String session, String by, String reason) throws IOException {
        return sessions.kill(session, by, reason);
    }

    /// Aborts what runs because of an approval that was revoked.
    ///
    /// @param by who revoked it, as the recording names people
    /// @return how many statements were aborted
    public int abortUnder(String approval, String by) {
        return sessions.abortUnder(approval, by);
    }

    /// What the client of a session knows it by.
    public OptionalLong number(String session) {
        return sessions.facts(session).stream().mapToLong(SessionFacts::number).findFirst();
    }

    /// Stops; sessions stay, and wake when the gateway runs again.
    @Override
    public void close() throws IOException {
        catalogs.values().forEach(AccountCatalog::close);
        statements.close();
        heldNews.close();
        sessions.close();
        quotas.close();
        refusals.close();
    }
}
