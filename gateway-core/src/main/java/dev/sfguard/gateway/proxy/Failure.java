package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;

/// Ends a statement with an error of the gateway's own: recorded, and kept for a repeat of the
/// request.
final class Failure {

    private Failure() {}

    static void refuse(Session session, StatementRun run, ClientReply client, SnowflakeError error)
            throws RecordingFailed {
        client.json(fail(session, run, error));
    }

    /// Records the failure as soon as the disk takes lines again: the statement must not be without
    /// an outcome.
    static void owe(Session session, StatementRun run, SnowflakeError error) {
        session.recording().appendLater(event(run, error));
    }

    /// Records that the statement failed, and keeps what is answered for a repeat.
    static byte[] fail(Session session, StatementRun run, SnowflakeError why)
            throws RecordingFailed {
        var error = SessionKilled.error(session).orElse(why);
        if (why.code().equals(SnowflakeError.OUTCOME_UNKNOWN)) {
            session.state().doubt();
        }
        session.recording().append(event(run, error));
        session.recording().commit();
        var reply = SnowflakeReply.of(error, run.id());
        run.refusal(error);
        session.runs().keep(run, reply);
        return reply;
    }

    static RecordingEvent.Failed event(StatementRun run, SnowflakeError error) {
        return new RecordingEvent.Failed(
                run.number(),
                run.queryId(),
                error.code(),
                error.sqlState(),
                error.message(),
                run.totalMicros(System.nanoTime()));
    }
}
