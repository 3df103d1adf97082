package dev.sfguard.cli.query;

import dev.sfguard.gateway.identity.Secret;

/// Where a connection's door on this machine is. Closing it gives the door back.
///
/// @param connection the connection's name at the gateway
/// @param port on 127.0.0.1
/// @param secret the driver's password
/// @param release what to do when the door is not needed any more
public record Target(String connection, int port, Secret secret, Runnable release)
        implements AutoCloseable {

    @Override
    public void close() {
        release.run();
    }
}
