/// The SSH connection to the gateway: keys, the pinned host key, channels, probes, reconnecting.
@NullMarked
package dev.sfguard.agent.tunnel;

import org.jspecify.annotations.NullMarked;
