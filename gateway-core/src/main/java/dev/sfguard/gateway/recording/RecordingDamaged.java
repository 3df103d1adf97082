package dev.sfguard.gateway.recording;

import java.io.IOException;

/// A recording is not what was written: a line was changed, moved, left out or cut off. The message
/// names the first bad line.
public final class RecordingDamaged extends IOException {
    private static final long serialVersionUID = 1;

    public RecordingDamaged(String message) {
        super(message);
    }
}
