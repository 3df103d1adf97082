package dev.sfguard.gateway.recording;

import java.util.HashMap;
import java.util.Map;

/// How much of each running statement's result is recorded: all, up to a limit; past it nothing
/// more of that result, so that what is there has no gaps.
final class RowsLimit {
    private record Result(long statement, int part) {}

    private static final class Recorded {
        private long rows;
        private long bytes;
        private boolean full;
    }

    /// Batches of ordinary rows are no larger.
    private static final long LARGEST_BATCH = 128 << 10;

    private final long limit;
    private final Map<Result, Recorded> results = new HashMap<>();

    RowsLimit(long limit) {
        this.limit = limit;
    }

    /// @param bytes of the rows' JSON, with the brackets around it
    boolean admits(long statement, int part, int count, int bytes) {
        if (!hasRoom(statement, part, bytes)) {
            return false;
        }
        var recorded = of(statement, part);
        recorded.bytes += bytes;
        recorded.rows += count;
        return true;
    }

    /// Goes on with a result that was interrupted. When its next batch might not have been admitted
    /// then, none is now: what is there must have no gaps.
    void resume(long statement, int part, long rows, long bytes) {
        var recorded = new Recorded();
        recorded.rows = rows;
        recorded.bytes = bytes;
        recorded.full = bytes > 0 && bytes + LARGEST_BATCH > limit;
        results.put(new Result(statement, part), recorded);
    }

    /// Whether the next rows of the result are recorded, when they have so many bytes. Once they
    /// are not, no later ones are.
    boolean hasRoom(long statement, int part, int bytes) {
        var recorded = of(statement, part);
        recorded.full |= recorded.bytes + bytes > limit;
        return !recorded.full;
    }

    private Recorded of(long statement, int part) {
        return results.computeIfAbsent(new Result(statement, part), _ -> new Recorded());
    }

    long end(long statement, int part) {
        var recorded = results.remove(new Result(statement, part));
        return recorded == null ? 0 : recorded.rows;
    }

    void end(long statement) {
        results.keySet().removeIf(result -> result.statement == statement);
    }
}
