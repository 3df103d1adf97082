package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.bench.Latencies.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/// One-row queries against one target, from several sessions at once. No text comes twice: nobody
/// gains by remembering the last one.
final class Load implements AutoCloseable {
    private static final AtomicLong QUERY = new AtomicLong();

    private final List<BenchClient> sessions = new ArrayList<>();

    private Load() {}

    static Load open(Target target, int sessions) throws IOException {
        var load = new Load();
        for (int i = 0; i < sessions; i++) {
            load.sessions.add(BenchClient.open(target));
        }
        return load;
    }

    /// Each session sends its next query when the last one is answered.
    Latencies closedLoop(Duration length) throws IOException {
        long end = System.nanoTime() + length.toNanos();
        return run(
                (session, _) -> {
                    var samples = new Samples();
                    for (long now = System.nanoTime(); now < end; ) {
                        session.query(nextSql());
                        long done = System.nanoTime();
                        samples.add(done - now);
                        now = done;
                    }
                    return samples;
                });
    }

    /// All sessions together offer so many queries a second, evenly spread, however slow the
    /// answers are. A query that had to wait for its session counts from when it was due; one that
    /// our own timer woke late counts from when it was sent.
    Latencies openLoop(Duration length, int queriesPerSecond) throws IOException {
        long start = System.nanoTime() + 50_000_000;
        long step = 1_000_000_000L * sessions.size() / queriesPerSecond;
        return run(
                (session, index) -> {
                    var samples = new Samples();
                    long due = start + step * index / sessions.size();
                    for (; due < start + length.toNanos(); due += step) {
                        boolean idle = System.nanoTime() < due;
                        while (System.nanoTime() < due) {
                            LockSupport.parkNanos(due - System.nanoTime());
                        }
                        long from = idle ? System.nanoTime() : due;
                        session.query(nextSql());
                        samples.add(System.nanoTime() - from);
                    }
                    return samples;
                });
    }

    private interface Work {
        Samples run(BenchClient session, int index) throws IOException;
    }

    private Latencies run(Work work) throws IOException {
        var tasks = new ArrayList<Callable<Samples>>();
        for (int i = 0; i < sessions.size(); i++) {
            int index = i;
            tasks.add(() -> work.run(sessions.get(index), index));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var samples = new ArrayList<Samples>();
            for (var done : threads.invokeAll(tasks)) {
                samples.add(done.get());
            }
            return Latencies.of(samples);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private static String nextSql() {
        return "select id, email from customers where id = " + QUERY.incrementAndGet();
    }

    @Override
    public void close() throws IOException {
        for (var session : sessions) {
            session.close();
        }
    }
}
