package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import java.io.IOException;
import java.time.Clock;

/// Sends statements to Snowflake and brings their answers to the client, once each.
final class Dispatch {

    private static final String MOVING =
            "the session's schema or role is being changed, or other statements of the session are"
                    + " on their way that were decided for the present ones. Run it again when"
                    + " they have ended.";

    private final Sessions sessions;
    private final Catalogs catalogs;
    private final Filters filters;
    private final Quotas quotas;
    private final LostAnswers lostAnswers;
    private final ProxySettings settings;
    private final Clock clock;

    Dispatch(
            Sessions sessions,
            Catalogs catalogs,
            Filters filters,
            Quotas quotas,
            ProxySettings settings,
            Clock clock) {
        this.sessions = sessions;
        this.catalogs = catalogs;
        this.filters = filters;
        this.quotas = quotas;
        this.lostAnswers =
                new LostAnswers(sessions, new Lookup(sessions, settings.upstream(), clock));
        this.settings = settings;
        this.clock = clock;
    }

    void send(
            Session session,
            StatementRun run,
            QueryRequest request,
            Judgement judged,
            ClientReply client)
            throws IOException {
        if (isForeign(session, request)) {
            Failure.refuse(
                    session,
                    run,
                    client,
                    SnowflakeError.queryNotFound(request.describedJobId().orElse("")));
            return;
        }
        try {
            if (goes(session, run)) {
                sendNow(session, run, request, judged, client);
            } else {
                Failure.refuse(session, run, client, SnowflakeError.blocked(MOVING));
            }
        } finally {
            session.footing().leave(run);
        }
    }

    private boolean goes(Session session, StatementRun run) {
        try {
            return session.footing().go(run, settings.hold());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void sendNow(
            Session session,
            StatementRun run,
            QueryRequest request,
            Judgement judged,
            ClientReply client)
            throws IOException {
        SessionKilled.check(session);
        if (session.isClosed() || !run.leaves()) {
            takenBack(session, run, client);
            return;
        }
        var tag = Outgoing.tag(session, run, request, judged);
        var text = GatewayIds.in(session, judged.text(request.sqlText()));
        var body =
                request.upstream(
                        text,
                        Outgoing.parameters(request, tag, judged.parts().size()),
                        id -> GatewayIds.of(session, id));
        Outgoing.sent(session, run, text, tag);
        if (!request.describeOnly()) {
            judged.parts().forEach(part -> leaves(session, part));
        }
        run.state(new StatementRun.State.Sent(clock.instant(), tag.isPresent()));
        exchange(
                session,
                run,
                client,
                request.describeOnly(),
                upstream -> upstream.query(run.requestId(), body));
    }

    /// While it waited for its turn its client, its session's end or whoever said yes took it back.
    private static void takenBack(Session session, StatementRun run, ClientReply client)
            throws IOException {
        var approval = run.approval();
        var by = run.withdrawnBy();
        if (by != null && approval != null) {
            session.recording().append(new RecordingEvent.Withdrawn(run.number(), approval, by));
        }
        if (by == null) {
            Failure.refuse(
                    session,
                    run,
                    client,
                    SnowflakeError.sessionGone("the session has ended. Connect again."));
        } else if (by.equals("client")) {
            Failure.refuse(session, run, client, SnowflakeError.canceled());
        } else {
            Failure.refuse(session, run, client, HeldErrors.stopped(by));
        }
    }

    private static void leaves(Session session, Judgement.Part part) {
        session.state().sent(part.analysis(), part.statement().text());
        Roles.taken(part.analysis()).forEach(session::mayBecome);
    }

    /// Whether the request names a statement that is none of the session's.
    static boolean isForeign(Session session, QueryRequest request) {
        return request.describedJobId()
                .filter(id -> session.runs().ofQuery(id).isEmpty())
                .isPresent();
    }

    @FunctionalInterface
    private interface Call {
        UpstreamReply on(UpstreamSession upstream) throws UpstreamFault;
    }

    /// Asks for the result of a statement that Snowflake knows by this id.
    void fetch(Session session, StatementRun run, ClientReply client, String queryId)
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
                // RESULT_SCAN would show it.
                case WITHHELD -> sessions.end(session, "a result had to be withheld");
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
                catalogs.of(session).changed();
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
            Pause.beforeAnswer(settings.pause());
            client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
            return;
        }
        switch (fault) {
            case UpstreamFault.NotSent notSent ->
                    Failure.refuse(
                            session,
                            run,
                            client,
                            SnowflakeError.unreachable(
                                    notSent.what()
                                            + ". The statement did not run; run it again when"
                                            + " Snowflake is reachable."));
            case UpstreamFault.Refused refused ->
                    Failure.refuse(
                            session, run, client, SnowflakeError.unreachable(refused.what()));
            case UpstreamFault.Unknown lost -> {
                if (describe) {
                    Failure.refuse(session, run, client, notDescribed(lost.what()));
                } else {
                    lost(session, run, client, sent, lost.what());
                }
            }
            case UpstreamFault.SessionGone gone ->
                    Failure.refuse(session, run, client, SnowflakeError.sessionGone(gone.what()));
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
            LostAnswers.again(session, run, client, delivery, why);
        } else if (!delivery.passed()) {
            lost(session, run, client, sent, why);
        } else {
            lostAnswers.cut(session, run, client, sent, cause, why);
        }
    }

    /// The answer to a statement that was sent is lost: what the history knows is answered.
    void lost(
            Session session,
            StatementRun run,
            ClientReply client,
            StatementRun.State.Sent sent,
            String why)
            throws IOException {
        var found = lostAnswers.find(session, run, client, sent, why);
        if (found.isEmpty()) {
            return;
        }
        if (run.isAsync()) {
            client.json(SnowflakeReply.inProgress(run.id(), true));
        } else {
            exchange(
                    session,
                    run,
                    client,
                    false,
                    upstream -> LostAnswers.result(upstream, found.get()));
        }
    }

    /// The same, with nobody there for the answer.
    void lookUp(Session session, StatementRun run, StatementRun.State.Sent sent, String why)
            throws IOException {
        lostAnswers.find(session, run, new NoClient(), sent, why);
    }
}
