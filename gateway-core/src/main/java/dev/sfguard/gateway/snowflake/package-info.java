/// Snowflake's protocol as values: requests, replies, results. Knows no sockets and no policy.
@NullMarked
package dev.sfguard.gateway.snowflake;

import org.jspecify.annotations.NullMarked;
