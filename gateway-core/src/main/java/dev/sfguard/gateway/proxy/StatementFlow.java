package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.store.StoreFailed;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// One statement, from the driver's request to its reply: asked, decided, recorded, sent,
/// answered.
final class StatementFlow implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(StatementFlow.class.getName());

    /// Snowflake's statementTypeId of ALTER SESSION.
    private static final long ALTER_SESSION = 0x4100;

    private final Sessions sessions;
    private final ProxySettings settings;
    private final Intake intake;
    private final Decider decider;
    private final Dispatch dispatch;
    private final Holding holding;
    private final Unattended unattended;

    StatementFlow(
            Supplier<Policy> policy,
            Sessions sessions,
            Approvals approvals,
            Catalogs catalogs,
            Filters filters,
            Quotas quotas,
            ProxySettings settings,
            Clock clock) {
        this.sessions = sessions;
        this.settings = settings;
        this.intake = new Intake(settings);
        this.decider = new Decider(policy, catalogs, filters, quotas, clock);
        this.dispatch = new Dispatch(sessions, catalogs, filters, quotas, settings, clock);
        this.holding = new Holding(approvals, sessions, decider, dispatch, settings, clock);
        this.unattended = new Unattended(this, sessions, approvals, settings, clock);
    }

    /// Goes on with what a former process of the gateway left waiting.
    void resume() {
        unattended.resume();
    }

    /// Runs the statement, or joins it when it is known.
    ///
    /// @param raw the request, byte for byte
    void ask(
            Session session,
            Identity who,
            Optional<String> requestId,
            QueryRequest request,
            byte[] raw,
            ClientReply client) {
        var name = requestId.orElseGet(() -> UUID.randomUUID().toString());
        var run = session.runs().join(name, () -> fresh(session, name, request));
        answer(session, who, run, client, () -> start(session, who, run, request, raw, client));
        if (run.isHeld() && run.isAsync()) {
            unattended.drive(session, who, run);
        }
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
    void fetch(Session session, Identity who, StatementRun run, ClientReply client) {
        answer(
                session,
                who,
                run,
                client,
                () -> client.json(SnowflakeReply.inProgress(run.id(), run.isAsync())));
    }

    /// Asks Snowflake what became of a statement that was sent before a restart; its client gets
    /// the result when it comes back.
    void lookUp(Session session, StatementRun run) throws IOException {
        run.driving.lock();
        try {
            if (run.state() instanceof StatementRun.State.Sent sent) {
                dispatch.lookUp(session, run, sent, "the gateway was restarted");
            }
            holding.settle(session, run);
        } finally {
            run.driving.unlock();
        }
    }

    @Override
    public void close() {
        unattended.close();
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /// One request at a time speaks with Snowflake for a statement. The others wait, and are told
    /// to ask again when that takes long.
    private void answer(
            Session session, Identity who, StatementRun run, ClientReply client, Step ifFresh) {
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
                case StatementRun.State.Held(var call) ->
                        holding.goOn(session, who, run, call, client);
                case StatementRun.State.Ready(var reply) -> again(session, run, client, reply);
                case StatementRun.State.Running(var queryId) ->
                        dispatch.fetch(session, run, client, queryId);
                case StatementRun.State.Elsewhere(var queryId) ->
                        dispatch.fetch(session, run, client, queryId);
                case StatementRun.State.Sent sent ->
                        dispatch.lost(session, run, client, sent, "the gateway was restarted");
            }
        } catch (RecordingFailed _) {
            // What is owed to a statement that did not leave, its own step has said.
            if (isHere(run)) {
                client.json(SnowflakeReply.of(SnowflakeError.notRecorded(), run.id()));
            } else {
                broken(session, run, client, SnowflakeError.resultNotRecorded());
            }
        } catch (SessionKilled killed) {
            client.json(SnowflakeReply.of(killed.error(), run.id()));
        } catch (IOException fault) {
            broken(session, run, client, error(run, String.valueOf(fault.getMessage())));
        } catch (RuntimeException fault) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "session %s, statement %d failed".formatted(session.id(), run.number()),
                    fault);
            broken(session, run, client, error(run, "an error of its own; its log has more"));
        } finally {
            holding.settle(session, run);
            run.touch(System.nanoTime());
            run.driving.unlock();
        }
    }

    /// Nothing of it has left.
    private static boolean isHere(StatementRun run) {
        return run.state() instanceof StatementRun.State.Fresh || run.isHeld();
    }

    /// No statement is without an outcome in the recording. One that is held has none yet.
    private static void broken(
            Session session, StatementRun run, ClientReply client, SnowflakeError error) {
        if (!run.isHeld()) {
            Failure.owe(session, run, error);
        }
        client.json(SnowflakeReply.of(error, run.id()));
    }

    private static SnowflakeError error(StatementRun run, String why) {
        return isHere(run)
                ? SnowflakeError.unreachable(
                        "the gateway could not send the statement (%s). It did not run. Try again, or ask the gateway's operator."
                                .formatted(why))
                : notKept(why);
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
            byte[] raw,
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
        try {
            decide(session, new Holding.Asked(identity, request, raw, note), run, client);
        } finally {
            session.footing().leave(run);
        }
    }

    private void decide(Session session, Holding.Asked asked, StatementRun run, ClientReply client)
            throws IOException {
        var request = asked.request();
        Decider.Decided decided;
        try {
            decided = decider.decide(session, asked.who(), run, request);
        } catch (StoreFailed failed) {
            Failure.refuse(session, run, client, SnowflakeError.notCounted());
            return;
        }
        var judged = decided.judgement();
        Ruling.record(session, run, judged, decided.version());
        var refusal = Ruling.refusal(session, request, judged).or(() -> scanned(session, request));
        if (refusal.isPresent()) {
            Failure.refuse(session, run, client, refusal.get());
        } else if (judged.local()) {
            local(session, run, judged, client);
        } else if (judged.whole() instanceof Decision.Hold hold && !request.describeOnly()) {
            holding.hold(session, run, asked, decided, hold, client);
        } else {
            dispatch.send(session, run, request, judged, client);
        }
    }

    /// Drivers that learned that an asynchronous statement ended read its result by RESULT_SCAN.
    /// One that was refused has no other id than ours, which Snowflake never heard of.
    private static Optional<SnowflakeError> scanned(Session session, QueryRequest request) {
        return ResultScan.of(session, request.sqlText())
                .filter(run -> run.queryId() == null)
                .map(StatementRun::refusal);
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

    private static SnowflakeError notKept(String why) {
        return SnowflakeError.outcomeUnknown(
                "the gateway cannot go on with the statement ("
                        + why
                        + "). It may have run; sfguard does not send it again. Ask the gateway's"
                        + " operator to look at its disk.");
    }
}
