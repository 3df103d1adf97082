/// Stands between the driver and Snowflake: sessions, the flow of one statement, the upstream.
@NullMarked
package dev.sfguard.gateway.proxy;

import org.jspecify.annotations.NullMarked;
