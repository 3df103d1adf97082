/// The gateway's end of the SSH tunnel: logins, certificates, channels that become HTTP
/// connections.
@NullMarked
package dev.sfguard.gateway.tunnel;

import org.jspecify.annotations.NullMarked;
