package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.gateway.GatewayConfig;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.recording.RecordingsFolder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every secret that exists while the product runs is looked for wherever it must not be: in
/// recordings, logs, error texts, and files that are no key files.
class CanaryIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger ROOT = Logger.getLogger("");
    private static final Logger OURS = Logger.getLogger("dev.sfguard");

    @TempDir static Path folder;
    private static final Kept LOG = new Kept();
    static final Map<String, String> CANARIES = new LinkedHashMap<>();
    static final List<String> ERRORS = new ArrayList<>();
    static Stage stage;

    @BeforeAll
    static void livesOfSecrets() throws Exception {
        // The most that `gateway run -v` turns on; below it the SSH library dumps what it carries.
        OURS.setLevel(Level.FINE);
        ROOT.addHandler(LOG);
        stage = Stage.raise(folder);
        collect();
        work();
    }

    @AfterAll
    static void strike() throws Exception {
        ROOT.removeHandler(LOG);
        OURS.setLevel(null);
        stage.close();
    }

    @Test
    void the_search_would_find_a_secret() {
        assertThat(CANARIES).hasSizeGreaterThan(12);
        assertThat(CANARIES.values()).allMatch(each -> each.length() >= 5);
        assertThat(found("before " + CANARIES.get("connection secret") + " after"))
                .containsExactly("connection secret");
    }

    @Test
    void recordings_hold_no_secret() throws Exception {
        var events = Recorded.events(stage);
        assertThat(events).hasSizeGreaterThan(4);
        assertThat(found(events.toString())).isEmpty();

        var stored = new StringBuilder();
        try (var recordings = RecordingsFolder.open(stage.recordings())) {
            assertThat(recordings.size()).isPositive();
            for (int i = 0; i < recordings.size(); i++) {
                try (var reader = recordings.reader(i)) {
                    for (var line = reader.nextLine(); line.isPresent(); line = reader.nextLine()) {
                        stored.append(new String(line.get(), StandardCharsets.UTF_8)).append('\n');
                    }
                }
            }
        }
        assertThat(found(stored.toString())).isEmpty();
    }

    @Test
    void logs_hold_no_secret() {
        assertThat(LOG.text()).isNotEmpty();
        assertThat(LOG.text().lines().filter(line -> !found(line).isEmpty())).isEmpty();
    }

    @Test
    void errors_hold_no_secret() {
        assertThat(ERRORS).hasSizeGreaterThan(2);
        assertThat(found(ERRORS.toString())).isEmpty();
    }

    @Test
    void only_key_files_hold_a_secret() throws Exception {
        var holders = new ArrayList<String>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!found(Files.readString(file, StandardCharsets.ISO_8859_1)).isEmpty()) {
                    holders.add(folder.relativize(file).toString());
                    assertThat(Files.getPosixFilePermissions(file).toString())
                            .as("%s", file)
                            .doesNotContain("GROUP", "OTHERS");
                }
            }
        }
        assertThat(holders)
                .containsExactlyInAnyOrder(
                        "gateway/keys/ca_key",
                        "gateway/keys/gateway_key",
                        "gateway/keys/host_key",
                        "gateway/keys/snowflake.p8",
                        "ana/id",
                        "ana/refresh-token",
                        "bo/id",
                        "bo/refresh-token");
    }

    @Test
    void configuration_and_secrets_print_no_key() throws Exception {
        var config = GatewayConfig.read(folder.resolve("gateway/gateway.yaml"));
        assertThat(config.toString()).contains("shop");
        assertThat(found(config.toString())).isEmpty();
        assertThat(Secret.of(CANARIES.get("gateway key"))).hasToString("<secret>");
        assertThat(found(stage.ana().toString())).isEmpty();
    }

    /// Everything that is a secret here, by what it is.
    private static void collect() throws Exception {
        var keys = folder.resolve("gateway/keys");
        plant("connection secret", stage.ana().secret().reveal());
        plant("password of ana", "ana-pw");
        plant("password of bo", "bo-pw");
        plant("wrong password", "canary-wrong-password");
        plant("gateway key", Files.readString(keys.resolve("gateway_key")).strip());
        plant("Snowflake key", middleOf(Files.readString(keys.resolve("snowflake.p8"))));
        plant("host key", middleOf(Files.readString(keys.resolve("host_key"))));
        plant("certificate authority", middleOf(Files.readString(keys.resolve("ca_key"))));
        for (var person : List.of(stage.ana(), stage.bo())) {
            AgentHome home = person.home();
            plant("key of " + person.name(), middleOf(home.key().orElseThrow().reveal()));
            plant("refresh token of " + person.name(), home.refreshToken().orElseThrow().reveal());
        }
        JsonNode login = login("ana", stage.ana().secret().reveal()).path("data");
        plant("session token", login.path("token").asText());
        plant("master token", login.path("masterToken").asText());
        query(login.path("token").asText(), "select 'with a raw token'");
    }

    /// A day's work, good and bad.
    private static void work() throws Exception {
        try (var connection = stage.ana().jdbc();
                var statement = connection.createStatement()) {
            statement.execute("select count(*) from orders");
            fails(() -> statement.execute("drop database shop"));
            fails(() -> statement.execute("select * from no_such_table"));
        }
        var wrong = Secret.of("canary-wrong-password");
        fails(() -> new Stage.Person("ana", stage.ana().home(), stage.ana().port(), wrong).jdbc());
        ERRORS.add(login("ana", "canary-wrong-password").toString());
        ERRORS.add(query("canary-wrong-password", "select 1").toString());
    }

    private static void plant(String what, String secret) {
        CANARIES.put(what, secret);
    }

    private static List<String> found(String text) {
        return CANARIES.entrySet().stream()
                .filter(each -> text.contains(each.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// A line of a key's own bytes: the first ones are the same in every key.
    private static String middleOf(String pem) {
        var lines = pem.lines().toList();
        return lines.get(lines.size() - 3);
    }

    private static void fails(Failing work) {
        assertThatThrownBy(work::run)
                .isInstanceOf(SQLException.class)
                .satisfies(failure -> ERRORS.add(failure.toString()));
    }

    private static JsonNode login(String user, String password) throws Exception {
        var body = JSON.createObjectNode();
        body.putObject("data")
                .put("LOGIN_NAME", user)
                .put("PASSWORD", password)
                .put("ACCOUNT_NAME", "sandbox")
                .put("CLIENT_APP_ID", "JDBC")
                .put("CLIENT_APP_VERSION", "4.4.1")
                .putObject("CLIENT_ENVIRONMENT")
                .put("APPLICATION", "canary");
        return post("/session/v1/login-request?requestId=" + java.util.UUID.randomUUID(), body, "");
    }

    private static JsonNode query(String token, String sql) throws Exception {
        var body = JSON.createObjectNode().put("sqlText", sql).put("sequenceId", 1);
        String path = "/queries/v1/query-request?requestId=" + java.util.UUID.randomUUID();
        return post(path, body, token);
    }

    private static JsonNode post(String path, JsonNode body, String token) throws Exception {
        var request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + stage.ana().port() + path))
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofString(body.toString()));
        if (!token.isEmpty()) {
            request.header("Authorization", "Snowflake Token=\"" + token + "\"");
        }
        try (var http = HttpClient.newHttpClient()) {
            return JSON.readTree(http.send(request.build(), BodyHandlers.ofByteArray()).body());
        }
    }

    @FunctionalInterface
    private interface Failing {
        void run() throws SQLException;
    }

    /// Keeps every line that the product and its libraries log, with its exceptions.
    private static final class Kept extends Handler {
        private final StringBuilder lines = new StringBuilder();
        private final SimpleFormatter formatter = new SimpleFormatter();

        Kept() {
            setLevel(Level.ALL);
        }

        synchronized String text() {
            return lines.toString();
        }

        @Override
        public synchronized void publish(LogRecord record) {
            lines.append(formatter.format(record));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
