package dev.sfguard.cli;

import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.AgentLink;
import dev.sfguard.cli.query.Target;

/// Opens a connection's door on this machine: the agent's in the product, a scripted server's in a
/// test.
@FunctionalInterface
interface Dialer {

    Target dial(Streams streams, String connection) throws Exception;

    /// The running agent's port where there is one, else a tunnel of its own for the call.
    static Dialer throughAgent() {
        return (streams, connection) -> {
            var home = AgentHome.resolve(streams.environment(), streams.home());
            var link = AgentLink.open(home, connection);
            return new Target(connection, link.port(), link.secret(), link::close);
        };
    }
}
