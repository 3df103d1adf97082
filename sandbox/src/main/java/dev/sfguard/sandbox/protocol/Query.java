package dev.sfguard.sandbox.protocol;

import dev.sfguard.sandbox.engine.Cancellation;
import dev.sfguard.sandbox.engine.Request;
import dev.sfguard.sandbox.engine.Result;
import dev.sfguard.sandbox.engine.Session;
import dev.sfguard.sandbox.engine.SnowflakeError;
import dev.sfguard.sandbox.engine.Statements;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A query-request that runs or ran. Outlives the HTTP request that asked for it.
final class Query {
    /// How it ended.
    sealed interface Outcome {
        record Done(Result result) implements Outcome {}

        record Failed(SnowflakeError error) implements Outcome {}
    }

    private final String id;
    private final Session session;
    private final String text;
    private final Instant started;
    private final Cancellation cancellation = new Cancellation();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable Outcome outcome;
    private volatile @Nullable Thread thread;
    private volatile Instant endedAt;

    Query(String id, Session session, String text, Instant started) {
        this.id = id;
        this.session = session;
        this.text = text;
        this.started = started;
        endedAt = started;
    }

    /// Runs it on a thread of its own. A platform thread: DuckDB's calls are native and would hold
    /// the few carriers of virtual threads, and with them the whole server.
    void start(Request request, java.util.function.Consumer<Query> whenDone) {
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("query-" + id)
                        .start(
                                () -> {
                                    end(run(request));
                                    whenDone.accept(this);
                                    ended.countDown();
                                });
    }

    private Outcome run(Request request) {
        try {
            return new Outcome.Done(new Statements(session, cancellation).run(request));
        } catch (SnowflakeError e) {
            return new Outcome.Failed(e);
        } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
            // A fault of the sandbox itself: the client gets an answer all the same.
            return new Outcome.Failed(
                    SnowflakeError.of("000603", "XX000", "SQL execution internal error:\n" + e));
        }
    }

    /// A query that is over before it began: a statement of several.
    void ended(Result result) {
        end(new Outcome.Done(result));
        ended.countDown();
    }

    private void end(Outcome how) {
        outcome = how;
        endedAt = Instant.now();
    }

    String id() {
        return id;
    }

    Session session() {
        return session;
    }

    String text() {
        return text;
    }

    Instant started() {
        return started;
    }

    Instant endedAt() {
        return endedAt;
    }

    /// How it is about to end; null while it runs.
    @Nullable Outcome ending() {
        return outcome;
    }

    /// How it ended; empty while it runs.
    Optional<Outcome> outcome() {
        return ended.getCount() == 0 ? Optional.ofNullable(outcome) : Optional.empty();
    }

    /// Waits for the end, that long at most.
    Optional<Outcome> await(Duration atMost) throws InterruptedException {
        boolean _ = ended.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        return outcome();
    }

    /// Asks it to end; false when it already had.
    boolean cancel() {
        if (outcome().isPresent()) {
            return false;
        }
        cancellation.cancel();
        Thread runs = thread;
        if (runs != null) {
            runs.interrupt();
        }
        return true;
    }
}
