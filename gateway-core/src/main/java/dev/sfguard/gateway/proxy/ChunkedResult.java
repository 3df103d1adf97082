package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.ResultBody;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A large result whose parts the client fetches from the gateway: who may, from where they come,
/// and which of them have been delivered.
final class ChunkedResult {

    /// While an earlier part is on its way, a later one waits this many turns for it.
    private static final int PATIENCE = 10;

    private static final class Part {
        private final ReentrantLock fetching = new ReentrantLock();
        private final long first;
        private int waiting;
        private long seen;
        private boolean done;

        Part(long first) {
            this.first = first;
        }
    }

    private final String id;
    private final String ticketHash;
    private final StatementRun run;
    private final ResultRecord record;
    private final RowFilter filter;
    private final ResultBody.Chunks body;
    private final Instant expires;
    private final Part[] parts;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    ChunkedResult(
            String id,
            String ticketHash,
            StatementRun run,
            ResultRecord record,
            RowFilter filter,
            ResultBody.Chunks body,
            Instant expires) {
        this.id = id;
        this.ticketHash = ticketHash;
        this.run = run;
        this.record = record;
        this.filter = filter;
        this.body = body;
        this.expires = expires;
        this.parts = new Part[body.parts().size()];
        long first = body.inlineRows();
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Part(first);
            first += body.parts().get(i).rows();
        }
    }

    /// A hash of how many rows stand in the reply and in each part: the same result has the same.
    static String shape(ResultBody.Chunks body) {
        var text = new StringBuilder().append(body.inlineRows());
        body.parts().forEach(part -> text.append(',').append(part.rows()));
        return Tokens.hash(text.toString());
    }

    /// Takes over what a former process of the gateway had recorded and delivered.
    void resume(Interrupted before) {
        for (int i = 0; i < parts.length; i++) {
            long rows = body.parts().get(i).rows();
            parts[i].seen = before.recordedFrom(parts[i].first, rows);
            parts[i].done = before.delivered(i) || parts[i].seen >= rows;
        }
    }

    /// How many rows a former process had delivered, of those that stand in the reply and those of
    /// the parts.
    long delivered() {
        long rows = body.inlineRows();
        for (int i = 0; i < parts.length; i++) {
            rows += parts[i].done ? body.parts().get(i).rows() : parts[i].seen;
        }
        return rows;
    }

    String id() {
        return id;
    }

    StatementRun run() {
        return run;
    }

    ResultRecord record() {
        return record;
    }

    /// Knows the columns.
    RowFilter filter() {
        return filter;
    }

    ResultBody.Chunks body() {
        return body;
    }

    Instant expires() {
        return expires;
    }

    boolean has(int part) {
        return part >= 0 && part < parts.length;
    }

    boolean admits(String ticket) {
        return MessageDigest.isEqual(
                ticketHash.getBytes(StandardCharsets.US_ASCII),
                Tokens.hash(ticket).getBytes(StandardCharsets.US_ASCII));
    }

    /// Takes the part for this request, and waits for the parts before it, so that rows are
    /// recorded in the result's order. A client that asks for a part alone gets it after a while.
    void begin(int part, Duration turn) throws InterruptedException {
        lock.lock();
        try {
            parts[part].waiting++;
        } finally {
            lock.unlock();
        }
        parts[part].fetching.lockInterruptibly();
        lock.lock();
        try {
            long alone = turn.toNanos();
            long busy = turn.toNanos() * PATIENCE;
            while (!earlierDone(part) && alone > 0 && busy > 0) {
                long before = System.nanoTime();
                boolean coming = earlierComing(part);
                var _ = changed.await(Math.min(alone, busy), TimeUnit.NANOSECONDS);
                long waited = System.nanoTime() - before;
                busy -= waited;
                alone = coming ? turn.toNanos() : alone - waited;
            }
        } finally {
            lock.unlock();
        }
    }

    /// @throws IOException when nobody was to fetch it any more
    void fetching(int part) throws IOException {
        run.quota().fetching(parts[part].first, body.parts().get(part).rows());
    }

    void end(int part) {
        parts[part].fetching.unlock();
        lock.lock();
        try {
            parts[part].waiting--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Records rows of a part, unless an earlier fetch of it got as far.
    ///
    /// @param position of the rows within the part
    void rows(int part, long position, int count, byte[] json, int offset, int length)
            throws RecordingFailed {
        var state = parts[part];
        if (position + count > state.seen) {
            record.rows(state.first + position, count, json, offset, length);
            state.seen = position + count;
        }
    }

    /// @return whether every part has been delivered now
    boolean delivered(int part) {
        lock.lock();
        try {
            parts[part].done = true;
            changed.signalAll();
            return earlierDone(parts.length);
        } finally {
            lock.unlock();
        }
    }

    /// All of it has been fetched, or nothing yet: made anew it would go on in the same way.
    boolean isIdle() {
        lock.lock();
        try {
            boolean untouched =
                    Arrays.stream(parts).allMatch(it -> it.waiting == 0 && it.seen == 0);
            return untouched || Arrays.stream(parts).allMatch(it -> it.waiting == 0 && it.done);
        } finally {
            lock.unlock();
        }
    }

    private boolean earlierDone(int part) {
        for (int i = 0; i < part; i++) {
            if (!parts[i].done) {
                return false;
            }
        }
        return true;
    }

    private boolean earlierComing(int part) {
        for (int i = 0; i < part; i++) {
            if (!parts[i].done && parts[i].waiting > 0) {
                return true;
            }
        }
        return false;
    }
}
