package dev.sfguard.agent.tunnel;

import java.time.Duration;

/// How patient a tunnel is.
///
/// @param connect from the first packet to the end of the login
/// @param probe how often an idle gateway must show that it is alive
/// @param answer how long it may take for that
/// @param firstRetry after a tunnel broke; doubled with each failure
/// @param lastRetry the longest pause between two attempts
/// @param patience how long a new local connection waits for a broken tunnel to come back
public record TunnelSettings(
        Duration connect,
        Duration probe,
        Duration answer,
        Duration firstRetry,
        Duration lastRetry,
        Duration patience) {

    /// A dead gateway is noticed within 25 s; a laptop that wakes up is connected in half a second.
    public static TunnelSettings usual() {
        return new TunnelSettings(
                Duration.ofSeconds(15),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                Duration.ofMillis(250),
                Duration.ofSeconds(15),
                Duration.ofSeconds(10));
    }

    public TunnelSettings withProbe(Duration newProbe, Duration newAnswer) {
        return new TunnelSettings(connect, newProbe, newAnswer, firstRetry, lastRetry, patience);
    }
}
