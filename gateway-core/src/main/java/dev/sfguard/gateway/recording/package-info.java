/// Keeps what happened: durable before it is acted on, chained by hash, read back whole.
@NullMarked
package dev.sfguard.gateway.recording;

import org.jspecify.annotations.NullMarked;
