package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.sql.Catalog;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// The picture of one connection's tables and views, kept fresh while it is asked for: no
/// question, no query. One load at a time; who needs a newer picture than there is waits for it.
final class AccountCatalog implements AutoCloseable {

    /// Where pictures come from.
    interface Source extends AutoCloseable {
        /// Called by one thread at a time.
        Catalog read(Set<String> databases) throws CatalogFailed;

        @Override
        void close();
    }

    /// @param fresh how old a picture may be before a new one is begun
    /// @param pause between two tries while Snowflake cannot be asked, and between two loads for
    ///     names that nobody knows
    /// @param patience how long a statement waits for a picture
    record Times(Duration fresh, Duration pause, Duration patience) {
        static Times standard() {
            return new Times(Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofSeconds(20));
        }
    }

    /// Statements name databases; a stranger's names must not make the picture endless.
    private static final int MOST_DATABASES = 32;

    private static final System.Logger LOG = System.getLogger(AccountCatalog.class.getName());

    private final String connection;
    private final Source source;
    private final Times times;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /// In the order in which they came; the connection's own is the first and always stays.
    private final Set<String> databases = new LinkedHashSet<>();

    private final Set<String> own;

    /// Names that statements used as a database's and that are none, with when that was seen.
    private final Map<String, Instant> strangers =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
                    return size() > 256;
                }
            };

    private Catalog picture = Catalog.EMPTY;
    private Instant tried = Instant.MIN;
    private boolean failed;
    private boolean loading;
    private boolean closed;

    // Loads are numbered by the newest wish they fulfil.
    private long wished;
    private long begun;
    private long done;
    private long mustSee = 1;

    AccountCatalog(String connection, Set<String> own, Source source, Times times, Clock clock) {
        this.connection = connection;
        this.own = Set.copyOf(own);
        this.databases.addAll(own);
        this.source = source;
        this.times = times;
        this.clock = clock;
    }

    /// The picture as it is; waits for the first one, and after changes for one that has seen
    /// them. EMPTY when there never was one.
    Catalog now() {
        lock.lock();
        try {
            var age =
                    Duration.between(
                            tried.equals(Instant.MIN) ? Instant.EPOCH : tried, clock.instant());
            if (age.compareTo(failed ? times.pause() : times.fresh()) >= 0) {
                wish();
            }
            waitFor(mustSee);
            return picture;
        } finally {
            lock.unlock();
        }
    }

    /// The picture with these databases in it, as far as they exist.
    Catalog with(Set<String> named) {
        lock.lock();
        try {
            var now = clock.instant();
            boolean fresh = false;
            for (var name : named) {
                var seen = strangers.get(name);
                boolean stranger =
                        seen != null && Duration.between(seen, now).compareTo(times.fresh()) < 0;
                if (!stranger && databases.size() < MOST_DATABASES) {
                    fresh |= databases.add(name);
                }
            }
            if (fresh) {
                waitFor(wish());
            }
            return now();
        } finally {
            lock.unlock();
        }
    }

    /// A picture that was begun after the call, or hardly before it: for a name that the present
    /// one does not know.
    Catalog anew() {
        lock.lock();
        try {
            var age =
                    Duration.between(
                            tried.equals(Instant.MIN) ? Instant.EPOCH : tried, clock.instant());
            if (age.compareTo(times.pause()) >= 0) {
                waitFor(wish());
            } else {
                waitFor(begun);
            }
            return picture;
        } finally {
            lock.unlock();
        }
    }

    /// A statement of this gateway has, or may have, changed what the picture shows.
    void changed() {
        lock.lock();
        try {
            if (done > 0 || loading) {
                mustSee = wish();
            }
        } finally {
            lock.unlock();
        }
    }

    /// @return the load that will fulfil it
    private long wish() {
        if (begun == wished) {
            wished++;
        }
        if (!loading && !closed) {
            loading = true;
            Thread.ofVirtual().name("catalog-" + connection).start(this::load);
        }
        return wished;
    }

    private void waitFor(long load) {
        long left = times.patience().toNanos();
        try {
            while (done < load && loading && left > 0) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void load() {
        while (true) {
            Set<String> asked;
            lock.lock();
            try {
                if (begun == wished || closed) {
                    loading = false;
                    ended.signalAll();
                    return;
                }
                begun = wished;
                tried = clock.instant();
                asked = Set.copyOf(databases);
            } finally {
                lock.unlock();
            }
            try {
                take(asked, source.read(asked));
            } catch (CatalogFailed | RuntimeException why) {
                keep(why);
            }
        }
    }

    private void take(Set<String> asked, Catalog read) {
        lock.lock();
        try {
            boolean same =
                    read.databases().equals(picture.databases())
                            && read.relations().equals(picture.relations());
            if (!same) {
                picture = new Catalog(picture.version() + 1, read.databases(), read.relations());
            }
            for (var name : asked) {
                if (!read.databases().contains(name) && !own.contains(name)) {
                    databases.remove(name);
                    strangers.put(name, clock.instant());
                }
            }
            failed = false;
            finished();
        } finally {
            lock.unlock();
        }
    }

    private void keep(Exception why) {
        LOG.log(
                System.Logger.Level.WARNING,
                "connection %s: the catalog could not be read (%s); %s"
                        .formatted(
                                connection,
                                why.getMessage(),
                                picture.equals(Catalog.EMPTY)
                                        ? "there is none, so statements are refused where masks apply"
                                        : "the one from before stays"));
        lock.lock();
        try {
            failed = true;
            finished();
        } finally {
            lock.unlock();
        }
    }

    private void finished() {
        done = begun;
        ended.signalAll();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            long left = TimeUnit.SECONDS.toNanos(2);
            while (loading && left > 0) {
                left = ended.awaitNanos(left);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        source.close();
    }
}
