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

    /// Records that the statement failed, and keeps what is answered for a repeat.
    static byte[] fail(Session session, StatementRun run, SnowflakeError why)
            throws RecordingFailed {
        var error = SessionKilled.error(session).orElse(why);
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
}
