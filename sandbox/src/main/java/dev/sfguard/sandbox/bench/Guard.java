package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.issuer.DevIssuer;
import dev.sfguard.sandbox.issuer.DeviceApprover;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// sfguard as people run it: a gateway and an agent, two processes of the installed command, before
/// the scripted upstream. Signing in is the real device login.
final class Guard implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern HOST_KEY = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");
    private static final Pattern DEVICE_PAGE =
            Pattern.compile("http://127\\.0\\.0\\.1:\\d+/device\\?user_code=[A-Z-]+");
    private static final Pattern SETTINGS = Pattern.compile("^port=(\\d+) password=(\\S+)$");

    private final List<String> command;
    private final Path folder;
    private final TlsKeys tls;
    private final DevIssuer issuer;
    private final int sshPort;
    private final int httpsPort;
    private final List<Child> children = new ArrayList<>();
    private String hostKey = "";

    /// What differs between two gateways that are measured.
    ///
    /// @param statementLimit bytes of rows recorded for one statement
    record Settings(Path folder, String statementLimit) {}

    private Guard(
            List<String> command, Settings settings, TlsKeys tls, DevIssuer issuer, int upstream)
            throws IOException {
        this.command = command;
        this.folder = settings.folder();
        this.tls = tls;
        this.issuer = issuer;
        sshPort = Ports.free();
        httpsPort = Ports.free();
        run("gateway init", "gateway", "init", gatewayFolder().toString());
        Files.writeString(
                gatewayFolder().resolve("gateway.yaml"),
                configuration(upstream, settings.statementLimit()));
        Files.writeString(gatewayFolder().resolve("policy.yaml"), policy());
    }

    /// Starts a gateway and signs in.
    ///
    /// @param command how sfguard is started, such as `[sfguard]`
    static Guard start(
            List<String> command,
            Settings settings,
            TlsKeys tls,
            DevIssuer issuer,
            int upstreamPort)
            throws IOException {
        var guard = new Guard(command, settings, tls, issuer, upstreamPort);
        try {
            guard.startGateway();
            guard.signIn(guard.home());
        } catch (IOException e) {
            guard.close();
            throw e;
        }
        return guard;
    }

    /// Starts `sfguard connect` and tells how a client reaches the upstream through it.
    Target tunnel(String name) throws IOException {
        Child agent =
                child(
                        "agent",
                        List.of(
                                "connect",
                                "bench",
                                "--",
                                "sh",
                                "-c",
                                "echo \"port=$SNOWFLAKE_PORT password=$SNOWFLAKE_PASSWORD\";"
                                        + " exec sleep 86400"));
        var settings = agent.await(SETTINGS, PATIENCE);
        return new Target(
                name,
                true,
                "127.0.0.1",
                Integer.parseInt(settings.group(1)),
                Optional.empty(),
                Target.login("PASSWORD", settings.group(2)),
                footprint());
    }

    /// Leaves an agent running that the signed-in person's commands find.
    void detachAgent() throws IOException {
        run("connect --detach", "connect", "bench", "--detach");
    }

    void stopAgent() throws IOException {
        run("agent stop", "agent", "stop");
    }

    /// The HTTPS front, for a client that brings a token.
    Target front(String name) {
        String token = issuer.keys().sign("at+jwt", issuer.accessTokenClaims("ana", "sfguard-cli"));
        return new Target(
                name,
                true,
                "127.0.0.1",
                httpsPort,
                Optional.of(tls.context()),
                Target.login("AUTHENTICATOR\":\"OAUTH\",\"TOKEN", token),
                footprint());
    }

    /// The environment in which the signed-in person's commands run.
    Map<String, String> environment() {
        return environment(home());
    }

    /// The same for somebody who signed in elsewhere, where no agent runs.
    Map<String, String> environmentWithoutAgent() throws IOException {
        Path alone = folder.resolve("alone");
        if (!Files.isDirectory(alone)) {
            signIn(alone);
        }
        return environment(alone);
    }

    private static Map<String, String> environment(Path home) {
        return Map.of("SFGUARD_HOME", home.toString());
    }

    /// Where the signed-in person's key and certificate lie.
    Path home() {
        return folder.resolve("home");
    }

    long gatewayPid() {
        return children.getFirst().pid();
    }

    Footprint footprint() {
        return new Footprint(children);
    }

    private void startGateway() throws IOException {
        String file = gatewayFolder().resolve("gateway.yaml").toString();
        Child gateway = child("gateway", List.of("gateway", "run", "--config", file));
        hostKey = gateway.await(HOST_KEY, PATIENCE).group();
        Ports.await(sshPort, PATIENCE);
        Ports.await(httpsPort, PATIENCE);
    }

    private void signIn(Path home) throws IOException {
        String address = "127.0.0.1:" + sshPort + "#" + hostKey;
        try (var login =
                Child.start(
                        "login", environment(home), words(List.of("login", address, "--device")))) {
            URI page = URI.create(login.await(DEVICE_PAGE, PATIENCE).group());
            DeviceApprover.approve(page, "ana", "ana-pw");
            login.awaitSuccess(PATIENCE);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    private Child child(String name, List<String> arguments) throws IOException {
        Child child = Child.start(name, environment(), words(arguments));
        children.add(child);
        return child;
    }

    private void run(String name, String... arguments) throws IOException {
        try (var child = Child.start(name, environment(), words(List.of(arguments)))) {
            child.awaitSuccess(PATIENCE);
        }
    }

    private List<String> words(List<String> arguments) {
        var words = new ArrayList<>(command);
        words.addAll(arguments);
        return words;
    }

    private Path gatewayFolder() {
        return folder.resolve("gateway");
    }

    private String configuration(int upstream, String statementLimit) {
        return """
        id: bench
        keys: keys
        listen:
          ssh: 127.0.0.1:%d
          https:
            address: 127.0.0.1:%d
            public_name: 127.0.0.1
            certificate: %s
            key: %s
        issuers:
          - issuer: %s
            client_id: sfguard-cli
            audience: sfguard
            groups_claim: groups
        connections:
          bench:
            account: bench
            url: http://127.0.0.1:%d
            user: BENCH
            private_key: file:keys/snowflake.p8
        store: sqlite:sfguard.db
        recordings:
          location: file:recordings
          statement_limit: %s
        policy: policy.yaml
        """
                .formatted(
                        sshPort,
                        httpsPort,
                        tls.certificate(),
                        tls.key(),
                        issuer.uri(),
                        upstream,
                        statementLimit);
    }

    /// A few rules that look at every statement, as a real policy has them.
    private static String policy() {
        return """
        version: 1
        default: block
        roles:
          bench: {analysts: ANALYST}
        rules:
          - name: no-drop
            match: {statement: [DROP, TRUNCATE]}
            effect: block
            message: Objects are dropped by migrations only.
          - name: where-required
            match: {statement: [DELETE, UPDATE], has_where: false}
            effect: block
          - name: readers
            who: {groups: [analysts]}
            match: {statement: [SELECT, SHOW, DESCRIBE, USE, BEGIN, COMMIT, ROLLBACK]}
            effect: allow
        """;
    }

    @Override
    public void close() {
        // The agent first: it would only try to connect again.
        children.reversed().forEach(Child::close);
    }
}
