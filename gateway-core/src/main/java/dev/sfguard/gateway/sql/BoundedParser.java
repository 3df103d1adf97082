package dev.sfguard.gateway.sql;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.sf.jsqlparser.parser.AbstractJSqlParser.Dialect;
import net.sf.jsqlparser.parser.CCJSqlParser;
import net.sf.jsqlparser.parser.CCJSqlParserUtil;
import net.sf.jsqlparser.parser.Node;
import org.jspecify.annotations.Nullable;

/// JSqlParser on a few threads of its own, with a limit to the time it may take. Its own timeout
/// does not stop the thread; here a worker that does not end is counted and replaced, and when
/// too many hang, parsing is refused until they end.
final class BoundedParser implements AutoCloseable {
    /// Deep nesting needs deep stacks: a level costs JSqlParser some twenty frames.
    private static final long STACK_BYTES = 8L << 20;

    /// A worker this late behind its job's end counts as stuck.
    private static final Duration GRACE = Duration.ofSeconds(1);

    /// What the very first parse may take on top.
    private static final Duration LOADING = Duration.ofMillis(400);

    /// With more stuck workers than these nothing is parsed: each holds a core.
    private static final int MOST_STUCK = 2;

    /// What came of one parse.
    sealed interface Outcome {
        /// @param written what the parser has read, written out
        record Parsed(Node tree, String written) implements Outcome {}

        record Failed() implements Outcome {}

        /// Not in time, or no thread was free.
        record GaveUp(String why) implements Outcome {}
    }

    private final int threads;
    private final BlockingQueue<Job> queue;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Worker> stuck = new ArrayList<>();
    private final Job first = new Job("SELECT a FROM t WHERE b = 1", Long.MAX_VALUE);
    private volatile boolean closed;

    /// Loads the parser's classes on its own threads meanwhile.
    BoundedParser(int threads) {
        this.threads = threads;
        this.queue = new ArrayBlockingQueue<>(2 * threads);
        queue.add(first);
        ready();
    }

    /// Never throws, and answers within the time.
    Outcome parse(String canonical, Duration time) {
        if (!ready()) {
            return new Outcome.GaveUp("the parser is busy; try again");
        }
        var job = new Job(canonical, 0);
        try {
            first.done.await(LOADING.toNanos(), TimeUnit.NANOSECONDS);
            job.deadline = System.nanoTime() + time.toNanos();
            // Waiting for a place in the queue is part of the time.
            boolean queued = queue.offer(job, time.toNanos(), TimeUnit.NANOSECONDS);
            long left = job.deadline - System.nanoTime();
            if (!queued || !job.done.await(left, TimeUnit.NANOSECONDS)) {
                job.abandon();
                return new Outcome.GaveUp("it takes too long to parse");
            }
        } catch (InterruptedException e) {
            job.abandon();
            Thread.currentThread().interrupt();
            return new Outcome.GaveUp("interrupted");
        }
        return job.outcome;
    }

    /// Sees to it that there are workers, and that not too many hang.
    private synchronized boolean ready() {
        if (closed) {
            return false;
        }
        stuck.removeIf(worker -> !worker.isAlive());
        for (Iterator<Worker> each = workers.iterator(); each.hasNext(); ) {
            var worker = each.next();
            if (worker.hangs()) {
                worker.retire();
                stuck.add(worker);
                each.remove();
            }
        }
        if (stuck.size() > MOST_STUCK) {
            return false;
        }
        workers.removeIf(worker -> !worker.isAlive());
        while (workers.size() < threads) {
            var worker = new Worker();
            workers.add(worker);
            worker.start();
        }
        return true;
    }

    @Override
    public synchronized void close() {
        closed = true;
        workers.forEach(Worker::retire);
        workers.clear();
    }

    private static final class Job {
        final String sql;
        volatile long deadline;
        final CountDownLatch done = new CountDownLatch(1);
        volatile Outcome outcome = new Outcome.Failed();
        volatile @Nullable CCJSqlParser parser;
        volatile boolean abandoned;

        Job(String sql, long deadline) {
            this.sql = sql;
            this.deadline = deadline;
        }

        /// The parser looks at this mark now and then.
        void abandon() {
            abandoned = true;
            var running = parser;
            if (running != null) {
                running.interrupted = true;
            }
        }

        // JSqlParser throws whatever its grammar runs into, StackOverflowError included; each of
        // them means that the text was not read.
        @SuppressWarnings("CatchAndPrintStackTrace")
        void run() {
            try {
                if (!abandoned) {
                    var fresh =
                            CCJSqlParserUtil.newParser(sql)
                                    .withDialect(Dialect.SNOWFLAKE)
                                    .withSquareBracketQuotation(false);
                    parser = fresh;
                    if (abandoned) {
                        return;
                    }
                    var statement = fresh.Statement();
                    outcome = new Outcome.Parsed(fresh.getASTRoot(), statement.toString());
                }
            } catch (Throwable e) {
                outcome = new Outcome.Failed();
            } finally {
                parser = null;
                done.countDown();
            }
        }
    }

    private final class Worker extends Thread {
        private volatile boolean retired;
        private volatile @Nullable Job job;

        Worker() {
            super(null, null, "sfguard-sql-parser", STACK_BYTES);
            setDaemon(true);
        }

        boolean hangs() {
            var running = job;
            return running != null && System.nanoTime() - running.deadline > GRACE.toNanos();
        }

        /// Ends after what it is doing.
        void retire() {
            retired = true;
            interrupt();
        }

        @Override
        public void run() {
            while (!retired) {
                try {
                    var next = queue.take();
                    job = next;
                    next.run();
                } catch (InterruptedException e) {
                    // Retired, or a parser's own mark.
                } finally {
                    job = null;
                }
            }
        }
    }
}
