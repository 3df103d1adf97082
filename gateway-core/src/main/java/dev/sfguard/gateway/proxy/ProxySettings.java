package dev.sfguard.gateway.proxy;

import java.time.Duration;
import java.util.Set;

/// Limits and times of the Snowflake front.
///
/// @param publicHosts names by which the HTTPS front may be addressed, lower case
/// @param largestBody of a request, in bytes after decompression: array binds are large
/// @param longestText of SQL, in UTF-16 units; Snowflake's own limit is 1 MB
/// @param hold how long a repeated request waits for the running one before it is told to ask
///     again; below every driver's own timeout (Node: 90 s) and below load balancers' (60 s)
/// @param tokenValidity of a session token; the master token's is {@code masterValidity}
/// @param grace how long a statement whose client is gone may go on without anybody asking for it
/// @param turn how long a result's part waits for the parts before it, so that rows are recorded
///     in their order
public record ProxySettings(
        Set<String> publicHosts,
        int largestBody,
        int longestText,
        Duration hold,
        Duration tokenValidity,
        Duration masterValidity,
        Duration grace,
        Duration turn,
        UpstreamSettings upstream) {

    public ProxySettings {
        publicHosts = Set.copyOf(publicHosts);
    }

    /// How long somebody who cannot be helped now is kept before he is told to ask again.
    Duration pause() {
        return hold.dividedBy(20);
    }

    public static ProxySettings standard(Set<String> publicHosts) {
        return new ProxySettings(
                publicHosts,
                32 << 20,
                1_000_000,
                Duration.ofSeconds(40),
                Duration.ofHours(1),
                Duration.ofHours(4),
                Duration.ofMinutes(5),
                Duration.ofSeconds(2),
                UpstreamSettings.standard());
    }
}
