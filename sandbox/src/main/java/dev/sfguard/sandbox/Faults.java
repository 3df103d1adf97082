package dev.sfguard.sandbox;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/// Misfortunes on order, for tests of what a client or gateway does then. Those of a statement are
/// ordered by its text: a gateway asks things of its own in between.
public final class Faults {
    private final AtomicBoolean cutNextChunk = new AtomicBoolean();
    private final AtomicReference<String> cutResult = new AtomicReference<>("");
    private final AtomicReference<String> dropQuery = new AtomicReference<>("");
    private final AtomicReference<String> cutQuery = new AtomicReference<>("");
    private final AtomicInteger unavailable = new AtomicInteger();
    private final Runnable expireSessions;
    private final Runnable expireMasters;

    Faults(Runnable expireSessions, Runnable expireMasters) {
        this.expireSessions = expireSessions;
        this.expireMasters = expireMasters;
    }

    /// Ends the connection in the middle of the next answer to this statement.
    public void cutResult(String sql) {
        cutResult.set(sql);
    }

    /// Ends the connection in the middle of the next chunk.
    public void cutNextChunk() {
        cutNextChunk.set(true);
    }

    /// Runs this statement when it comes next, then closes its connection without an answer.
    public void dropQuery(String sql) {
        dropQuery.set(sql);
    }

    /// Takes this statement when it comes next and closes its connection at once; it runs on.
    public void cutQuery(String sql) {
        cutQuery.set(sql);
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

    public boolean takeCutResult(String sql) {
        return taken(cutResult, sql);
    }

    public boolean takeCutChunk() {
        return cutNextChunk.getAndSet(false);
    }

    public boolean takeDropQuery(String sql) {
        return taken(dropQuery, sql);
    }

    public boolean takeCutQuery(String sql) {
        return taken(cutQuery, sql);
    }

    private static boolean taken(AtomicReference<String> ordered, String sql) {
        var text = ordered.get();
        return text.equals(sql) && ordered.compareAndSet(text, "");
    }

    public boolean takeUnavailable() {
        return unavailable.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
    }
}
