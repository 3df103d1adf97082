package dev.sfguard.gateway.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/// The only one that writes. Whatever waits while a transaction is being made durable goes into
/// the next one together, so that a hundred logins cost a few fsyncs and not a hundred.
final class Writer implements AutoCloseable {

    /// One change; its result goes to whoever asked, after the commit.
    @FunctionalInterface
    interface Change<T> {
        T apply(Connection connection) throws SQLException;
    }

    private record Asked<T>(@Nullable Change<T> change, CompletableFuture<T> done) {

        /// Returns what completes the asker once the transaction is durable.
        Runnable apply(Connection connection) throws SQLException {
            if (change == null) {
                return () -> {};
            }
            var result = change.apply(connection);
            return () -> done.complete(result);
        }
    }

    private static final int LARGEST_BATCH = 1000;

    private final LinkedBlockingQueue<Asked<?>> queue = new LinkedBlockingQueue<>(10_000);
    private final Connection connection;
    private final Thread thread;
    private volatile boolean closed;

    Writer(Connection connection) {
        this.connection = connection;
        // A platform thread: SQLite blocks in native code.
        this.thread = Thread.ofPlatform().name("store-writer").daemon().start(this::run);
    }

    /// Returns when the change is durable.
    <T> T write(String what, Change<T> change) throws StoreFailed {
        var asked = new Asked<T>(change, new CompletableFuture<>());
        try {
            if (closed) {
                throw new StoreFailed(what + ": the store is closed", new IllegalStateException());
            }
            queue.put(asked);
            return asked.done().get();
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw new StoreFailed(what + ": " + cause.getMessage(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreFailed(what + ": interrupted", e);
        }
    }

    private void run() {
        var batch = new ArrayList<Asked<?>>();
        try {
            while (true) {
                batch.add(queue.take());
                queue.drainTo(batch, LARGEST_BATCH);
                transaction(batch);
                if (closed && queue.isEmpty()) {
                    return;
                }
                batch.clear();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void transaction(List<Asked<?>> batch) {
        try {
            var completions = new ArrayList<Runnable>(batch.size());
            lock();
            for (var asked : batch) {
                completions.add(asked.apply(connection));
            }
            connection.commit();
            completions.forEach(Runnable::run);
        } catch (SQLException e) {
            rollBack();
            // One bad change must not fail the others that happened to be beside it.
            if (batch.size() > 1) {
                batch.forEach(asked -> transaction(List.of(asked)));
            } else {
                batch.getFirst().done().completeExceptionally(e);
            }
        }
    }

    /// Takes the write lock before anything is read: who has read already is turned away at once
    /// while something else writes, and does not wait.
    private void lock() throws SQLException {
        try (var nothing = connection.createStatement()) {
            nothing.executeUpdate("DELETE FROM used_token WHERE 0");
        }
    }

    private void rollBack() {
        try {
            connection.rollback();
        } catch (SQLException _) {
            // The connection is broken: the next commit fails and says so to whoever asked.
        }
    }

    @Override
    public void close() {
        closed = true;
        var end = new Asked<Boolean>(null, new CompletableFuture<>());
        try {
            queue.put(end);
            thread.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
