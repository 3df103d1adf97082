package dev.sfguard.sandbox;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Misfortunes on order, for tests of what a client or gateway does then.
public final class Faults {
    private final AtomicBoolean cutNextResult = new AtomicBoolean();
    private final AtomicBoolean cutNextChunk = new AtomicBoolean();
    private final AtomicBoolean dropNextQuery = new AtomicBoolean();
    private final AtomicBoolean cutNextQuery = new AtomicBoolean();
    private final AtomicInteger unavailable = new AtomicInteger();
    private final Runnable expireSessions;
    private final Runnable expireMasters;

    Faults(Runnable expireSessions, Runnable expireMasters) {
        this.expireSessions = expireSessions;
        this.expireMasters = expireMasters;
    }

    /// Ends the connection in the middle of the next answer with a result.
    public void cutNextResult() {
        cutNextResult.set(true);
    }

    /// Ends the connection in the middle of the next chunk.
    public void cutNextChunk() {
        cutNextChunk.set(true);
    }

    /// Runs the next query-request, then closes its connection without an answer.
    public void dropNextQuery() {
        dropNextQuery.set(true);
    }

    /// Takes the next query-request and closes its connection at once; the statement runs on.
    public void cutNextQuery() {
        cutNextQuery.set(true);
    }

    /// Answers the next query-requests with HTTP 503, and runs nothing.
    public void answer503(int times) {
        unavailable.set(times);
    }

    /// Makes every session token of now expired; master tokens still renew them.
    public void expireSessionTokens() {
        expireSessions.run();
    }

    /// Makes every token of now expired: only a new login helps.
    public void expireMasterTokens() {
        expireMasters.run();
    }

    public boolean takeCutResult() {
        return cutNextResult.getAndSet(false);
    }

    public boolean takeCutChunk() {
        return cutNextChunk.getAndSet(false);
    }

    public boolean takeDropQuery() {
        return dropNextQuery.getAndSet(false);
    }

    public boolean takeCutQuery() {
        return cutNextQuery.getAndSet(false);
    }

    public boolean takeUnavailable() {
        return unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}
