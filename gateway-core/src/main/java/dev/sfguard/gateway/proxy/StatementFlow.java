package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.ClientParameters;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.Signal;
import dev.sfguard.gateway.sql.StatementClass;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredQuery;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// One statement, from the driver's request to its reply: asked, decided, recorded, sent,
/// answered.
final class StatementFlow {

    /// Snowflake's statementTypeId of ALTER SESSION.
    private static final long ALTER_SESSION = 0x4100;

    /// Answers of one statement that may break off before the client is told.
    private static final int MOST_BROKEN = 3;

    /// As JDBC and Python write it.
    private static final Pattern RESULT_SCAN =
            Pattern.compile(
                    "\\s*select \\* from table\\(result_scan\\('([0-9a-f-]{36})'\\)\\)\\s*;?\\s*",
                    Pattern.CASE_INSENSITIVE);

    private static final String NOT_FOUND =
            "Snowflake's query history does not show a statement with its tag";

    private final Judge judge = new Judge();
    private final Supplier<Policy> policy;
    private final Sessions sessions;
    private final Map<String, AccountCatalog> catalogs;
    private final Filters filters;
    private final Quotas quotas;
    private final ProxySettings settings;
    private final Clock clock;
    private final Lookup lookup;

    /// @param catalogs by the name of their connection; one for each
    StatementFlow(
            Supplier<Policy> policy,
            Sessions sessions,
            Map<String, AccountCatalog> catalogs,
            Filters filters,
            Quotas quotas,
            ProxySettings settings,
            Clock clock) {
        this.policy = policy;
        this.sessions = sessions;
        this.catalogs = catalogs;
        this.filters = filters;
        this.quotas = quotas;
        this.settings = settings;
        this.clock = clock;
        this.lookup = new Lookup(sessions, settings.upstream(), clock);
    }

    /// Runs the statement, or joins it when it is known.
    void ask(
            Session session,
            Identity who,
            Optional<String> requestId,
            QueryRequest request,
            ClientReply client) {
        var name = requestId.orElseGet(() -> UUID.randomUUID().toString());
        var run = session.runs().join(name, () -> fresh(session, name, request));
        answer(session, run, client, () -> start(session, who, run, request, client));
    }

    private static StatementRun fresh(Session session, String requestId, QueryRequest request) {
        return new StatementRun(
                requestId,
                session.nextStatement(),
                1,
                request.sqlText(),
                request.async(),
                UUID.randomUUID().toString(),
                new StatementRun.State.Fresh(),
                System.nanoTime());
    }

    /// Answers a poll, or a fetch of a finished result.
    void fetch(Session session, StatementRun run, ClientReply client) {
        answer(
                session,
                run,
                client,
                () -> client.json(SnowflakeReply.inProgress(run.id(), run.isAsync())));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /// One request at a time speaks with Snowflake for a statement. The others wait, and are told
    /// to ask again when that takes long.
    private void answer(Session session, StatementRun run, ClientReply client, Step ifFresh) {
        run.touch(System.nanoTime());
        try {
            if (!run.driving.tryLock(settings.hold().toMillis(), TimeUnit.MILLISECONDS)) {
                client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
            return;
        }
        try {
            switch (run.state()) {
                case StatementRun.State.Fresh _ -> ifFresh.run();
                case StatementRun.State.Ready(var reply) -> again(session, run, client, reply);
                case StatementRun.State.Running(var queryId) ->
                        fetch(session, run, client, queryId);
                case StatementRun.State.Elsewhere(var queryId) ->
                        fetch(session, run, client, queryId);
                case StatementRun.State.Sent sent ->
                        lost(session, run, client, sent, "the gateway was restarted");
            }
        } catch (RecordingFailed failed) {
            var error =
                    run.state() instanceof StatementRun.State.Fresh
                            ? SnowflakeError.notRecorded()
                            : SnowflakeError.resultNotRecorded();
            client.json(SnowflakeReply.of(error, run.id()));
        } catch (IOException fault) {
            client.json(SnowflakeReply.of(notKept(fault), run.id()));
        } finally {
            run.touch(System.nanoTime());
            run.driving.unlock();
        }
    }

    private static void again(Session session, StatementRun run, ClientReply client, byte[] reply)
            throws RecordingFailed {
        session.recording().append(new RecordingEvent.Fetched(run.number(), "again", reply.length));
        client.json(reply);
    }

    private void start(
            Session session,
            Identity who,
            StatementRun run,
            QueryRequest request,
            ClientReply client)
            throws IOException {
        if (request.describeOnly()) {
            run.describes();
        }
        Memory.keep(session, run, sessions.store());
        var note = note(session, request);
        var identity = note.namesAgent() ? who.asAgent() : who;
        asked(session, run, request, note);
        var tooLarge = bounds(request);
        if (tooLarge.isPresent()) {
            refuse(session, run, client, tooLarge.get());
            return;
        }
        var current = policy.get();
        var around = session.surroundings();
        Usage usage;
        try {
            usage = quotas.usage(current, identity, request.sqlText(), request.describeOnly());
        } catch (StoreFailed failed) {
            refuse(session, run, client, SnowflakeError.notCounted());
            return;
        }
        var judged =
                judge.judge(
                        current,
                        identity,
                        around,
                        catalog(session),
                        request.sqlText(),
                        usage,
                        clock.instant());
        run.aftermath(
                Aftermath.of(
                        judged,
                        around.scope(),
                        request.describeOnly(),
                        (object, column) -> current.isMasked(identity, object, column)));
        run.filters(filters.of(judged));
        run.quota(quotas.of(current, identity, judged));
        decided(session, run, judged, current.version());
        var refusal = refusal(session, request, judged).or(() -> scanned(session, request));
        if (refusal.isPresent()) {
            refuse(session, run, client, refusal.get());
        } else if (judged.local()) {
            local(session, run, judged, client);
        } else {
            send(session, run, request, judged, client);
        }
    }

    private AccountCatalog catalog(Session session) {
        var catalog = catalogs.get(session.facts().connection());
        if (catalog == null) {
            throw new IllegalStateException("no catalog of " + session.facts().connection());
        }
        return catalog;
    }

    private static ClientNote note(Session session, QueryRequest request) {
        var note = session.note();
        var tag = request.parameters().get("QUERY_TAG");
        var effective = tag == null ? session.state().queryTag() : Optional.of(tag.asText());
        if (effective.isPresent()) {
            note = note.with(ClientNote.ofQueryTag(effective.get()));
        }
        for (var parameter : request.parameters().entrySet()) {
            note =
                    note.with(
                            ClientNote.ofParameter(
                                            parameter.getKey(), parameter.getValue().asText())
                                    .orElse(ClientNote.NONE));
        }
        return note.with(ClientNote.ofText(request.sqlText()));
    }

    private static void asked(
            Session session, StatementRun run, QueryRequest request, ClientNote note)
            throws RecordingFailed {
        if (session.isNews(note)) {
            session.recording()
                    .append(
                            new RecordingEvent.Prompt(
                                    run.number(),
                                    note.agent(),
                                    note.model(),
                                    note.toolCall(),
                                    note.reason(),
                                    note.prompt()));
        }
        session.recording()
                .append(
                        new RecordingEvent.Asked(
                                run.number(),
                                run.requestId(),
                                request.sqlText(),
                                request.bindings().orElse(null),
                                request.describeOnly(),
                                request.async()));
    }

    private Optional<SnowflakeError> bounds(QueryRequest request) {
        if (request.sqlText().length() > settings.longestText()) {
            return Optional.of(
                    SnowflakeError.limit(
                            "the statement has "
                                    + request.sqlText().length()
                                    + " characters, and "
                                    + settings.longestText()
                                    + " is the most that Snowflake takes. Load data with COPY, or"
                                    + " bind it."));
        }
        for (var parameter : request.parameters().entrySet()) {
            if (parameter.getKey().startsWith(ClientNote.PREFIX)
                    && parameter.getValue().asText().length() > ClientNote.LONGEST) {
                return Optional.of(
                        SnowflakeError.limit(
                                parameter.getKey() + " is longer than 64 KiB. Shorten it."));
            }
        }
        return request.bindStage()
                .map(
                        _ ->
                                SnowflakeError.blocked(
                                        "binds that were uploaded to a stage do not pass: the"
                                                + " gateway cannot see them. Set"
                                                + " CLIENT_STAGE_ARRAY_BINDING_THRESHOLD to 0."));
    }

    private static void decided(
            Session session, StatementRun run, Judgement judged, String policyVersion)
            throws RecordingFailed {
        int number = 0;
        for (var part : judged.parts()) {
            number++;
            session.recording().append(decided(run, number, part, policyVersion));
        }
    }

    private static RecordingEvent decided(
            StatementRun run, int number, Judgement.Part part, String policyVersion) {
        var effects = new TreeSet<String>();
        String kind;
        String why;
        switch (part.analysis()) {
            case Analysis.Understood understood -> {
                understood.effects().stream().map(Effect::name).forEach(effects::add);
                kind = understood.kind().name();
                why = null;
            }
            case Analysis.Opaque opaque -> {
                kind = "OPAQUE";
                why = opaque.why();
            }
        }
        String verdict;
        String message;
        switch (part.decision()) {
            case Decision.Allow _ -> {
                verdict = "allow";
                message = null;
            }
            case Decision.Deny deny -> {
                verdict = RecordingEvent.Decided.BLOCK;
                message = deny.message();
            }
            case Decision.Hold hold -> {
                verdict = "approve";
                message = hold.message().orElse(null);
            }
        }
        return new RecordingEvent.Decided(
                run.number(),
                number,
                part.statement().text(),
                kind,
                effects,
                why,
                verdict,
                part.decision().rule(),
                message,
                policyVersion,
                part.masked().names());
    }

    /// Drivers that learned that an asynchronous statement ended read its result by RESULT_SCAN.
    /// One that was refused has no other id than ours, which Snowflake never heard of.
    private static Optional<SnowflakeError> scanned(Session session, QueryRequest request) {
        var scan = RESULT_SCAN.matcher(request.sqlText());
        return scan.matches()
                ? session.runs()
                        .ofQuery(scan.group(1))
                        .filter(run -> run.queryId() == null)
                        .map(StatementRun::refusal)
                : Optional.empty();
    }

    private Optional<SnowflakeError> refusal(
            Session session, QueryRequest request, Judgement judged) {
        if (judged.parts().isEmpty()) {
            return Optional.of(SnowflakeError.emptyStatement());
        }
        return switch (judged.whole()) {
            case Decision.Deny deny ->
                    Optional.of(
                            switch (deny.why()) {
                                case BLOCKED -> SnowflakeError.blocked(deny.message());
                                case LIMIT -> SnowflakeError.limit(deny.message());
                            });
            // Nobody can be asked yet, so nobody has said yes.
            case Decision.Hold hold ->
                    Optional.of(
                            SnowflakeError.blocked(
                                    "Rule \"%s\" wants a person's approval, and this gateway takes none yet. Ask whoever keeps the policy."
                                            .formatted(hold.rule())));
            case Decision.Allow _ -> count(session, request, judged.parts().size());
        };
    }

    /// Snowflake's own guard against injected statements stays.
    private static Optional<SnowflakeError> count(
            Session session, QueryRequest request, int actual) {
        var desired =
                Optional.ofNullable(request.parameters().get("MULTI_STATEMENT_COUNT"))
                        .map(JsonNode::asText)
                        .or(() -> session.state().statementCount())
                        .orElse("1")
                        .strip();
        return desired.equals("0") || desired.equals(Integer.toString(actual))
                ? Optional.empty()
                : Optional.of(SnowflakeError.statementCount(actual, desired));
    }

    private static void refuse(
            Session session, StatementRun run, ClientReply client, SnowflakeError error)
            throws RecordingFailed {
        client.json(fail(session, run, error));
    }

    /// Records that the statement failed, and keeps what is answered for a repeat.
    private static byte[] fail(Session session, StatementRun run, SnowflakeError error)
            throws RecordingFailed {
        session.recording()
                .append(
                        new RecordingEvent.Failed(
                                run.number(),
                                run.queryId(),
                                error.code(),
                                error.sqlState(),
                                error.message(),
                                run.totalMicros(System.nanoTime())));
        session.recording().commit();
        var reply = SnowflakeReply.of(error, run.id());
        run.refusal(error);
        session.runs().keep(run, reply);
        return reply;
    }

    /// `ALTER SESSION SET SFGUARD_X = '…'`: Snowflake never hears of it.
    private void local(Session session, StatementRun run, Judgement judged, ClientReply client)
            throws IOException {
        if (judged.parts().getFirst().analysis() instanceof Analysis.Understood understood) {
            for (var parameter : Judge.parameters(understood)) {
                var value = parameter.value() == null ? "" : parameter.value();
                if (value.length() > ClientNote.LONGEST) {
                    refuse(
                            session,
                            run,
                            client,
                            SnowflakeError.limit(
                                    parameter.name() + " is longer than 64 KiB. Shorten it."));
                    return;
                }
                sessions.tell(session, parameter.name(), parameter.value());
            }
        }
        var record = new ResultRecord(session.recording(), run.number(), 1);
        record.end(run.id(), run.totalMicros(System.nanoTime()), 0);
        session.recording().commit();
        var reply = SnowflakeReply.executed(run.id(), ALTER_SESSION);
        session.runs().keep(run, reply);
        client.json(reply);
    }

    private void send(
            Session session,
            StatementRun run,
            QueryRequest request,
            Judgement judged,
            ClientReply client)
            throws IOException {
        if (foreign(session, request)) {
            refuse(
                    session,
                    run,
                    client,
                    SnowflakeError.queryNotFound(request.describedJobId().orElse("")));
            return;
        }
        var tag = tag(session, run, request, judged);
        var text = judged.text(request.sqlText());
        sent(session, run, text, tag);
        if (!request.describeOnly()) {
            judged.parts().forEach(part -> leaves(session, part));
        }
        run.state(new StatementRun.State.Sent(clock.instant(), tag.isPresent()));
        if (run.aftermath().moves()) {
            session.moves(run);
        }
        var body = request.upstream(text, parameters(request, tag));
        exchange(
                session,
                run,
                client,
                request.describeOnly(),
                upstream -> upstream.query(run.requestId(), body));
    }

    /// Asked, decided and sent become durable together, before a byte leaves for Snowflake.
    private static void sent(Session session, StatementRun run, String text, Optional<String> tag)
            throws RecordingFailed {
        try {
            session.recording()
                    .append(
                            new RecordingEvent.Sent(
                                    run.number(), text, run.requestId(), tag.orElse(null)));
            session.recording().commit();
        } catch (RecordingFailed failed) {
            // The journal may hold the lines and write them later: they must not be the last word.
            var error = SnowflakeError.notRecorded();
            session.recording()
                    .appendLater(
                            new RecordingEvent.Failed(
                                    run.number(),
                                    null,
                                    error.code(),
                                    error.sqlState(),
                                    error.message(),
                                    run.totalMicros(System.nanoTime())));
            throw failed;
        }
    }

    private static void leaves(Session session, Judgement.Part part) {
        session.state().sent(part.analysis(), part.statement().text());
        if (part.analysis() instanceof Analysis.Understood understood) {
            for (var signal : understood.signals()) {
                if (signal instanceof Signal.RoleChange(var role)) {
                    session.mayBecome(role);
                }
            }
        }
    }

    private static boolean foreign(Session session, QueryRequest request) {
        return request.describedJobId()
                .filter(id -> session.runs().ofQuery(id).isEmpty())
                .isPresent();
    }

    private static Optional<String> tag(
            Session session, StatementRun run, QueryRequest request, Judgement judged) {
        if (request.describeOnly() || judged.parts().stream().anyMatch(StatementFlow::showsTag)) {
            return Optional.empty();
        }
        var own =
                Optional.ofNullable(request.parameters().get("QUERY_TAG"))
                        .map(JsonNode::asText)
                        .or(() -> session.state().queryTag());
        return Optional.of(QueryTag.of(session.id(), run.number(), own.orElse(null)));
    }

    /// Whoever asks for the session's parameters wants to see his own tag.
    private static boolean showsTag(Judgement.Part part) {
        return part.analysis() instanceof Analysis.Understood understood
                && understood.kind() == StatementClass.SHOW
                && part.statement().text().toUpperCase(Locale.ROOT).contains("PARAMETERS");
    }

    private static Map<String, JsonNode> parameters(QueryRequest request, Optional<String> tag) {
        var allowed = new HashMap<String, JsonNode>();
        request.parameters()
                .forEach(
                        (name, value) -> {
                            if (ClientParameters.mayBeSet(name)) {
                                allowed.put(name, value);
                            }
                        });
        tag.ifPresent(text -> allowed.put("QUERY_TAG", TextNode.valueOf(text)));
        return allowed;
    }

    @FunctionalInterface
    private interface Call {
        UpstreamReply on(UpstreamSession upstream) throws UpstreamFault;
    }

    private void fetch(Session session, StatementRun run, ClientReply client, String queryId)
            throws IOException {
        // Before the result leaves: what cannot be recorded any more is not given out.
        session.recording().append(new RecordingEvent.Fetched(run.number(), "result", 0));
        exchange(session, run, client, false, upstream -> upstream.result(queryId));
    }

    private void exchange(
            Session session, StatementRun run, ClientReply client, boolean describe, Call call)
            throws IOException {
        long asked = System.nanoTime();
        // Whichever way the result is asked for: no way to it goes around the detectors.
        filters.revive(session, run);
        quotas.revive(session, run);
        var delivery = new Delivery(session, run, client, sessions.store(), clock);
        try (var reply = call(session, describe, call)) {
            run.waited(System.nanoTime() - asked);
            switch (delivery.deliver(reply, describe)) {
                case DELIVERED -> {}
                case WRONG_ROLE -> sessions.end(session, "Snowflake answered under another role");
                case BROKEN -> broken(session, run, client, delivery);
            }
        } catch (UpstreamFault.SessionGone gone) {
            sessions.end(session, gone.what());
            client.json(
                    SnowflakeReply.of(
                            SnowflakeError.sessionGone(gone.what() + ". Connect again."),
                            run.id()));
        } catch (UpstreamFault fault) {
            failed(session, run, client, describe, fault);
        } finally {
            if (run.aftermath().defines()) {
                catalog(session).changed();
            }
        }
    }

    /// Calls, and once more on a new session when Snowflake has ended the old one: such an answer
    /// says that nothing was run.
    private UpstreamReply call(Session session, boolean describe, Call call) throws IOException {
        var upstream = session.upstream();
        try {
            return call.on(upstream);
        } catch (UpstreamFault.SessionGone gone) {
            return call.on(sessions.replace(session, upstream, gone));
        } catch (UpstreamFault.Unknown lost) {
            if (!describe) {
                throw lost;
            }
            // It executes nothing, so it may be asked twice.
            return call.on(upstream);
        }
    }

    private void failed(
            Session session,
            StatementRun run,
            ClientReply client,
            boolean describe,
            UpstreamFault fault)
            throws IOException {
        if (!(run.state() instanceof StatementRun.State.Sent sent)) {
            // The statement goes on at Snowflake; the client asks again, and at once.
            wait(settings.hold().dividedBy(20));
            client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
            return;
        }
        switch (fault) {
            case UpstreamFault.NotSent notSent ->
                    refuse(
                            session,
                            run,
                            client,
                            SnowflakeError.unreachable(
                                    notSent.what()
                                            + ". The statement did not run; run it again when"
                                            + " Snowflake is reachable."));
            case UpstreamFault.Refused refused ->
                    refuse(session, run, client, SnowflakeError.unreachable(refused.what()));
            case UpstreamFault.Unknown lost -> {
                if (describe) {
                    refuse(session, run, client, notDescribed(lost.what()));
                } else {
                    lost(session, run, client, sent, lost.what());
                }
            }
            case UpstreamFault.SessionGone gone ->
                    refuse(session, run, client, SnowflakeError.sessionGone(gone.what()));
        }
    }

    private static SnowflakeError notDescribed(String why) {
        return SnowflakeError.unreachable(
                why + ". A description executes nothing: ask for it again.");
    }

    /// An answer of Snowflake's broke off before it was whole.
    private void broken(Session session, StatementRun run, ClientReply client, Delivery delivery)
            throws IOException {
        var cause = delivery.broken();
        var why =
                "the connection to Snowflake broke within the answer (" + cause.getMessage() + ")";
        if (!(run.state() instanceof StatementRun.State.Sent sent)) {
            brokenAgain(session, run, client, delivery, why);
        } else if (!delivery.passed()) {
            lost(session, run, client, sent, why);
        } else {
            // The client gets no more on this connection; a repeat of its request finds the rest.
            var outcome = lookUp(session, run, sent);
            if (outcome instanceof Lookup.Outcome.Found found) {
                found(session, run, found);
            } else {
                fail(session, run, unknown(why, outcome));
            }
            client.cut(cause);
        }
    }

    /// The result can be fetched again by the query's id, but not without end.
    private void brokenAgain(
            Session session, StatementRun run, ClientReply client, Delivery delivery, String why)
            throws IOException {
        boolean hopeless = run.brokeOff() >= MOST_BROKEN;
        if (hopeless) {
            fail(
                    session,
                    run,
                    SnowflakeError.outcomeUnknown(
                            why
                                    + ", and so did the others before it. The statement ran as "
                                    + run.id()
                                    + ": sfguard does not send it again."));
        }
        if (delivery.passed()) {
            client.cut(delivery.broken());
        } else if (run.state() instanceof StatementRun.State.Ready(var reply)) {
            client.json(reply);
        } else {
            client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
        }
    }

    /// The answer to a statement that was sent is lost: Snowflake is asked what became of it.
    private void lost(
            Session session,
            StatementRun run,
            ClientReply client,
            StatementRun.State.Sent sent,
            String why)
            throws IOException {
        var outcome = lookUp(session, run, sent);
        if (!(outcome instanceof Lookup.Outcome.Found found)) {
            refuse(session, run, client, unknown(why, outcome));
            return;
        }
        found(session, run, found);
        if (run.isAsync()) {
            client.json(SnowflakeReply.inProgress(run.id(), true));
        } else {
            exchange(session, run, client, false, upstream -> result(upstream, found));
        }
    }

    private Lookup.Outcome lookUp(Session session, StatementRun run, StatementRun.State.Sent sent)
            throws RecordingFailed {
        var outcome = lookup.find(session, run, sent);
        session.recording()
                .append(
                        switch (outcome) {
                            case Lookup.Outcome.Found(var id, var status) ->
                                    new RecordingEvent.LookedUp(
                                            run.number(), status.word(), id, null);
                            case Lookup.Outcome.NotFound _ ->
                                    new RecordingEvent.LookedUp(
                                            run.number(), "not found", null, NOT_FOUND);
                            case Lookup.Outcome.NotAsked(var reason) ->
                                    new RecordingEvent.LookedUp(
                                            run.number(), "not asked", null, reason);
                        });
        session.recording().commit();
        return outcome;
    }

    private void found(Session session, StatementRun run, Lookup.Outcome.Found found)
            throws IOException {
        session.runs().named(run, found.queryId());
        sessions.store()
                .remember(
                        session.id(),
                        List.of(
                                new StoredQuery(
                                        found.queryId(),
                                        run.requestId(),
                                        run.number(),
                                        run.part())));
        run.state(
                found.status() == Lookup.Status.RUNNING
                        ? new StatementRun.State.Running(found.queryId())
                        : new StatementRun.State.Elsewhere(found.queryId()));
    }

    /// The result of a statement that the history knows. When it succeeded, whatever keeps its
    /// result from us must not read as its failure: the client would run it again.
    private static UpstreamReply result(UpstreamSession upstream, Lookup.Outcome.Found found)
            throws UpstreamFault {
        var reply = upstream.result(found.queryId());
        var failure = reply.failure();
        if (failure == null || found.status() != Lookup.Status.SUCCEEDED) {
            return reply;
        }
        reply.close();
        return UpstreamReply.of(
                SnowflakeReply.of(
                        SnowflakeError.outcomeUnknown(
                                "the answer to the statement was lost. It ran and succeeded as "
                                        + found.queryId()
                                        + ", but its result cannot be fetched any more ("
                                        + failure
                                        + "). sfguard does not send it again."),
                        found.queryId()));
    }

    private static SnowflakeError unknown(String why, Lookup.Outcome outcome) {
        var looked =
                switch (outcome) {
                    case Lookup.Outcome.Found(var id, var status) -> status.word() + " as " + id;
                    case Lookup.Outcome.NotFound _ -> NOT_FOUND;
                    case Lookup.Outcome.NotAsked(var reason) ->
                            "it could not be looked up in Snowflake's query history: " + reason;
                };
        return SnowflakeError.outcomeUnknown(
                "the answer to the statement was lost: "
                        + why
                        + "; "
                        + looked
                        + ". The statement may have run; sfguard does not send it again. Check its"
                        + " effect in Snowflake, then decide.");
    }

    private static SnowflakeError notKept(IOException fault) {
        return SnowflakeError.outcomeUnknown(
                "the gateway cannot go on with the statement ("
                        + fault.getMessage()
                        + "). It may have run; sfguard does not send it again. Ask the gateway's"
                        + " operator to look at its disk.");
    }

    private static void wait(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
