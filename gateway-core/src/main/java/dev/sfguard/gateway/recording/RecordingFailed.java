package dev.sfguard.gateway.recording;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The recording could not be made durable, so nothing may go ahead that depends on it. It says
/// nothing about later attempts: the journal goes on trying and recovers by itself.
public final class RecordingFailed extends IOException {
    private static final long serialVersionUID = 1;

    public RecordingFailed(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    public RecordingFailed(String message) {
        this(message, null);
    }
}
