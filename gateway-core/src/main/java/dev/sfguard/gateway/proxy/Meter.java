package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredUsage;
import dev.sfguard.gateway.store.UsageTable;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.locks.ReentrantLock;

/// What one identity uses, over all of its sessions. Counts before it is used: the store is always
/// ahead of what is counted here, by some statements and rows, so that a crash loses no count and
/// most counts cost no write. A crash makes the count larger, by at most so many.
///
/// A clock that is set back opens no second day: the later one goes on until the clock has passed
/// it. Within a minute that comes again what was counted stays counted.
final class Meter {
    private static final long SECONDS_A_MINUTE = 60;
    private static final long SECONDS_A_DAY = Duration.ofDays(1).toSeconds();

    /// Statements that the store is ahead.
    private static final long STATEMENTS_AHEAD = 10;

    /// Rows that the store is ahead, at most.
    private static final long ROWS_AHEAD = 1000;

    private final UsageTable table;
    private final Clock clock;
    private final String issuer;
    private final String subject;
    private final ReentrantLock lock = new ReentrantLock();

    private long minute;
    private long statements;
    private long storedStatements;
    private long day;
    private long rows;
    private long storedRows;
    private boolean toldOfClock;

    /// Goes on from what the store knows.
    Meter(UsageTable table, Clock clock, String issuer, String subject) throws StoreFailed {
        this.table = table;
        this.clock = clock;
        this.issuer = issuer;
        this.subject = subject;
        var stored = table.of(issuer, subject);
        if (stored.isPresent()) {
            minute = stored.get().minute();
            statements = stored.get().statements();
            day = stored.get().day();
            rows = stored.get().rows();
        } else {
            minute = Long.MIN_VALUE;
            day = Long.MIN_VALUE;
        }
        storedStatements = statements;
        storedRows = rows;
    }

    /// Counts the statements of one request.
    ///
    /// @return the usage of the first of them; each of the others is one statement more
    Usage asked(int count) throws StoreFailed {
        lock.lock();
        try {
            turn();
            long sum = statements + count;
            if (sum > storedStatements) {
                keep(sum + STATEMENTS_AHEAD, storedRows);
            }
            statements = sum;
            return new Usage(sum - count + 1, rows);
        } finally {
            lock.unlock();
        }
    }

    /// The usage of the next statement, which is not counted.
    Usage next() {
        lock.lock();
        try {
            turn();
            return new Usage(statements + 1, rows);
        } finally {
            lock.unlock();
        }
    }

    /// Rows that were counted.
    ///
    /// @param day since the epoch, that they count for
    record Rows(long day, long count) {}

    /// Counts rows that are about to be delivered, as long as the day has any left.
    ///
    /// @param most rows of one day
    /// @return how many may be delivered
    Rows take(long wanted, long most) throws StoreFailed {
        lock.lock();
        try {
            turn();
            long count = Math.clamp(most - rows, 0, wanted);
            long sum = rows + count;
            if (sum > storedRows) {
                keep(storedStatements, sum + Math.clamp(most / 100, 1, ROWS_AHEAD));
            }
            rows = sum;
            return new Rows(day, count);
        } finally {
            lock.unlock();
        }
    }

    /// These have not been delivered, and never will be.
    void giveBack(Rows taken) {
        lock.lock();
        try {
            if (taken.day() == day) {
                rows = Math.max(0, rows - taken.count());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Tells the store what was used and no more, for a start after an orderly end.
    void settle() throws StoreFailed {
        lock.lock();
        try {
            if (statements < storedStatements || rows < storedRows) {
                keep(statements, rows);
            }
        } finally {
            lock.unlock();
        }
    }

    private void keep(long statementsUpTo, long rowsUpTo) throws StoreFailed {
        table.keep(new StoredUsage(issuer, subject, minute, statementsUpTo, day, rowsUpTo));
        storedStatements = statementsUpTo;
        storedRows = rowsUpTo;
    }

    private void turn() {
        long now = clock.instant().getEpochSecond();
        long thisMinute = Math.floorDiv(now, SECONDS_A_MINUTE);
        if (thisMinute > minute) {
            statements = 0;
            storedStatements = 0;
        }
        minute = thisMinute;
        long today = Math.floorDiv(now, SECONDS_A_DAY);
        if (today > day) {
            day = today;
            rows = 0;
            storedRows = 0;
            toldOfClock = false;
        } else if (today < day && !toldOfClock) {
            toldOfClock = true;
            tellOfClock(today);
        }
    }

    private void tellOfClock(long today) {
        System.getLogger(Meter.class.getName())
                .log(
                        System.Logger.Level.WARNING,
                        "the clock says %s, and rows of %s (%s) are counted for %s already: that day goes on until the clock has passed it"
                                .formatted(
                                        LocalDate.ofEpochDay(today),
                                        subject,
                                        issuer,
                                        LocalDate.ofEpochDay(day)));
    }
}
