package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;

/// Recordings on a disk that a test fills and frees.
public final class FailingRecordings {
    private final FailingDisk disk = new FailingDisk();

    public Recordings open(Path folder, RecordingSettings settings, Clock clock)
            throws IOException {
        return Recordings.open(folder, settings, clock, disk);
    }

    /// Watches the journal.
    ///
    /// @param look runs before each write of the journal
    public void beforeWrite(Runnable look) {
        disk.beforeWrite = look;
    }

    public void fill() {
        disk.fault.set(FailingDisk.Fault.FULL);
    }

    public void free() {
        disk.fault.set(FailingDisk.Fault.NONE);
    }
}
