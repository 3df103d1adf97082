package dev.sfguard.gateway.tunnel;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for a condition without burning a core.
final class Await {
    private Await() {}

    /// @throws AssertionError when it has not come true within 30 s
    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("never came true: " + what);
            }
            Thread.sleep(20);
        }
    }
}
