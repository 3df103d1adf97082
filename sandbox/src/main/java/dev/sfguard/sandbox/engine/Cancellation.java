package dev.sfguard.sandbox.engine;

import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends a statement from another thread, whatever it is at: in DuckDB, or waiting.
public final class Cancellation {
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private @Nullable Statement running;

    /// Ends what runs and everything that would run next; once is for ever.
    public synchronized void cancel() {
        cancelled.countDown();
        try {
            if (running != null) {
                running.cancel();
            }
        } catch (SQLException e) {
            // It ended between our look and our call: there is nothing left to cancel.
            running = null;
        }
    }

    public boolean isCancelled() {
        return cancelled.getCount() == 0;
    }

    /// Announces the statement that is about to run.
    synchronized void running(Statement statement) throws SnowflakeError {
        check();
        running = statement;
    }

    synchronized void finished() {
        running = null;
    }

    void check() throws SnowflakeError {
        if (isCancelled()) {
            throw SnowflakeError.cancelled();
        }
    }

    /// Waits that long, or ends with Snowflake's "canceled".
    void sleep(Duration time) throws SnowflakeError {
        try {
            if (cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
                throw SnowflakeError.cancelled();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SnowflakeError.cancelled();
        }
    }
}
