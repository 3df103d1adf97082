package dev.sfguard.agent.login;

import dev.sfguard.agent.AgentFailure;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.HostKeyQuestion;
import dev.sfguard.agent.Profile;
import dev.sfguard.agent.tunnel.AgentKey;
import dev.sfguard.agent.tunnel.Enrolment;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.tunnel.Handshake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/// Signs somebody in: makes sure of the gateway's host key, gets a token, trades it for a
/// certificate, and keeps everything in the home. A login that fails leaves the last one as it was.
public final class Login {
    /// A token has a few KiB.
    private static final int LARGEST_TOKEN = 64 * 1024;

    private final AgentHome home;
    private final TunnelSettings settings;
    private final Certification certification;

    public Login(AgentHome home) {
        this(home, TunnelSettings.usual(), Clock.systemUTC());
    }

    public Login(AgentHome home, TunnelSettings settings, Clock clock) {
        this.home = home;
        this.settings = settings;
        this.certification = new Certification(home, clock);
    }

    /// A person's login with a code that is typed in a browser, on this machine or another.
    ///
    /// @param question asked when the address has no pin and the home knows none for it
    /// @throws AgentFailure as its cases say; nothing is sent unless the host key is right
    public Profile device(
            GatewayAddress gateway, HostKeyQuestion question, DevicePrompt.Screen screen)
            throws IOException, InterruptedException {
        var enrolment = Enrolment.with(known(gateway), question, settings);
        var offer = enrolment.offer();
        var issuer = offer.issuer();
        var client = offer.clientId();
        if (issuer.isEmpty() || client.isEmpty()) {
            throw new AgentFailure.GatewayFault(
                    gateway.place(), "it signs in no people, only workloads by token file", null);
        }
        var tokens = IssuerClient.discover(issuer.get(), client.get()).device(screen);
        var origin = origin(enrolment, offer, Optional.empty());
        return enrol(enrolment, origin, tokens.idToken(), tokens.refresh());
    }

    /// A login with a token that somebody else got. It cannot be renewed.
    public Profile token(GatewayAddress gateway, HostKeyQuestion question, Secret token)
            throws IOException {
        var enrolment = Enrolment.with(known(gateway), question, settings);
        var origin = origin(enrolment, enrolment.offer(), Optional.empty());
        return enrol(enrolment, origin, token, Optional.empty());
    }

    /// A workload's login. The file is read again whenever the certificate must be renewed.
    public Profile tokenFile(GatewayAddress gateway, HostKeyQuestion question, Path file)
            throws IOException {
        var token = readToken(file);
        var enrolment = Enrolment.with(known(gateway), question, settings);
        var origin = origin(enrolment, enrolment.offer(), Optional.of(file.toAbsolutePath()));
        return enrol(enrolment, origin, token, Optional.empty());
    }

    static Secret readToken(Path file) throws IOException {
        String text;
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(LARGEST_TOKEN + 1);
            if (bytes.length > LARGEST_TOKEN) {
                throw new AgentFailure.SignInRefused(file + " is too large for a token");
            }
            text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException absent) {
            throw new AgentFailure.SignInRefused("there is no token file " + file);
        }
        if (text.isEmpty() || !text.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
            throw new AgentFailure.SignInRefused(file + " does not hold one token");
        }
        return Secret.of(text);
    }

    private static Certification.Origin origin(
            Enrolment enrolment, Handshake.Offer offer, Optional<Path> tokenFile) {
        return new Certification.Origin(
                enrolment.gateway(),
                offer.gateway(),
                offer.issuer().map(Object::toString),
                offer.clientId(),
                tokenFile);
    }

    private Profile enrol(
            Enrolment enrolment,
            Certification.Origin origin,
            Secret token,
            Optional<Secret> refresh)
            throws IOException {
        try (var tunnel = enrolment.enrol(token)) {
            return home.alone(
                    Renewal.LOCK,
                    () -> {
                        var profile =
                                certification.certify(
                                        origin, tunnel, AgentKey.generate(), Optional.empty());
                        home.saveRefreshToken(refresh);
                        return profile;
                    });
        }
    }

    /// What was pinned before stays pinned.
    private GatewayAddress known(GatewayAddress gateway) throws IOException {
        if (gateway.pin().isPresent()) {
            return gateway;
        }
        return home.knownGateway().filter(gateway::isSamePlace).orElse(gateway);
    }
}
