package dev.sfguard.gateway.recording;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/// Lets sealing give way to the results that are being recorded. It costs about as much processor
/// time as recording them does, and nobody waits for it.
final class Pace {
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// Between two looks. One-row statements add less, also thousands a second.
    private static final long BUSY_BYTES = 1 << 20;

    private final LongSupplier appended;
    private final BooleanSupplier mayWait;
    private long lookedAt = System.nanoTime();
    private long seen;

    /// @param appended bytes that the journal has taken so far
    /// @param mayWait whether there is room for more
    Pace(LongSupplier appended, BooleanSupplier mayWait) {
        this.appended = appended;
        this.mayWait = mayWait;
        seen = appended.getAsLong();
    }

    /// Returns at once when not much is being recorded.
    void await() {
        while (isBusy() && mayWait.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private boolean isBusy() {
        long passed = System.nanoTime() - lookedAt;
        if (passed < LOOK_NANOS) {
            return false;
        }
        long now = appended.getAsLong();
        long added = now - seen;
        seen = now;
        lookedAt += passed;
        return added > BUSY_BYTES * (passed / LOOK_NANOS);
    }
}
