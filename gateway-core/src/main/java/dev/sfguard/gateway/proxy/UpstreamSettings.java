package dev.sfguard.gateway.proxy;

import java.time.Duration;

/// How patient the gateway is with Snowflake.
///
/// @param readTimeout the longest silence within an answer; Snowflake itself answers "still
///     running" after 45 s
/// @param retryPause before the first repeat after a 503 or 429; doubles each time
/// @param retries after a 503 or 429, which say that nothing was taken
public record UpstreamSettings(
        Duration connectTimeout, Duration readTimeout, Duration retryPause, int retries) {

    public static UpstreamSettings standard() {
        return new UpstreamSettings(
                Duration.ofSeconds(10), Duration.ofSeconds(120), Duration.ofMillis(500), 6);
    }
}
