package dev.sfguard.cli.connect;

import dev.sfguard.agent.AgentHome;
import dev.sfguard.cli.Streams;

/// The home of whoever runs the command.
public final class Home {
    private Home() {}

    public static AgentHome of(Streams streams) {
        return AgentHome.resolve(streams.environment(), streams.home());
    }
}
