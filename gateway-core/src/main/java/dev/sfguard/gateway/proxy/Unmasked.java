package dev.sfguard.gateway.proxy;

import java.io.IOException;

/// A result's column shows what a mask should stand before. Nobody sees the result, and somebody is
/// told.
final class Unmasked extends IOException {
    private static final long serialVersionUID = 1L;

    private final transient Expectation.Alarm alarm;

    Unmasked(Expectation.Alarm alarm) {
        super(alarm.message());
        this.alarm = alarm;
    }

    /// Tells the recording and the gateway's log.
    void raise(Session session, StatementRun run) throws IOException {
        System.getLogger(Unmasked.class.getName())
                .log(
                        System.Logger.Level.ERROR,
                        "session %s, statement %d: %s; the result is withheld"
                                .formatted(session.id(), run.number(), getMessage()));
        session.recording().append(alarm.event(run.number(), run.part()));
    }

    /// What the client is told.
    String withheld() {
        return getMessage()
                + ", so the result is withheld and the session ended. Tell the gateway's operator.";
    }
}
