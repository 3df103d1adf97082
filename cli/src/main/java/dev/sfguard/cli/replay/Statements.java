package dev.sfguard.cli.replay;

import dev.sfguard.gateway.recording.RecordingEvent;

/// Which statement an event belongs to.
final class Statements {
    private Statements() {}

    /// @return 0 for an event of the session itself
    static long of(RecordingEvent event) {
        return switch (event) {
            case RecordingEvent.Prompt it -> it.statement();
            case RecordingEvent.Asked it -> it.statement();
            case RecordingEvent.Described it -> it.statement();
            case RecordingEvent.Decided it -> it.statement();
            case RecordingEvent.Held it -> it.statement();
            case RecordingEvent.Approved it -> it.statement();
            case RecordingEvent.Denied it -> it.statement();
            case RecordingEvent.Expired it -> it.statement();
            case RecordingEvent.Withdrawn it -> it.statement();
            case RecordingEvent.Sent it -> it.statement();
            case RecordingEvent.Columns it -> it.statement();
            case RecordingEvent.Rows it -> it.statement();
            case RecordingEvent.Fetched it -> it.statement();
            case RecordingEvent.LookedUp it -> it.statement();
            case RecordingEvent.Ended it -> it.statement();
            case RecordingEvent.Alarm it -> it.statement();
            case RecordingEvent.Failed it -> it.statement();
            case RecordingEvent.Cancelled it -> it.statement();
            case RecordingEvent.Context it -> it.statement();
            case RecordingEvent.Opened _,
                    RecordingEvent.Refused _,
                    RecordingEvent.Resumed _,
                    RecordingEvent.Remembered _,
                    RecordingEvent.Killed _,
                    RecordingEvent.Closed _,
                    RecordingEvent.Unknown _ ->
                    0;
        };
    }
}
