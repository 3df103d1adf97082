package dev.sfguard.gateway.recording;

import java.time.Instant;

/// Counts along with a recording what its summary says.
final class SessionTally {
    private SessionSummary summary;

    private SessionTally(SessionSummary summary) {
        this.summary = summary;
    }

    static SessionTally of(SessionSummary summary) {
        return new SessionTally(summary);
    }

    static SessionTally begin(RecordingEvent.Opened opened, Instant at) {
        return new SessionTally(
                new SessionSummary(
                        opened.session(),
                        SessionSummary.State.LIVE,
                        opened.group(),
                        opened.user(),
                        opened.subject(),
                        opened.issuer(),
                        opened.kind(),
                        opened.application(),
                        opened.driver(),
                        opened.driverVersion(),
                        opened.connection(),
                        opened.role(),
                        at,
                        at,
                        0,
                        0,
                        0,
                        0,
                        0));
    }

    SessionSummary summary() {
        return summary;
    }

    void skip(Instant at) {
        count(at, 0, 0, 0, 0);
    }

    void count(RecordingEvent event, Instant at) {
        switch (event) {
            case RecordingEvent.Asked asked -> count(at, asked.describeOnly() ? 0 : 1, 0, 0, 0);
            case RecordingEvent.Decided decided ->
                    count(
                            at,
                            0,
                            decided.verdict().equals(RecordingEvent.Decided.BLOCK) ? 1 : 0,
                            0,
                            0);
            case RecordingEvent.Alarm _ -> count(at, 0, 1, 0, 0);
            case RecordingEvent.Ended ended -> count(at, 0, 0, ended.rows(), ended.bytes());
            case RecordingEvent.Closed _ -> {
                skip(at);
                summary = summary.withState(SessionSummary.State.CLOSED);
            }
            case RecordingEvent.Opened _,
                    RecordingEvent.Prompt _,
                    RecordingEvent.Described _,
                    RecordingEvent.Held _,
                    RecordingEvent.Approved _,
                    RecordingEvent.Denied _,
                    RecordingEvent.Expired _,
                    RecordingEvent.Withdrawn _,
                    RecordingEvent.Sent _,
                    RecordingEvent.Columns _,
                    RecordingEvent.Rows _,
                    RecordingEvent.Fetched _,
                    RecordingEvent.LookedUp _,
                    RecordingEvent.Failed _,
                    RecordingEvent.Cancelled _,
                    RecordingEvent.Context _,
                    RecordingEvent.Refused _,
                    RecordingEvent.Resumed _,
                    RecordingEvent.Remembered _,
                    RecordingEvent.Killed _,
                    RecordingEvent.Unknown _ ->
                    skip(at);
        }
    }

    private void count(Instant at, long statements, long blocked, long rows, long bytes) {
        var before = summary;
        summary =
                new SessionSummary(
                        before.id(),
                        before.state(),
                        before.group(),
                        before.user(),
                        before.subject(),
                        before.issuer(),
                        before.kind(),
                        before.application(),
                        before.driver(),
                        before.driverVersion(),
                        before.connection(),
                        before.role(),
                        before.started(),
                        at,
                        before.events() + 1,
                        before.statements() + statements,
                        before.blocked() + blocked,
                        before.rows() + rows,
                        before.bytes() + bytes);
    }
}
