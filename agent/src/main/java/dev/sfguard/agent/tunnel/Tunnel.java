package dev.sfguard.agent.tunnel;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.forward.Wire;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.tunnel.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.net.SshdSocketAddress;

/// One logged-in SSH connection to the gateway.
public final class Tunnel implements AutoCloseable {
    private static final SshdSocketAddress HERE = new SshdSocketAddress("127.0.0.1", 0);

    private final SshEnd end;
    private final ClientSession session;
    private final TunnelSettings settings;

    Tunnel(SshEnd end, ClientSession session, TunnelSettings settings) {
        this.end = end;
        this.session = session;
        this.settings = settings;
    }

    /// Logs in with a certificate.
    ///
    /// @param gateway with the pinned host key
    /// @throws AgentFailure.LoginNeeded when the gateway does not take the certificate
    /// @throws AgentFailure.GatewayUnreachable when nothing answers there
    /// @throws AgentFailure.HostKeyMismatch when it is another than the pinned one
    public static Tunnel open(
            GatewayAddress gateway, AgentKey key, String certificate, TunnelSettings settings)
            throws IOException {
        var certified = key.certified(certificate);
        var end = new SshEnd(gateway, settings);
        try {
            var session = end.connect(key.read(certificate).principal());
            session.addPublicKeyIdentity(certified);
            if (!end.login(session)) {
                throw new AgentFailure.LoginNeeded("the gateway does not take the certificate");
            }
            return new Tunnel(end, session, settings);
        } catch (IOException | RuntimeException e) {
            end.close();
            throw e;
        }
    }

    /// Opens `api:80` or a connection's `name:443`.
    ///
    /// @throws AgentFailure.ConnectionUnknown when the gateway does not open it
    public Wire open(String host, int port) throws IOException {
        var channel = session.createDirectTcpipChannel(HERE, new SshdSocketAddress(host, port));
        try {
            channel.open().verify(settings.connect());
        } catch (IOException e) {
            channel.close(true);
            if (!isOpen()) {
                throw end.unreachable("the tunnel broke", e);
            }
            throw new AgentFailure.ConnectionUnknown(host);
        }
        return new ChannelWire(channel);
    }

    public Wire api() throws IOException {
        return open(Handshake.API_HOST, Handshake.API_PORT);
    }

    public Wire connection(String name) throws IOException {
        return open(name, Handshake.CONNECTION_PORT);
    }

    public boolean isOpen() {
        return session.isOpen() && session.isAuthenticated();
    }

    /// Asks the gateway for a sign of life; ends the tunnel when there is none in time.
    ///
    /// @return whether it is alive
    boolean probe() {
        try {
            var buffer = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            buffer.putString(Handshake.KEEP_ALIVE);
            buffer.putBoolean(true);
            // A refusal is an answer too.
            var answer = session.request(Handshake.KEEP_ALIVE, buffer, settings.answer());
            return isOpen() && (answer == null || answer.available() >= 0);
        } catch (IOException dead) {
            session.close(true);
            return false;
        }
    }

    /// Returns when the tunnel broke or the time is over.
    void awaitBreak(Duration most) {
        session.waitFor(EnumSet.of(ClientSession.ClientSessionEvent.CLOSED), most);
    }

    @Override
    public void close() {
        session.close(true);
        end.close();
    }

    /// Logs in as somebody who enrols.
    ///
    /// @throws AgentFailure.TokenRefused when the gateway does not take the token
    static Tunnel enrol(GatewayAddress gateway, Secret token, TunnelSettings settings)
            throws IOException {
        var end = new SshEnd(gateway, settings);
        try {
            var session = end.connect(Handshake.ENROL_USER);
            session.setUserInteraction(new TokenAnswer(token));
            if (!end.login(session)) {
                throw new AgentFailure.TokenRefused(gateway.place());
            }
            return new Tunnel(end, session, settings);
        } catch (IOException | RuntimeException e) {
            end.close();
            throw e;
        }
    }
}
