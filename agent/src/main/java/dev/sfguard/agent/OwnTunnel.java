package dev.sfguard.agent;

import dev.sfguard.agent.forward.Wire;
import dev.sfguard.agent.login.Renewal;
import dev.sfguard.agent.tunnel.AgentKey;
import dev.sfguard.agent.tunnel.Tunnel;
import dev.sfguard.agent.tunnel.TunnelSettings;
import java.io.IOException;
import java.time.Clock;
import java.util.Optional;

/// Opens tunnels as whoever is signed in, with a certificate that is renewed before.
final class OwnTunnel implements AutoCloseable {
    private final Tunnel tunnel;

    private OwnTunnel(Tunnel tunnel) {
        this.tunnel = tunnel;
    }

    static OwnTunnel open(AgentHome home) throws IOException {
        return new OwnTunnel(connect(home, TunnelSettings.usual(), Clock.systemUTC()));
    }

    static Tunnel connect(AgentHome home, TunnelSettings settings, Clock clock) throws IOException {
        var profile = new Renewal(home, settings, clock).ensure(Optional.empty());
        if (profile.isExpired(clock.instant())) {
            throw new AgentFailure.LoginNeeded("the login has expired");
        }
        var key = home.key().orElseThrow(() -> new AgentFailure.LoginNeeded("the key is missing"));
        var certificate =
                home.certificate()
                        .orElseThrow(
                                () -> new AgentFailure.LoginNeeded("the certificate is missing"));
        return Tunnel.open(profile.gateway(), AgentKey.parse(key), certificate, settings);
    }

    Wire api() throws IOException {
        return tunnel.api();
    }

    Wire connection(String name) throws IOException {
        return tunnel.connection(name);
    }

    @Override
    public void close() {
        tunnel.close();
    }
}
