package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.RowAllowance;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes one result into the recording while it is delivered: each row once, however often it is
/// fetched.
///
/// The hash is over the rows' JSON, joined by commas, in the order of delivery; empty when the
/// gateway was restarted meanwhile.
final class ResultRecord {

    private static final byte[] NO_JSON = {};

    private final Recording recording;
    private final long statement;
    private final int part;
    private final MessageDigest digest = Tokens.sha256();
    private final List<RecordingEvent.Column> columns = new ArrayList<>();

    private RowFilter filter = RowFilter.NONE;
    private RecordingEvent.@Nullable Cut cut;

    /// The first rows wait for the query's id, which a reply tells after them.
    private byte @Nullable [] firstRows;

    private int firstCount;
    private boolean columnsWritten;
    private boolean ended;

    /// Nothing more can be recorded, so nothing more may pass.
    private boolean closed;

    private boolean resumed;
    private long rows;
    private long bytes;

    ResultRecord(Recording recording, long statement, int part) {
        this.recording = recording;
        this.statement = statement;
        this.part = part;
    }

    /// Goes on with a result that was interrupted. Its rows before that are not seen again, so it
    /// ends without a hash.
    ResultRecord(Recording recording, long statement, int part, Interrupted before) {
        this(recording, statement, part);
        columnsWritten = before.hasColumns();
        rows = before.rows();
        bytes = before.bytes();
        resumed = rows > 0;
        recording.resumeRows(statement, part, rows, before.recordedBytes());
    }

    /// Of a result that is whole in the recording; fetched again, it is not recorded again.
    static ResultRecord ended(Recording recording, long statement, int part) {
        var record = new ResultRecord(recording, statement, part);
        record.columnsWritten = true;
        record.ended = true;
        return record;
    }

    /// More was delivered before the interruption than stands in the recording.
    synchronized void delivered(long count) {
        rows = Math.max(rows, count);
    }

    /// Of the delivery that goes on now.
    synchronized void filteredBy(RowFilter own) {
        filter = own;
    }

    /// Where the result ends, if not after its last row.
    synchronized void cut(Optional<RowAllowance.Cut> at) {
        cut = at.map(it -> new RecordingEvent.Cut(it.rows(), it.limit())).orElse(null);
    }

    /// @param found with the masks that stand before them
    synchronized void columns(List<RecordingEvent.Column> found) {
        columns.clear();
        columns.addAll(found);
    }

    /// Rows of a result that is whole in the recording already are not recorded again.
    ///
    /// @param first the number of the first of the rows in the result, from 0
    /// @param json holds them; read before this returns
    /// @throws RecordingFailed also when the statement failed, or its session ended
    synchronized void rows(long first, int count, byte[] json, int offset, int length)
            throws RecordingFailed {
        if (closed) {
            throw new RecordingFailed("the recording has another end of the result already");
        }
        if (ended) {
            return;
        }
        if (rows == 0 && firstRows == null && first == 0 && !columnsWritten) {
            firstRows = Arrays.copyOfRange(json, offset, offset + length);
            firstCount = count;
        } else {
            flush("");
            write(first, count, json, offset, length);
        }
        // What could not be written is tried again, and counted then.
        if (rows > 0) {
            digest.update((byte) ',');
        }
        digest.update(json, offset, length);
        bytes += length;
        rows += count;
    }

    private void write(long first, int count, byte[] json, int offset, int length)
            throws RecordingFailed {
        var head = new RecordingEvent.Rows(statement, part, first, count, NO_JSON);
        recording.appendRows(head, json, offset, length);
    }

    /// Writes what waited for the query's id.
    synchronized void flush(String queryId) throws RecordingFailed {
        if (ended) {
            return;
        }
        if (!columnsWritten && !columns.isEmpty()) {
            recording.append(new RecordingEvent.Columns(statement, part, queryId, columns));
            columnsWritten = true;
        }
        if (firstRows != null) {
            var json = firstRows;
            write(0, firstCount, json, 0, json.length);
            firstRows = null;
        }
    }

    /// The result is whole, or nobody will fetch the rest.
    synchronized void end(String queryId, long totalMicros, long upstreamMicros)
            throws RecordingFailed {
        if (ended) {
            return;
        }
        flush(queryId);
        recording.append(
                new RecordingEvent.Ended(
                        statement,
                        part,
                        queryId,
                        rows,
                        // The recording knows what it kept.
                        rows,
                        bytes,
                        resumed ? "" : hash(),
                        MaskedCells.of(columns, rows, filter),
                        totalMicros,
                        upstreamMicros,
                        cut));
        // Only now: what cannot be written today is owed until it is.
        ended = true;
    }

    /// Of what was delivered so far; may be asked again.
    private String hash() {
        try {
            return HexFormat.of().formatHex(((MessageDigest) digest.clone()).digest());
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("every JDK's SHA-256 can be cloned", e);
        }
    }

    /// The statement's outcome stands in the recording in another way.
    synchronized void failed() {
        ended = true;
        closed = true;
    }

    /// The session ends: what is still on its way is cut.
    synchronized void close(String queryId, long totalMicros, long upstreamMicros)
            throws RecordingFailed {
        closed = true;
        end(queryId, totalMicros, upstreamMicros);
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    synchronized long delivered() {
        return rows;
    }
}
