package dev.sfguard.gateway;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.proxy.Connection;
import dev.sfguard.gateway.proxy.ConnectionProbe;
import dev.sfguard.gateway.proxy.ConnectionProbe.Finding;
import dev.sfguard.gateway.tunnel.KeyFiles;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Looks at everything that a gateway needs before people depend on it, and changes nothing. Each
/// finding is told as soon as it is known, since some take seconds.
public final class GatewayCheck {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /// Tokens and key-pair logins are good for about a minute.
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(20);

    private static final String RESTORE =
            ". Put it back from your backup; `sfguard gateway init` makes new ones in a new folder,"
                    + " and then everybody signs in anew.";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final GatewayConfig config;
    private final Clock clock;
    private final BiConsumer<String, Finding> tell;

    /// @param tell takes what was looked at, and what was found
    public GatewayCheck(GatewayConfig config, Clock clock, BiConsumer<String, Finding> tell) {
        this.config = config;
        this.clock = clock;
        this.tell = tell;
    }

    /// Runs all checks, in the order in which a start would need them.
    public void run() throws InterruptedException {
        keys();
        folders();
        var policy = policy();
        policy.ifPresent(this::webhooks);
        for (var issuer : config.issuers()) {
            issuer(issuer.issuer());
        }
        for (var connection : config.connections()) {
            policy.ifPresent(it -> connection(connection, it));
        }
    }

    private void keys() {
        var keys = new GatewayKeys(config.keys());
        for (var file : new Path[] {keys.hostKey(), keys.certificateAuthority()}) {
            try {
                KeyFiles.read(file);
                ok("key", file.toString());
            } catch (IOException unusable) {
                failed("key", Reasons.of(unusable) + RESTORE);
            }
        }
        try {
            keys.readGatewayKey();
            ok("key", keys.gatewayKey().toString());
        } catch (IOException unusable) {
            failed("key", Reasons.of(unusable) + RESTORE);
        }
    }

    private void folders() {
        for (var folder : new Path[] {config.recordings().location(), storeFolder()}) {
            var existing = folder;
            while (Files.notExists(existing) && existing.getParent() != null) {
                existing = existing.getParent();
            }
            if (Files.isWritable(existing)) {
                ok("folder", folder + " can be written");
            } else {
                failed(
                        "folder",
                        folder
                                + " cannot be written by this user. Give it to the user that runs the"
                                + " gateway: chown");
            }
        }
    }

    private Path storeFolder() {
        return Optional.ofNullable(config.store().getParent()).orElse(config.folder());
    }

    private Optional<Policy> policy() {
        try {
            var policy = LivePolicy.read(config);
            ok(
                    "policy",
                    "%s, version %s: %s"
                            .formatted(
                                    config.policy(),
                                    shortened(policy.version()),
                                    policy.outline()));
            running(policy.version());
            return Optional.of(policy);
        } catch (YamlProblems | IOException wrong) {
            failed(
                    "policy",
                    Reasons.of(wrong) + "\nA gateway does not start with it. Mend the file.");
            running("");
            return Optional.empty();
        }
    }

    /// Nothing is sent to them: a check that rings at people's desks is not run twice.
    private void webhooks(Policy policy) {
        for (var webhook : config.webhooks()) {
            ok(
                    "webhook " + webhook.name(),
                    "is told of held statements; nothing was sent to it now");
        }
        if (config.webhooks().isEmpty() && policy.holds()) {
            warning(
                    "webhooks",
                    "the policy holds statements for approval, and nobody is told of them: approvers"
                            + " look with `sfguard requests`. Name one under approvals");
        }
    }

    /// What a gateway that runs with this configuration made of the file.
    ///
    /// @param version of the file as it is now; empty when it cannot be used
    private void running(String version) {
        Optional<PolicyState> state;
        try {
            state = PolicyState.read(PolicyState.file(config));
        } catch (IOException unreadable) {
            warning(
                    "policy",
                    "what the running gateway has is not known: " + Reasons.of(unreadable));
            return;
        }
        if (state.isEmpty()) {
            return;
        }
        var it = state.get();
        String has = "version %s, since %s".formatted(shortened(it.version()), it.since());
        if (it.refused().isPresent()) {
            var refusal = it.refused().get();
            warning(
                    "policy",
                    "the running gateway refused the file at %s and keeps %s. Mend it: %s"
                            .formatted(refusal.at(), has, refusal.why()));
        } else if (it.version().equals(version)) {
            ok("policy", "the running gateway has it, since " + it.since());
        } else {
            warning(
                    "policy",
                    "the running gateway has %s. It takes a changed file within seconds; if this stays, see its log"
                            .formatted(has));
        }
    }

    private static String shortened(String version) {
        return version.substring(0, Math.min(12, version.length()));
    }

    /// OpenID Connect Discovery section 4, and the clocks: both sides judge tokens by time.
    private void issuer(URI issuer) throws InterruptedException {
        var name = "issuer " + issuer;
        var address =
                URI.create(
                        issuer.toString().replaceFirst("/$", "")
                                + "/.well-known/openid-configuration");
        try (var http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            var request = HttpRequest.newBuilder(address).timeout(TIMEOUT).build();
            var answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                failed(name, "its discovery document answers HTTP " + answer.statusCode());
                return;
            }
            var document = JSON.readTree(answer.body());
            if (!document.path("issuer").asText().equals(issuer.toString())) {
                failed(
                        name,
                        "its discovery document names \"%s\". Write that under issuers"
                                .formatted(document.path("issuer").asText()));
            } else if (!document.has("device_authorization_endpoint")) {
                warning(
                        name,
                        "it offers no device login: people cannot sign in there. Switch the device"
                                + " authorization grant on for the client");
            } else {
                ok(name, "discovery and device login");
            }
            clock(name, answer.headers());
        } catch (JacksonException malformed) {
            failed(name, "its discovery document is no JSON. Is the URL the issuer's own?");
        } catch (IOException unreachable) {
            failed(
                    name,
                    "cannot be reached: %s. Is the URL right, and may this machine connect to it?"
                            .formatted(Reasons.of(unreachable)));
        }
    }

    private void clock(String name, HttpHeaders headers) {
        var there = headers.firstValue("Date").flatMap(GatewayCheck::time);
        if (there.isEmpty()) {
            return;
        }
        var off = Duration.between(there.get(), clock.instant()).abs();
        if (off.compareTo(CLOCK_TOLERANCE) > 0) {
            warning(
                    name,
                    "the clocks differ by "
                            + off.toSeconds()
                            + " s: tokens will be refused. Set this machine's clock by NTP");
        }
    }

    private static Optional<Instant> time(String header) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeParseException malformed) {
            return Optional.empty();
        }
    }

    private void connection(Connection connection, Policy policy) {
        var findings = new ConnectionProbe(connection, clock).run(policy);
        findings.forEach(finding -> tell.accept("connection " + connection.name(), finding));
        if (policy.hashes() && connection.maskFunction().isEmpty()) {
            failed(
                    "connection " + connection.name(),
                    "the policy masks \"with: hash\", and there is no mask_function here."
                            + " docs/operating.md has the SQL of one");
        }
    }

    private void ok(String what, String text) {
        tell.accept(what, new Finding(Finding.Level.OK, text));
    }

    private void warning(String what, String text) {
        tell.accept(what, new Finding(Finding.Level.WARNING, text));
    }

    private void failed(String what, String text) {
        tell.accept(what, new Finding(Finding.Level.FAILED, text));
    }
}
