package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Catalog;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// One statement, from the driver's request to its reply: asked, decided, recorded, sent,
/// answered.
final class StatementFlow {

    /// Snowflake's statementTypeId of ALTER SESSION.
    private static final long ALTER_SESSION = 0x4100;

    /// As JDBC and Python write it.
    private static final Pattern RESULT_SCAN =
            Pattern.compile(
                    "\\s*select \\* from table\\(result_scan\\('([0-9a-f-]{36})'\\)\\)\\s*;?\\s*",
                    Pattern.CASE_INSENSITIVE);

    private final Judge judge = new Judge();
    private final Supplier<Policy> policy;
    private final Sessions sessions;
    private final Catalogs catalogs;
    private final Filters filters;
    private final ProxySettings settings;
    private final Clock clock;
    private final Intake intake;
    private final Dispatch dispatch;

    StatementFlow(
            Supplier<Policy> policy,
            Sessions sessions,
            Catalogs catalogs,
            Filters filters,
            ProxySettings settings,
            Clock clock) {
        this.policy = policy;
        this.sessions = sessions;
        this.catalogs = catalogs;
        this.filters = filters;
        this.settings = settings;
        this.clock = clock;
        this.intake = new Intake(settings);
        this.dispatch = new Dispatch(sessions, catalogs, filters, settings, clock);
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
                        dispatch.fetch(session, run, client, queryId);
                case StatementRun.State.Elsewhere(var queryId) ->
                        dispatch.fetch(session, run, client, queryId);
                case StatementRun.State.Sent sent ->
                        dispatch.lost(session, run, client, sent, "the gateway was restarted");
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
        var note = Intake.note(session, request);
        var identity = note.namesAgent() ? who.asAgent() : who;
        Intake.asked(session, run, request, note);
        var tooLarge = intake.bounds(request);
        if (tooLarge.isPresent()) {
            Failure.refuse(session, run, client, tooLarge.get());
            return;
        }
        var current = policy.get();
        var around = session.surroundings();
        var judged =
                judge.judge(
                        current,
                        identity,
                        around,
                        catalogs.of(session),
                        request.sqlText(),
                        clock.instant());
        var aftermath =
                Aftermath.of(
                        judged,
                        around.scope(),
                        request.describeOnly(),
                        catalog -> new Protection(current, identity, catalog));
        run.aftermath(
                earlier(session, request)
                        .map(
                                scanned ->
                                        aftermath.showing(
                                                scanned.aftermath(),
                                                new Protection(current, identity, Catalog.EMPTY)))
                        .orElse(aftermath));
        run.filters(filters.of(judged));
        Ruling.record(session, run, judged, current.version());
        var refusal = Ruling.refusal(session, request, judged).or(() -> scanned(session, request));
        if (refusal.isPresent()) {
            Failure.refuse(session, run, client, refusal.get());
        } else if (judged.local()) {
            local(session, run, judged, client);
        } else {
            dispatch.send(session, run, request, judged, client);
        }
    }

    /// Drivers that learned that an asynchronous statement ended read its result by RESULT_SCAN.
    /// One that was refused has no other id than ours, which Snowflake never heard of.
    private static Optional<SnowflakeError> scanned(Session session, QueryRequest request) {
        return earlier(session, request)
                .filter(run -> run.queryId() == null)
                .map(StatementRun::refusal);
    }

    /// The statement whose result a driver reads by RESULT_SCAN.
    private static Optional<StatementRun> earlier(Session session, QueryRequest request) {
        var scan = RESULT_SCAN.matcher(request.sqlText());
        return scan.matches() ? session.runs().ofQuery(scan.group(1)) : Optional.empty();
    }

    /// `ALTER SESSION SET SFGUARD_X = '…'`: Snowflake never hears of it.
    private void local(Session session, StatementRun run, Judgement judged, ClientReply client)
            throws IOException {
        if (judged.parts().getFirst().analysis() instanceof Analysis.Understood understood) {
            for (var parameter : Judge.parameters(understood)) {
                var value = parameter.value() == null ? "" : parameter.value();
                if (value.length() > ClientNote.LONGEST) {
                    Failure.refuse(
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

    private static SnowflakeError notKept(IOException fault) {
        return SnowflakeError.outcomeUnknown(
                "the gateway cannot go on with the statement ("
                        + fault.getMessage()
                        + "). It may have run; sfguard does not send it again. Ask the gateway's"
                        + " operator to look at its disk.");
    }
}
