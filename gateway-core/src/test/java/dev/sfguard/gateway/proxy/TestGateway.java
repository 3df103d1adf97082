package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.identity.Caller;
import dev.sfguard.gateway.identity.ConnectionSecrets;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.identity.TokenVerifier;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.recording.RecordedEvent;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.recording.SessionQuery;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.store.Store;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/// The proxy on real sockets, with a connector that presents a caller as the tunnel's does, and
/// another one as the HTTPS front does.
final class TestGateway implements AutoCloseable {

    static final KeyPair KEYS = keys();
    static final Identity ANA =
            new Identity(
                    "sub-ana",
                    "ana@acme.example",
                    Identity.Kind.HUMAN,
                    Set.of("analysts", "reporters"),
                    "https://idp.example",
                    Instant.parse("2100-01-01T00:00:00Z"));
    static final Identity BO =
            new Identity(
                    "sub-bo",
                    "bo@acme.example",
                    Identity.Kind.HUMAN,
                    Set.of("analysts"),
                    "https://idp.example",
                    Instant.parse("2100-01-01T00:00:00Z"));

    static final String POLICY =
            """
            version: 1
            default: block
            roles:
              shop: {analysts: ANALYST_RO, reporters: REPORTING}
            rules:
              - name: no-drop
                match: {statement: [DROP, TRUNCATE]}
                effect: block
                message: "Objects are dropped by migrations only. Ask #data-platform."
              - name: work
                match: {statement: [SELECT, INSERT, UPDATE, DELETE, CREATE, SHOW, DESCRIBE, USE, USE_ROLE, BEGIN, COMMIT, ROLLBACK, ALTER_SESSION, SET, UNSET]}
                effect: allow
            """;

    /// Where a test puts in a disk that fails.
    interface RecordingsOpener {
        Recordings open(Path folder, RecordingSettings settings, Clock clock) throws IOException;
    }

    /// Moves only when a test says so, ahead of the machine's.
    static final class TestClock implements InstantSource {
        private volatile Duration ahead = Duration.ZERO;

        void advance(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public Instant instant() {
            return Clock.systemUTC().instant().plus(ahead);
        }
    }

    final TestClock time = new TestClock();

    /// Who Ana's tunnel says she is, from her next request on.
    volatile Identity ana = ANA;

    /// How long the small driver waits for an answer.
    Duration patience = Duration.ofSeconds(60);

    final Path folder;
    final ScriptedSnowflake snowflake;
    final ConnectionSecrets secrets =
            new ConnectionSecrets(Secret.of("0123456789abcdef".repeat(4)));
    private final ProxySettings settings;
    private final RecordingsOpener opener;
    private String policyText;
    private volatile Policy policy;
    private final HttpClient http = HttpClient.newHttpClient();
    private Recordings recordings;
    private Store store;
    private Approvals approvals;
    private ProxyHandler handler;
    private Server server;
    private int anaPort;
    private int boPort;
    private int frontPort;

    TestGateway(Path folder, ScriptedSnowflake snowflake) throws Exception {
        this(folder, snowflake, settings());
    }

    TestGateway(Path folder, ScriptedSnowflake snowflake, ProxySettings settings) throws Exception {
        this(folder, snowflake, settings, Recordings::open);
    }

    TestGateway(Path folder, ScriptedSnowflake snowflake, ProxySettings settings, String policy)
            throws Exception {
        this(folder, snowflake, settings, Recordings::open, policy);
    }

    TestGateway(
            Path folder,
            ScriptedSnowflake snowflake,
            ProxySettings settings,
            RecordingsOpener opener)
            throws Exception {
        this(folder, snowflake, settings, opener, POLICY);
    }

    TestGateway(
            Path folder,
            ScriptedSnowflake snowflake,
            ProxySettings settings,
            RecordingsOpener opener,
            String policy)
            throws Exception {
        this.opener = opener;
        this.policyText = policy;
        this.folder = folder;
        this.snowflake = snowflake;
        this.settings = settings;
        start();
    }

    static ProxySettings settings() {
        return holding(Duration.ofMillis(600));
    }

    /// @param hold how long a request waits for its answer
    static ProxySettings holding(Duration hold) {
        return new ProxySettings(
                Set.of("gateway.example"),
                4 << 20,
                100_000,
                hold,
                Duration.ofHours(1),
                Duration.ofHours(4),
                Duration.ofMinutes(5),
                Duration.ofMillis(500),
                new UpstreamSettings(
                        Duration.ofSeconds(5), Duration.ofSeconds(20), Duration.ofMillis(20), 3));
    }

    void start() throws Exception {
        policy(policyText);
        var clock = clock();
        recordings = opener.open(folder.resolve("recordings"), RecordingSettings.defaults(), clock);
        store = Store.open(folder.resolve("sfguard.db"));
        approvals = new Approvals(store.approvals(), clock);
        var connection =
                new Connection(
                        "shop",
                        snowflake.uri(),
                        "acct1.eu-central-1",
                        "sfguard",
                        KEYS.getPrivate(),
                        Optional.of("WH"),
                        Optional.of("SHOP"),
                        Optional.of("PUBLIC"));
        handler =
                new ProxyHandler(
                        List.of(connection),
                        () -> policy,
                        recordings,
                        store,
                        approvals,
                        new TokenVerifier(List.of(), (_, _) -> true, clock),
                        secrets,
                        settings,
                        clock);
        var threads = new QueuedThreadPool(50);
        threads.setVirtualThreadsExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server = new Server(threads);
        server.setHandler(handler);
        var tunnel = connector(() -> new Caller(ana, 11, "shop", "tunnel-1"), anaPort);
        var bo = connector(() -> new Caller(BO, 12, "shop", "tunnel-2"), boPort);
        var front = connector(() -> null, frontPort);
        server.start();
        anaPort = tunnel.getLocalPort();
        boPort = bo.getLocalPort();
        frontPort = front.getLocalPort();
    }

    /// From now on another policy holds.
    void policy(String text) throws Exception {
        policyText = text;
        var policyFile = folder.resolve("policy.yaml");
        Files.writeString(policyFile, text);
        policy = PolicyFile.read(policyFile, Set.of());
    }

    Clock clock() {
        return time.withZone(ZoneOffset.UTC);
    }

    private ServerConnector connector(Supplier<@Nullable Caller> caller, int port) {
        var connector =
                new ServerConnector(server) {
                    @Override
                    protected SocketChannelEndPoint newEndPoint(
                            SocketChannel channel, ManagedSelector selector, SelectionKey key) {
                        var endPoint =
                                new SocketChannelEndPoint(channel, selector, key, getScheduler()) {
                                    @Override
                                    public Object getTransport() {
                                        var present = caller.get();
                                        return present == null ? super.getTransport() : present;
                                    }
                                };
                        endPoint.setIdleTimeout(getIdleTimeout());
                        return endPoint;
                    }
                };
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        server.addConnector(connector);
        return connector;
    }

    int anaPort() {
        return anaPort;
    }

    int frontPort() {
        return frontPort;
    }

    String secret() {
        return secrets.of(11, "shop").reveal();
    }

    // ---- a small driver

    /// What a login gave.
    record Tokens(String token, String master, JsonNode data) {}

    Tokens login() throws Exception {
        var answer =
                post(
                        "/session/v1/login-request?requestId=" + UUID.randomUUID(),
                        loginBody(secret()),
                        null);
        if (!answer.path("success").asBoolean()) {
            throw new AssertionError("login failed: " + answer);
        }
        var data = answer.path("data");
        return new Tokens(data.path("token").asText(), data.path("masterToken").asText(), data);
    }

    static ObjectNode loginBody(String password) {
        var root = Json.mapper().createObjectNode();
        var data = root.putObject("data");
        data.put("ACCOUNT_NAME", "shop").put("LOGIN_NAME", "x").put("PASSWORD", password);
        data.put("CLIENT_APP_ID", "JDBC").put("CLIENT_APP_VERSION", "4.4.1");
        data.putObject("CLIENT_ENVIRONMENT").put("APPLICATION", "test");
        data.putObject("SESSION_PARAMETERS");
        return root;
    }

    /// Ana's certificate is renewed after her groups were changed, and a request of hers brings it.
    void renewAna(Tokens tokens, String... groups) throws Exception {
        ana =
                new Identity(
                        ANA.subject(),
                        ANA.name(),
                        ANA.kind(),
                        Set.of(groups),
                        ANA.issuer(),
                        ana.expires().plusSeconds(3600));
        post("/session/heartbeat", Json.mapper().createObjectNode(), tokens.token());
    }

    JsonNode query(Tokens tokens, String sql) throws Exception {
        return query(tokens, UUID.randomUUID().toString(), body(sql));
    }

    static ObjectNode body(String sql) {
        return Json.mapper().createObjectNode().put("sqlText", sql);
    }

    JsonNode query(Tokens tokens, String requestId, JsonNode body) throws Exception {
        return post("/queries/v1/query-request?requestId=" + requestId, body, tokens.token());
    }

    JsonNode post(String path, JsonNode body, String token) throws Exception {
        var reply = send(anaPort, "POST", path, Json.mapper().writeValueAsBytes(body), token);
        return Json.mapper().readTree(reply.body());
    }

    JsonNode get(String path, String token) throws Exception {
        return Json.mapper().readTree(send(anaPort, "GET", path, null, token).body());
    }

    HttpResponse<byte[]> send(
            int port, String method, String path, byte[] body, String token, String... headers)
            throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(patience)
                        .method(
                                method,
                                body == null
                                        ? HttpRequest.BodyPublishers.noBody()
                                        : HttpRequest.BodyPublishers.ofByteArray(body));
        if (token != null) {
            request.header("Authorization", "Snowflake Token=\"" + token + "\"");
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    HttpResponse<byte[]> asBo(
            String method, String path, byte[] body, String token, String... headers)
            throws Exception {
        return send(boPort, method, path, body, token, headers);
    }

    // ---- what was recorded

    List<RecordingEvent> events() throws IOException {
        return events("ana@acme.example");
    }

    /// The events of every recording of a user, oldest first.
    List<RecordingEvent> events(String user) throws IOException {
        var found = new ArrayList<RecordingEvent>();
        for (var summary : recordings.list(SessionQuery.newest(1000)).reversed()) {
            if (summary.user().equals(user)) {
                try (var reader = new RecordingReader(recordings.lines(summary.id()))) {
                    for (Optional<RecordedEvent> e = reader.next();
                            e.isPresent();
                            e = reader.next()) {
                        found.add(e.get().event());
                    }
                }
            }
        }
        return found;
    }

    List<RecordingEvent> refusals() throws IOException {
        return events("(turned away)");
    }

    <T> List<T> events(Class<T> type) throws IOException {
        return events().stream().filter(type::isInstance).map(type::cast).toList();
    }

    java.util.OptionalInt kill(String session, String by, String reason) throws IOException {
        return handler.kill(session, by, reason);
    }

    Store store() {
        return store;
    }

    Approvals approvals() {
        return approvals;
    }

    Recordings recordings() {
        return recordings;
    }

    /// As a crash would: nothing is said to Snowflake or to clients.
    void stop() throws Exception {
        server.stop();
        handler.close();
        store.close();
        recordings.close();
    }

    private static KeyPair keys() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws Exception {
        stop();
    }
}
