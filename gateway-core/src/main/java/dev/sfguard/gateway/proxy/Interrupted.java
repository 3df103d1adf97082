package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A result that was on its way when the gateway's process ended: how far the recording has it.
final class Interrupted {

    private static final String PART = "part ";

    /// Where each run of recorded rows begins and how long it is.
    private final TreeMap<Long, Long> recorded = new TreeMap<>();

    private final Set<Integer> delivered = new HashSet<>();
    private boolean hasColumns;
    private long rows;
    private long bytes;
    private long fetchedBytes;

    void columns() {
        hasColumns = true;
    }

    void rows(RecordingEvent.Rows batch) {
        rows += batch.count();
        // Without the brackets around them.
        bytes += batch.json().length - 2;
        Map.Entry<Long, Long> before = recorded.floorEntry(batch.first());
        if (before != null && before.getKey() + before.getValue() == batch.first()) {
            recorded.put(before.getKey(), before.getValue() + batch.count());
        } else {
            recorded.put(batch.first(), (long) batch.count());
        }
    }

    void fetched(RecordingEvent.Fetched fetched) {
        if (fetched.what().startsWith(PART)) {
            delivered.add(
                    Integer.parseInt(fetched.what(), PART.length(), fetched.what().length(), 10)
                            - 1);
            fetchedBytes += fetched.bytes();
        }
    }

    boolean hasColumns() {
        return hasColumns;
    }

    long rows() {
        return rows;
    }

    /// Of the rows as they were delivered; past the recording's limit as far as polls tell.
    long bytes() {
        return Math.max(bytes, fetchedBytes);
    }

    long recordedBytes() {
        return bytes;
    }

    boolean delivered(int part) {
        return delivered.contains(part);
    }

    /// How many rows without a gap are recorded from here on, and no more than asked for.
    long recordedFrom(long first, long most) {
        var run = recorded.floorEntry(first);
        return run == null ? 0 : Math.clamp(run.getKey() + run.getValue() - first, 0, most);
    }
}
