/// The local forwarding agent: a loopback port in front of the gateway's tunnel.
@NullMarked
package dev.sfguard.agent;

import org.jspecify.annotations.NullMarked;
