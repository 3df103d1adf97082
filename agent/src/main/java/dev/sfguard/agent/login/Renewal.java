package dev.sfguard.agent.login;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.HostKeyQuestion;
import dev.sfguard.agent.Profile;
import dev.sfguard.agent.tunnel.AgentKey;
import dev.sfguard.agent.tunnel.Enrolment;
import dev.sfguard.agent.tunnel.Tunnel;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;

/// Keeps the certificate valid without asking anybody, as long as the issuer agrees.
public final class Renewal {
    /// Two processes that refresh at once would look like a stolen refresh token.
    static final String LOCK = "renew.lock";

    private final AgentHome home;
    private final TunnelSettings settings;
    private final Clock clock;

    public Renewal(AgentHome home, TunnelSettings settings, Clock clock) {
        this.home = home;
        this.settings = settings;
        this.clock = clock;
    }

    /// Renews when a third of the certificate's life is left. Before its end a failure is no
    /// failure: it is tried again.
    ///
    /// @param live asks through this tunnel; without one a new connection enrols again
    /// @throws AgentFailure.LoginNeeded when it has expired and cannot be renewed
    public Profile ensure(Optional<Tunnel> live) throws IOException {
        var profile = home.requireProfile();
        if (!profile.isDue(clock.instant())) {
            return profile;
        }
        try {
            return renew(live);
        } catch (AgentFailure failure) {
            if (profile.isExpired(clock.instant())) {
                throw failure;
            }
            return profile;
        }
    }

    private Profile renew(Optional<Tunnel> live) throws IOException {
        return home.alone(
                LOCK,
                () -> {
                    // Another process may have been first.
                    var profile = home.requireProfile();
                    if (!profile.isDue(clock.instant())) {
                        return profile;
                    }
                    var key =
                            AgentKey.parse(
                                    home.key().orElseThrow(() -> expired("the key is missing")));
                    var token = freshToken(profile);
                    return live.isPresent() && !profile.isExpired(clock.instant())
                            ? certify(profile, live.get(), key, Optional.of(token))
                            : enrolAgain(profile, key, token);
                });
    }

    private Profile enrolAgain(Profile profile, AgentKey key, Secret token) throws IOException {
        var enrolment = Enrolment.with(profile.gateway(), HostKeyQuestion.NOBODY, settings);
        try (var tunnel = enrolment.enrol(token)) {
            return certify(profile, tunnel, key, Optional.empty());
        }
    }

    private Profile certify(Profile profile, Tunnel tunnel, AgentKey key, Optional<Secret> token)
            throws IOException {
        return new Certification(home, clock)
                .certify(Certification.Origin.of(profile), tunnel, key, token);
    }

    private Secret freshToken(Profile profile) throws IOException {
        if (profile.tokenFile().isPresent()) {
            return Login.readToken(profile.tokenFile().get());
        }
        var refresh = home.refreshToken().orElseThrow(() -> expired("the login has expired"));
        var issuer = profile.issuer().orElseThrow(() -> expired("the login has expired"));
        var client = profile.clientId().orElseThrow(() -> expired("the login has expired"));
        var tokens = IssuerClient.discover(URI.create(issuer), client).refresh(refresh);
        // At once: an issuer that rotates has ended the old one.
        if (tokens.refresh().isPresent()) {
            home.saveRefreshToken(tokens.refresh());
        }
        return tokens.idToken();
    }

    private static AgentFailure.LoginNeeded expired(String why) {
        return new AgentFailure.LoginNeeded(why);
    }
}
