package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/// Ends what a session runs at Snowflake before it is done.
final class Aborts {

    private static final System.Logger LOG = System.getLogger(Aborts.class.getName());

    /// A statement that is aborted ends at Snowflake within a second or so.
    private static final Duration ABORTING = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private Aborts() {}

    /// Cancels a statement at Snowflake, by the request id that it was sent with.
    ///
    /// @return false when Snowflake knows of nothing to cancel
    static boolean one(Session session, StatementRun run, String by) throws RecordingFailed {
        if (!run.isUnderWay()) {
            return false;
        }
        run.cancelled();
        session.recording().append(new RecordingEvent.Cancelled(run.number(), by));
        session.recording().commit();
        return abortUpstream(session, run);
    }

    private static boolean abortUpstream(Session session, StatementRun run) {
        try {
            var upstream = session.upstream();
            boolean done = upstream.abort(run.requestId(), run.text()).path("success").asBoolean();
            var queryId = run.queryId();
            // A session that took another's place does not know its requests.
            return done
                    || (queryId != null
                            && upstream.abortQuery(queryId).path("success").asBoolean());
        } catch (UpstreamFault _) {
            return false;
        }
    }

    /// Aborts until nothing is on its way: a statement that was being decided when the session was
    /// closed may still be sent.
    static int all(Session session, String by, Predicate<StatementRun> which) {
        int aborted = 0;
        long end = System.nanoTime() + ABORTING.toNanos();
        var open = session.runs().open(which);
        while (!open.isEmpty() && System.nanoTime() < end) {
            for (var run : open) {
                if (run.isUnderWay() && !run.isCancelled()) {
                    run.cancelled();
                    written(session, new RecordingEvent.Cancelled(run.number(), by));
                    abortUpstream(session, run);
                    aborted++;
                } else if (waits(run) && run.withdrawnBy() == null && run.stop(by)) {
                    aborted++;
                }
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            open = session.runs().open(which);
        }
        return aborted;
    }

    /// Whether it is about to be sent.
    private static boolean waits(StatementRun run) {
        return run.state() instanceof StatementRun.State.Fresh || (run.isHeld() && run.isClaimed());
    }

    /// What a person ends is ended, also while it cannot be recorded.
    static void written(Session session, RecordingEvent event) {
        try {
            session.recording().append(event);
            session.recording().commit();
        } catch (RecordingFailed full) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "session " + session.id() + " is killed and that cannot be recorded",
                    full);
        }
    }
}
