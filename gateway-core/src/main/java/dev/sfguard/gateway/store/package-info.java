/// Remembers across restarts what sessions and logins need. No upstream token is ever stored.
@NullMarked
package dev.sfguard.gateway.store;

import org.jspecify.annotations.NullMarked;
