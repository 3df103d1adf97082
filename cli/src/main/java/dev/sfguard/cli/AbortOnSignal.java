package dev.sfguard.cli;

import dev.sfguard.cli.query.SnowflakeSession;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// While open, Ctrl-C and SIGTERM abort the running statement upstream before the process ends. The
/// exit status, 130 or 143, is the JVM's own.
final class AbortOnSignal implements AutoCloseable {
    /// How long the process waits for the aborted statement's last words.
    private static final long SECONDS = 3;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread hook;

    AbortOnSignal(SnowflakeSession session) {
        hook = new Thread(() -> abort(session), "abort");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void abort(SnowflakeSession session) {
        session.abort();
        try {
            if (!over.await(SECONDS, TimeUnit.SECONDS)) {
                System.err.println("sfguard: The statement did not confirm its end in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        over.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The signal came. All is said; the status must be the JVM's own, not ours.
            waitForTheEnd();
        }
    }

    private static void waitForTheEnd() {
        try {
            Thread.currentThread().join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
