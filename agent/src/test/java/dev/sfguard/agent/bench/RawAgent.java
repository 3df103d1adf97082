package dev.sfguard.agent.bench;

import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.forward.LocalListener;
import dev.sfguard.agent.tunnel.AgentKey;
import dev.sfguard.agent.tunnel.Tunnel;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// The agent's listener and tunnel before a {@link RawGateway}; prints the port.
///
/// Argument: the folder that the gateway left its key in.
public final class RawAgent {
    private RawAgent() {}

    public static void main(String[] arguments) throws Exception {
        var listener = start(Path.of(arguments[0]));
        System.out.println("port=" + listener.port());
        Thread.currentThread().join();
    }

    static LocalListener start(Path folder) throws IOException {
        var tunnel =
                Tunnel.open(
                        GatewayAddress.parse(read(folder, RawGateway.ADDRESS)),
                        AgentKey.parse(Secret.of(read(folder, RawGateway.KEY))),
                        read(folder, RawGateway.CERTIFICATE),
                        TunnelSettings.usual());
        return LocalListener.open(
                0, () -> tunnel.connection(RawGateway.CONNECTION), failure -> new byte[0]);
    }

    private static String read(Path folder, String name) throws IOException {
        return Files.readString(folder.resolve(name));
    }
}
