package dev.sfguard.gateway.recording;

import java.time.Duration;

/// Sizes in bytes, all of them limits.
///
/// @param statementLimit rows of one statement that are recorded; past it only counts and the hash
/// @param partBytes a part is sealed when it is this large, before compression
/// @param partAge … or when its oldest event is this old, so that a pool's sessions get sealed too
/// @param segmentBytes of one journal file
/// @param journalBytes of all journal files; past it the sessions in the oldest are sealed early
/// @param queueBytes waiting for the disk, over all sessions; past it writers wait
public record RecordingSettings(
        long statementLimit,
        long partBytes,
        Duration partAge,
        long segmentBytes,
        long journalBytes,
        long queueBytes) {
    private static final long MEBI = 1 << 20;

    public RecordingSettings {
        requirePositive("statementLimit", statementLimit);
        requirePositive("partBytes", partBytes);
        requirePositive("partAge", partAge.toMillis());
        requirePositive("segmentBytes", segmentBytes);
        requirePositive("journalBytes", journalBytes);
        requirePositive("queueBytes", queueBytes);
    }

    public static RecordingSettings defaults() {
        return new RecordingSettings(
                64 * MEBI, 64 * MEBI, Duration.ofHours(1), 64 * MEBI, 1024 * MEBI, 32 * MEBI);
    }

    public RecordingSettings withStatementLimit(long bytes) {
        return new RecordingSettings(
                bytes, partBytes, partAge, segmentBytes, journalBytes, queueBytes);
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be more than 0, but is " + value);
        }
    }
}
