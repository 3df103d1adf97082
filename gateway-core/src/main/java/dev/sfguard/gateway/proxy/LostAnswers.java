package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.store.StoredQuery;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/// What becomes of statements whose answers did not arrive whole: Snowflake is asked, and nothing
/// is sent twice.
final class LostAnswers {

    /// Answers of one statement that may break off before the client is told.
    private static final int MOST_BROKEN = 3;

    private static final String NOT_FOUND =
            "Snowflake's query history does not show a statement with its tag";

    private final Sessions sessions;
    private final Lookup lookup;

    LostAnswers(Sessions sessions, Lookup lookup) {
        this.sessions = sessions;
        this.lookup = lookup;
    }

    /// Asks Snowflake what became of a statement that was sent and whose answer is lost.
    ///
    /// @return empty when nobody knows: the client is told so then
    Optional<Lookup.Outcome.Found> find(
            Session session,
            StatementRun run,
            ClientReply client,
            StatementRun.State.Sent sent,
            String why)
            throws IOException {
        var outcome = lookUp(session, run, sent);
        if (!(outcome instanceof Lookup.Outcome.Found found)) {
            Failure.refuse(session, run, client, unknown(why, outcome));
            return Optional.empty();
        }
        found(session, run, found);
        return Optional.of(found);
    }

    /// The client got the beginning of an answer that broke off, and gets no more on this
    /// connection; a repeat of its request finds the rest.
    void cut(
            Session session,
            StatementRun run,
            ClientReply client,
            StatementRun.State.Sent sent,
            IOException cause,
            String why)
            throws IOException {
        var outcome = lookUp(session, run, sent);
        if (outcome instanceof Lookup.Outcome.Found found) {
            found(session, run, found);
        } else {
            Failure.fail(session, run, unknown(why, outcome));
        }
        client.cut(cause);
    }

    /// The result can be fetched again by the query's id, but not without end.
    static void again(
            Session session, StatementRun run, ClientReply client, Delivery delivery, String why)
            throws IOException {
        boolean hopeless = run.brokeOff() >= MOST_BROKEN;
        if (hopeless) {
            Failure.fail(
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
    static UpstreamReply result(UpstreamSession upstream, Lookup.Outcome.Found found)
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
}
