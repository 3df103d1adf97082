package dev.sfguard.agent.tunnel;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.HostKeyQuestion;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.tunnel.Handshake;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;

/// The first steps with a gateway: check its host key, hear where tokens come from, hand one over.
public final class Enrolment {
    private final GatewayAddress gateway;
    private final TunnelSettings settings;

    private Enrolment(GatewayAddress gateway, TunnelSettings settings) {
        this.gateway = gateway;
        this.settings = settings;
    }

    /// Makes sure of the host key before anything else is said. Nobody waits on the connection
    /// while the person reads: the gateway allows some seconds for a login.
    ///
    /// @throws AgentFailure.HostKeyUnknown when none is pinned and nobody confirms the one shown
    public static Enrolment with(
            GatewayAddress gateway, HostKeyQuestion question, TunnelSettings settings)
            throws IOException {
        if (gateway.pin().isPresent()) {
            return new Enrolment(gateway, settings);
        }
        String shown = shownHostKey(gateway, settings);
        if (!question.isRight(gateway, shown)) {
            throw new AgentFailure.HostKeyUnknown(gateway.place(), shown);
        }
        return new Enrolment(gateway.pinned(shown), settings);
    }

    private static String shownHostKey(GatewayAddress gateway, TunnelSettings settings)
            throws IOException {
        try (var end = new SshEnd(gateway, settings);
                var session = end.connect(Handshake.ENROL_USER)) {
            try {
                end.login(session);
            } catch (AgentFailure.HostKeyMismatch expected) {
                return expected.shown();
            }
            throw new IllegalStateException("a host key was accepted that nobody pinned");
        }
    }

    /// With the host key that the person or the pin confirmed.
    public GatewayAddress gateway() {
        return gateway;
    }

    /// What the gateway says to who has no certificate yet. No token leaves.
    public Handshake.Offer offer() throws IOException {
        var instruction = new AtomicReference<@Nullable String>();
        try (var end = new SshEnd(gateway, settings);
                var session = end.connect(Handshake.ENROL_USER)) {
            session.setUserInteraction(new Listener(instruction));
            end.login(session);
        }
        var heard = Optional.ofNullable(instruction.get());
        try {
            return Handshake.Offer.parse(
                    heard.orElseThrow(
                            () -> new IllegalArgumentException("it offers no way to sign in")));
        } catch (IllegalArgumentException e) {
            throw new AgentFailure.GatewayFault(gateway.place(), String.valueOf(e.getMessage()), e);
        }
    }

    /// Hands the token over. What comes back can only open the API, to ask for a certificate.
    ///
    /// @throws AgentFailure.TokenRefused when the gateway does not take the token
    public Tunnel enrol(Secret token) throws IOException {
        return Tunnel.enrol(gateway, token, settings);
    }

    private record Listener(AtomicReference<@Nullable String> heard) implements UserInteraction {

        @Override
        public String @Nullable [] interactive(
                ClientSession session,
                String name,
                String instruction,
                String language,
                String[] prompts,
                boolean[] echo) {
            heard.compareAndSet(null, instruction);
            return null;
        }

        @Override
        public @Nullable String getUpdatedPassword(
                ClientSession session, String prompt, String language) {
            return null;
        }
    }
}
