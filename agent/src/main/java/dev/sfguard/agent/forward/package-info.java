/// Carries bytes between local sockets and the tunnel. Knows nothing of what they say.
@NullMarked
package dev.sfguard.agent.forward;

import org.jspecify.annotations.NullMarked;
