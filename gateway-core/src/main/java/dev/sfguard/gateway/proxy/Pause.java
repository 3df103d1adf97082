package dev.sfguard.gateway.proxy;

import java.time.Duration;

/// A wait of a virtual thread that an interrupt ends.
final class Pause {

    private Pause() {}

    static void of(Duration duration) throws UpstreamFault {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UpstreamFault.NotSent("the gateway is shutting down", e);
        }
    }

    /// The same for whoever has an answer to give in any case.
    static void beforeAnswer(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
