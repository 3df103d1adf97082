package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingFailed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Rows that wait here, and not in the recording, until it is sure that they are delivered.
final class HeldRows {

    /// Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    private record Batch(long first, int count, byte[] rows) {}

    private final List<Batch> batches = new ArrayList<>();
    private final int most;
    private long bytes;

    /// @param most bytes; when more have come all go into the recording, for now they may leave
    HeldRows(int most) {
        this.most = most;
    }

    /// @return whether rows wait here no longer
    boolean add(ResultRecord record, long first, int count, byte[] rows, int offset, int length)
            throws RecordingFailed {
        batches.add(new Batch(first, count, Arrays.copyOfRange(rows, offset, offset + length)));
        bytes += length;
        if (bytes > most) {
            release(record);
            return true;
        }
        return false;
    }

    void release(ResultRecord record) throws RecordingFailed {
        for (var batch : batches) {
            record.rows(batch.first(), batch.count(), batch.rows(), 0, batch.rows().length);
        }
        batches.clear();
        bytes = most;
    }
}
