/// The gateway's own API: identity, connections, sessions, recordings, health.
@NullMarked
package dev.sfguard.gateway.admin;

import org.jspecify.annotations.NullMarked;
