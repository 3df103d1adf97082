package dev.sfguard.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.admin.Api;
import dev.sfguard.gateway.admin.Certificates;
import dev.sfguard.gateway.admin.ConnectionInfo;
import dev.sfguard.gateway.admin.Explanations;
import dev.sfguard.gateway.admin.GatewayInfo;
import dev.sfguard.gateway.admin.LiveSessions;
import dev.sfguard.gateway.admin.Rights;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.approval.Webhooks;
import dev.sfguard.gateway.identity.ConnectionSecrets;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.IssuerSettings;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.identity.TokenVerifier;
import dev.sfguard.gateway.identity.UsedTokens;
import dev.sfguard.gateway.identity.Verdict;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.proxy.Connection;
import dev.sfguard.gateway.proxy.LiveTrials;
import dev.sfguard.gateway.proxy.ProxyHandler;
import dev.sfguard.gateway.proxy.ProxySettings;
import dev.sfguard.gateway.proxy.TrialJson;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.sql.Identifier;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.tunnel.CertificateAuthority;
import dev.sfguard.gateway.tunnel.Handshake;
import dev.sfguard.gateway.tunnel.KeyFiles;
import dev.sfguard.gateway.tunnel.SshGateway;
import dev.sfguard.gateway.tunnel.SshGatewaySettings;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/// The composition root: builds every part of a gateway with `new`, starts them, and closes them
/// in
/// reverse.
public final class Gateway implements AutoCloseable {
    private final GatewayConfig config;
    private final Deque<AutoCloseable> parts;
    private final WebServer web;
    private final SshGateway ssh;

    private Gateway(
            GatewayConfig config, Deque<AutoCloseable> parts, WebServer web, SshGateway ssh) {
        this.config = config;
        this.parts = parts;
        this.web = web;
        this.ssh = ssh;
    }

    /// Starts everything; logins and statements work when this returns.
    ///
    /// @throws YamlProblems what is wrong with the policy
    /// @throws IOException when a file cannot be used or a port is taken; the message says which
    public static Gateway start(GatewayConfig config, Clock clock)
            throws YamlProblems, IOException {
        return start(config, clock, ProxySettings.standard(publicNames(config)));
    }

    /// The same with other limits and times of the Snowflake front, for tests.
    public static Gateway start(GatewayConfig config, Clock clock, ProxySettings proxySettings)
            throws YamlProblems, IOException {
        var policy = LivePolicy.start(config, clock);
        var parts = new ArrayDeque<AutoCloseable>();
        parts.push(policy);
        try {
            return new Builder(config, policy, clock, parts).build(proxySettings);
        } catch (IOException | RuntimeException failed) {
            closeAll(parts, failed);
            throw failed;
        }
    }

    /// A rule for a connection that does not exist protects nothing, and looks as if it did.
    static void refuseStrangers(GatewayConfig config, Policy policy) throws IOException {
        for (String name : policy.connections()) {
            if (config.connections().stream().noneMatch(it -> it.name().equals(name))) {
                throw new IOException(
                        "%s speaks of a connection \"%s\" that the configuration does not have."
                                .formatted(config.policy(), name));
            }
        }
    }

    static void refuseUnhashed(GatewayConfig config, Policy policy) throws IOException {
        for (var connection : config.connections()) {
            if (policy.hashes() && connection.maskFunction().isEmpty()) {
                throw new IOException(
                        "%s masks \"with: hash\", and connection \"%s\" names no mask_function. docs/operating.md has the SQL of one."
                                .formatted(config.policy(), connection.name()));
            }
        }
    }

    public String id() {
        return config.id();
    }

    /// `HOST:PORT` as agents reach it from this machine.
    public String ssh() {
        return config.ssh().getHostString() + ":" + ssh.port();
    }

    public String hostKey() {
        return ssh.hostKeyFingerprint();
    }

    public Optional<String> https() {
        return config.https()
                .map(front -> front.publicName() + ":" + web.httpsPort().orElseThrow());
    }

    /// What people type after `sfguard login`.
    public String loginTarget() {
        return ssh() + "#" + hostKey();
    }

    @Override
    public void close() throws IOException {
        closeAll(parts, null);
    }

    private static Set<String> publicNames(GatewayConfig config) {
        return config.https().map(front -> Set.of(front.publicName())).orElse(Set.of());
    }

    /// Newest first, each whatever becomes of the others.
    private static void closeAll(
            Deque<AutoCloseable> parts, @org.jspecify.annotations.Nullable Throwable cause)
            throws IOException {
        IOException first = null;
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception failed) {
                if (cause != null) {
                    cause.addSuppressed(failed);
                } else if (first == null) {
                    first = new IOException("The gateway did not close cleanly", failed);
                } else {
                    first.addSuppressed(failed);
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /// The parts in their order; each is pushed as soon as it needs closing.
    private record Builder(
            GatewayConfig config, LivePolicy policy, Clock clock, Deque<AutoCloseable> parts) {

        private Gateway build(ProxySettings proxySettings) throws IOException {
            var keys = new GatewayKeys(config.keys());
            var secrets = new ConnectionSecrets(keys.readGatewayKey());
            var store = opened(Store.open(config.store()));
            var approvals = new Approvals(store.approvals(), clock);
            approvals.forgetOld();
            var _ = opened(Webhooks.start(approvals, store.approvals(), config.webhooks(), clock));
            var recordings =
                    opened(
                            Recordings.open(
                                    config.recordings().location(),
                                    RecordingSettings.defaults()
                                            .withStatementLimit(
                                                    config.recordings().statementLimit()),
                                    clock));
            var tokens = new TokenVerifier(config.issuers(), usedTokens(store), clock);
            var authority =
                    new CertificateAuthority(
                            KeyFiles.read(keys.certificateAuthority()),
                            config.certificateLife(),
                            clock);
            var proxy =
                    opened(
                            new ProxyHandler(
                                    config.connections(),
                                    policy,
                                    recordings,
                                    store,
                                    approvals,
                                    tokens,
                                    secrets,
                                    proxySettings,
                                    clock));
            var api =
                    new Api(
                            info(),
                            certificates(authority, tokens),
                            this::connectionsOf,
                            (caller, name) -> secrets.of(caller.certificateSerial(), name),
                            recordings,
                            new Rights(
                                    config.recordings().readers(),
                                    config.recordings().rawReaders(),
                                    config.admins()),
                            () -> policy.get().protectedNames(),
                            explanations(proxy.trials()),
                            liveSessions(proxy),
                            approvals,
                            clock);
            var web = opened(WebServer.start(config.https(), proxy, api));
            var ssh =
                    opened(
                            SshGateway.start(
                                    sshSettings(keys), web.tunnel(), tokens, authority, clock));
            return new Gateway(config, parts, web, ssh);
        }

        private static Explanations explanations(LiveTrials trials) {
            return new Explanations() {
                @Override
                public Optional<String> name(String written) {
                    return Identifier.fold(written);
                }

                @Override
                public JsonNode explain(Identity who, Question asked) throws IOException {
                    var tried =
                            trials.run(
                                    who,
                                    asked.connection(),
                                    asked.database(),
                                    asked.schema(),
                                    asked.sql(),
                                    asked.own());
                    return TrialJson.of(tried.trial(), asked.viewTexts())
                            .put("policy", tried.policy());
                }
            };
        }

        private <T extends AutoCloseable> T opened(T part) {
            parts.push(part);
            return part;
        }

        private static LiveSessions liveSessions(ProxyHandler proxy) {
            return new LiveSessions() {
                @Override
                public OptionalInt kill(String session, String by, String reason)
                        throws IOException {
                    return proxy.kill(session, by, reason);
                }

                @Override
                public int abortUnder(String approval, String by) {
                    return proxy.abortUnder(approval, by);
                }

                @Override
                public OptionalLong number(String session) {
                    return proxy.number(session);
                }
            };
        }

        private UsedTokens usedTokens(Store store) {
            return (token, expires) -> {
                try {
                    return store.firstUse(token, expires, clock.instant());
                } catch (StoreFailed failed) {
                    throw new UncheckedIOException(failed);
                }
            };
        }

        private SshGatewaySettings sshSettings(GatewayKeys keys) throws IOException {
            var names =
                    config.connections().stream()
                            .map(Connection::name)
                            .collect(Collectors.toUnmodifiableSet());
            return new SshGatewaySettings(
                    config.ssh(),
                    KeyFiles.read(keys.hostKey()),
                    names::contains,
                    _ -> false,
                    new Handshake.Offer(
                            config.id(),
                            loginIssuer().map(IssuerSettings::issuer),
                            loginIssuer().flatMap(IssuerSettings::clientId)),
                    SshGatewaySettings.Limits.usual());
        }

        /// People sign in at the first issuer that has a client for them.
        private Optional<IssuerSettings> loginIssuer() {
            return config.issuers().stream()
                    .filter(issuer -> issuer.clientId().isPresent())
                    .findFirst();
        }

        private GatewayInfo info() {
            return new GatewayInfo(
                    config.id(),
                    Version.text(),
                    loginIssuer().map(issuer -> issuer.issuer().toString()).orElse(""),
                    loginIssuer().flatMap(IssuerSettings::clientId).orElse(null));
        }

        private List<ConnectionInfo> connectionsOf(Identity identity) {
            var current = policy.get();
            var list = new ArrayList<ConnectionInfo>();
            for (var connection : config.connections()) {
                current.roleFor(identity, connection.name())
                        .ifPresent(role -> list.add(info(connection, role)));
            }
            return list;
        }

        private static ConnectionInfo info(Connection connection, String role) {
            return new ConnectionInfo(
                    connection.name(),
                    "ready",
                    role,
                    connection.database().orElse(null),
                    connection.schema().orElse(null),
                    connection.warehouse().orElse(null));
        }

        private static Certificates certificates(
                CertificateAuthority authority, TokenVerifier tokens) {
            return new Certificates() {
                @Override
                public Issued issue(Identity identity, String publicKey) {
                    var issued = authority.issue(identity, publicKey);
                    return new Issued(
                            issued.openSsh(), issued.serial(), issued.identity().expires());
                }

                @Override
                public Identity prove(Secret token) {
                    return switch (tokens.forEnrolment(token)) {
                        case Verdict.Verified(var identity) -> identity;
                        case Verdict.Rejected(var reason) ->
                                throw new IllegalArgumentException(
                                        "The token is refused: " + reason + ".");
                    };
                }
            };
        }
    }
}
