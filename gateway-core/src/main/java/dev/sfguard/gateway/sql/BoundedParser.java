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

    private static final Duration IDLE = Duration.ofMinutes(1);

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

    /// What reads a text; it may throw anything and take forever.
    interface Grammar {
        Outcome read(String sql, Job job) throws Exception;
    }

    private final Grammar grammar;
    private final int threads;
    private final BlockingQueue<Job> queue;
    private final List<Worker> workers = new ArrayList<>();
    private final List<Worker> stuck = new ArrayList<>();
    private volatile boolean loaded;
    private boolean closed;

    /// Threads start with the first parse, and end when there was none for a while.
    BoundedParser(int threads) {
        this(threads, BoundedParser::read);
    }

    BoundedParser(int threads, Grammar grammar) {
        this.grammar = grammar;
        this.threads = threads;
        this.queue = new ArrayBlockingQueue<>(2 * threads);
    }

    private static Outcome read(String sql, Job job) throws Exception {
        var parser =
                CCJSqlParserUtil.newParser(sql)
                        .withDialect(Dialect.SNOWFLAKE)
                        .withSquareBracketQuotation(false);
        job.runs(parser);
        var statement = parser.Statement();
        return new Outcome.Parsed(parser.getASTRoot(), statement.toString());
    }

    /// Never throws, and answers within the time; the very first time it may take a little more.
    Outcome parse(String canonical, Duration time) {
        var whole = loaded ? time : time.plus(LOADING);
        var job = new Job(canonical, System.nanoTime() + whole.toNanos());
        try {
            // Waiting for a place in the queue is part of the time.
            if (!ready()) {
                return new Outcome.GaveUp("the parser is busy; try again");
            }
            boolean queued = queue.offer(job, whole.toNanos(), TimeUnit.NANOSECONDS);
            boolean done = queued && ready() && job.isDone();
            if (!done) {
                job.abandon();
                return new Outcome.GaveUp("it takes too long to parse");
            }
        } catch (InterruptedException e) {
            job.abandon();
            Thread.currentThread().interrupt();
            return new Outcome.GaveUp("interrupted");
        }
        loaded = true;
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
        while (workers.size() < threads) {
            var worker = new Worker();
            workers.add(worker);
            worker.start();
        }
        return true;
    }

    /// Lets an idle worker go, unless a job came in between.
    private synchronized boolean leave(Worker worker) {
        return queue.isEmpty() && workers.remove(worker);
    }

    @Override
    public synchronized void close() {
        closed = true;
        workers.forEach(Worker::retire);
        workers.clear();
    }

    /// One text to be read.
    static final class Job {
        final String sql;
        final long deadline;
        final CountDownLatch done = new CountDownLatch(1);
        volatile Outcome outcome = new Outcome.Failed();
        volatile @Nullable CCJSqlParser parser;
        volatile boolean abandoned;

        Job(String sql, long deadline) {
            this.sql = sql;
            this.deadline = deadline;
        }

        boolean isDone() throws InterruptedException {
            return done.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        /// The parser looks at this mark now and then.
        void abandon() {
            abandoned = true;
            var running = parser;
            if (running != null) {
                running.interrupted = true;
            }
        }

        /// The parser that works on it, to be told when nobody waits any more.
        void runs(CCJSqlParser running) {
            parser = running;
            running.interrupted = abandoned;
        }

        // A parser throws whatever its grammar runs into, StackOverflowError included; each of
        // them means that the text was not read.
        void run(Grammar grammar) {
            try {
                outcome = abandoned ? outcome : grammar.read(sql, this);
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
                    var next = queue.poll(IDLE.toSeconds(), TimeUnit.SECONDS);
                    if (next == null && leave(this)) {
                        return;
                    }
                    if (next != null) {
                        job = next;
                        next.run(grammar);
                    }
                } catch (InterruptedException e) {
                    // Retired, or a parser's own mark.
                } finally {
                    job = null;
                }
            }
        }
    }
}
