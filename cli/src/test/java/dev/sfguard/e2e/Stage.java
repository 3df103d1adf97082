package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.agent.Agent;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.AgentLink;
import dev.sfguard.agent.GatewayAddress;
import dev.sfguard.agent.HostKeyQuestion;
import dev.sfguard.agent.login.Login;
import dev.sfguard.agent.tunnel.AgentKey;
import dev.sfguard.agent.tunnel.TunnelSettings;
import dev.sfguard.gateway.Gateway;
import dev.sfguard.gateway.GatewayConfig;
import dev.sfguard.gateway.LoopbackCertificate;
import dev.sfguard.gateway.NewGateway;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.sandbox.SandboxSettings;
import dev.sfguard.sandbox.SnowflakeServer;
import dev.sfguard.sandbox.issuer.DevIssuer;
import dev.sfguard.sandbox.issuer.DevIssuerSettings;
import dev.sfguard.sandbox.issuer.DeviceApprover;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;

/// Everything in this process, on loopback: sandbox, issuer, a gateway with the demo's policy,
/// and
/// two people signed in by the device flow, each with an agent.
final class Stage implements AutoCloseable {
    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final Path folder;
    private final SnowflakeServer sandbox;
    private final Optional<DevIssuer> issuer;
    private final URI issuerUri;
    private final Optional<GatewayProcess> process;
    private final Optional<Gateway> gateway;
    private final Person ana;
    private final Person bo;

    /// Somebody with an agent that serves the connection `shop`.
    ///
    /// @param secret the driver's password at the agent's port
    record Person(String name, AgentHome home, int port, Secret secret) {
        static {
            // The driver registers a BouncyCastle of its own under SSH's provider name, and the
            // first one stays for all of this JVM: SSH's must be it, whichever test comes first.
            AgentKey.generate();
        }

        /// Snowflake's driver, as its user would configure it.
        Connection jdbc() throws SQLException {
            return jdbc(Map.of());
        }

        /// @param more of the driver's own properties
        Connection jdbc(Map<String, String> more) throws SQLException {
            var properties = new Properties();
            properties.put("user", name);
            properties.put("password", secret.reveal());
            properties.put("disablePlatformDetection", "true");
            properties.put("JDBC_QUERY_RESULT_FORMAT", "JSON");
            properties.putAll(more);
            return DriverManager.getConnection(
                    "jdbc:snowflake://http://127.0.0.1:" + port + "/?account=sandbox", properties);
        }
    }

    private Stage(
            Path folder, String policy, Optional<URI> issuerOfOthers, boolean apart, String readers)
            throws Exception {
        this(folder, policy, issuerOfOthers, apart, readers, List.of());
    }

    private Stage(
            Path folder,
            String policy,
            Optional<URI> issuerOfOthers,
            boolean apart,
            String readers,
            List<DevIssuerSettings.User> others)
            throws Exception {
        this.folder = folder;
        var created = NewGateway.create(folder.resolve("gateway"), "stage", "SFGUARD");
        LoopbackCertificate.write(folder.resolve("gateway/keys"), Clock.systemUTC().instant());
        sandbox =
                opened(
                        SnowflakeServer.start(
                                SandboxSettings.of(key(created.snowflakePublicKey()))));
        issuer =
                issuerOfOthers.isPresent()
                        ? Optional.empty()
                        : Optional.of(opened(DevIssuer.start(withMore(others))));
        issuerUri = issuerOfOthers.or(() -> issuer.map(DevIssuer::uri)).orElseThrow();
        writeConfiguration(policy, readers);
        gateway = apart ? Optional.empty() : Optional.of(opened(startGateway()));
        process =
                apart
                        ? Optional.of(
                                opened(
                                        GatewayProcess.start(
                                                folder.resolve("gateway/gateway.yaml"))))
                        : Optional.empty();
        ana = person("ana");
        bo = person("bo");
    }

    static Stage raise(Path folder) throws Exception {
        return raise(folder, resource("policy.yaml"));
    }

    /// The demo's policy without its masks and its rule on a table: the gateway then asks the
    /// sandbox nothing of its own.
    static Stage raiseUnmasked(Path folder) throws Exception {
        String policy = resource("policy.yaml");
        int masks = policy.indexOf("\nmasks:");
        int review = policy.indexOf("  - name: orders-writes-need-review");
        int next = policy.indexOf("  - name:", review + 1);
        assertThat(masks).isGreaterThan(next);
        assertThat(next).isGreaterThan(review);
        assertThat(review).isPositive();
        return raise(folder, policy.substring(0, review) + policy.substring(next, masks + 1));
    }

    static Stage raise(Path folder, String policy) throws Exception {
        return new Stage(folder, policy, Optional.empty(), false, "dba");
    }

    /// @param readers groups that see everybody's sessions redacted; `dba` sees them raw
    static Stage raiseReadBy(String readers, Path folder) throws Exception {
        return new Stage(folder, resource("policy.yaml"), Optional.empty(), false, readers);
    }

    /// With the gateway as a process of its own, to be killed.
    static Stage raiseApart(Path folder) throws Exception {
        return new Stage(folder, resource("policy.yaml"), Optional.empty(), true, "dba");
    }

    static Stage raiseApart(Path folder, String policy) throws Exception {
        return new Stage(folder, policy, Optional.empty(), true, "dba");
    }

    /// @param issuer a running one that knows client, groups and people of the demo
    static Stage raiseWith(URI issuer, Path folder) throws Exception {
        return new Stage(folder, resource("policy.yaml"), Optional.of(issuer), false, "dba");
    }

    /// @param others who may sign in too; their password is their name and `-pw`
    static Stage raiseWith(List<DevIssuerSettings.User> others, String policy, Path folder)
            throws Exception {
        return new Stage(folder, policy, Optional.empty(), false, "dba", others);
    }

    private static DevIssuerSettings withMore(List<DevIssuerSettings.User> others) {
        var demo = DevIssuerSettings.demo();
        var users = new ArrayList<>(demo.users());
        users.addAll(others);
        return DevIssuerSettings.of(users, demo.clients());
    }

    /// The sandbox itself, past the gateway, as the service user in the role DBA.
    Connection warehouse() throws Exception {
        var properties = new Properties();
        properties.put("user", "SFGUARD");
        properties.put("role", "DBA");
        properties.put("authenticator", "snowflake_jwt");
        properties.put("private_key_file", folder.resolve("gateway/keys/snowflake.p8").toString());
        properties.put("disablePlatformDetection", "true");
        properties.put("JDBC_QUERY_RESULT_FORMAT", "JSON");
        return DriverManager.getConnection(
                "jdbc:snowflake://http://127.0.0.1:" + sandbox.port() + "/?account=sandbox",
                properties);
    }

    Person ana() {
        return ana;
    }

    Person bo() {
        return bo;
    }

    Gateway gateway() {
        return gateway.orElseThrow();
    }

    GatewayProcess process() {
        return process.orElseThrow();
    }

    private String loginTarget() {
        return gateway.map(Gateway::loginTarget).orElseGet(() -> process().loginTarget());
    }

    SnowflakeServer sandbox() {
        return sandbox;
    }

    DevIssuer issuer() {
        return issuer.orElseThrow();
    }

    Path recordings() {
        return folder.resolve("gateway/recordings");
    }

    boolean reachedTheSandbox(String sql) {
        return timesReceived(sql) > 0;
    }

    /// How often Snowflake got exactly this statement to run; describes do not count.
    long timesReceived(String sql) {
        return sandbox.received().stream()
                .filter(statement -> !statement.describeOnly() && statement.text().equals(sql))
                .count();
    }

    boolean sawRequest(String pathEnd) {
        return sandbox.requests().stream().anyMatch(request -> request.path().endsWith(pathEnd));
    }

    @Override
    public void close() throws Exception {
        while (!parts.isEmpty()) {
            parts.pop().close();
        }
    }

    private <T extends AutoCloseable> T opened(T part) {
        parts.push(part);
        return part;
    }

    private Gateway startGateway() throws Exception {
        return Gateway.start(
                GatewayConfig.read(folder.resolve("gateway/gateway.yaml")), Clock.systemUTC());
    }

    private void writeConfiguration(String policy, String readers) throws IOException {
        Files.writeString(
                folder.resolve("gateway/gateway.yaml"),
                resource("gateway.yaml")
                        .replace(
                                "readers: [dba]",
                                "readers: [%s]\n  raw_readers: [dba]".formatted(readers))
                        .replace(
                                "    schema: PUBLIC",
                                "    schema: PUBLIC\n    mask_function: SHOP.PUBLIC.MASK")
                        .replace("{{issuer}}", issuerUri.toString())
                        .replace("{{sandbox}}", sandbox.uri().toString()));
        Files.writeString(folder.resolve("gateway/policy.yaml"), policy);
    }

    /// Signs somebody in, and starts an agent.
    Person person(String name) throws Exception {
        var home = AgentHome.of(folder.resolve(name));
        new Login(home)
                .device(
                        GatewayAddress.parse(loginTarget()),
                        HostKeyQuestion.NOBODY,
                        prompt -> approve(prompt.pageWithCode().orElseThrow(), name));
        var agent = opened(Agent.start(home, TunnelSettings.usual(), Clock.systemUTC()));
        agent.serve("shop", OptionalInt.empty());
        var link = opened(AgentLink.open(home, "shop"));
        return new Person(name, home, link.port(), link.secret());
    }

    private static void approve(URI page, String name) {
        try {
            DeviceApprover.approve(page, name, name + "-pw");
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static PublicKey key(String base64) throws Exception {
        return KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    /// The demo's own files: what people try is what is tested.
    private static String resource(String name) throws IOException {
        try (var in = Stage.class.getResourceAsStream("/dev/sfguard/cli/demo/" + name)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        }
    }
}
