package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.AgentLink;
import dev.sfguard.agent.RunningAgent;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingsFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The agent, then the warehouse, die by SIGKILL while statements run and a large result is read.
/// What the gateway recorded is read from its folder, past the gateway.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KilledIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROWS = 300_000;
    private static final String LARGE =
            "select 'one of many rows' as x from table(generator(rowcount => " + ROWS + "))";

    @TempDir static Path folder;
    private static JsonNode state;
    private static Optional<Process> restartedSandbox = Optional.empty();

    @BeforeAll
    static void start() throws Exception {
        var ran =
                Ran.sfguard(
                        folder,
                        "demo",
                        "--dir",
                        folder.resolve("demo").toString(),
                        "--detach",
                        "-o",
                        "json");
        assertThat(ran.status()).as(ran.err()).isZero();
        state = JSON.readTree(ran.out());
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        Ran.sfguard(folder, "demo", "stop", "--dir", folder.resolve("demo").toString());
        restartedSandbox.ifPresent(Process::destroyForcibly);
    }

    @Test
    @Order(1)
    void a_killed_agent_loses_no_row_in_silence_and_comes_back_at_its_port() throws Exception {
        String waiting = "select system$wait(3)";
        Outcome running;
        Outcome reading;
        try (var before = AgentLink.open(ana(), "shop");
                var first = jdbc(before);
                var second = jdbc(before)) {
            execute(first, "select 'acknowledged before the agent died'");
            var result = first.createStatement().executeQuery(LARGE);
            assertThat(result.next()).isTrue();
            var statement = inBackground(() -> execute(second, waiting));
            Await.until(() -> received(waiting) == 1);

            kill(RunningAgent.find(ana()).orElseThrow().status().pid());

            assertThat(refusesConnections(before.port())).isTrue();
            var restarted = Ran.sfguard(home(), "connect", "shop", "--detach");
            assertThat(restarted.status()).as(restarted.err()).isZero();
            try (var after = AgentLink.open(ana(), "shop")) {
                assertThat(after.port()).isEqualTo(before.port());
            }
            reading = outcome(() -> 1 + rowsOf(result));
            running = outcome(() -> statement.get(40, TimeUnit.SECONDS));
            assertThat(execute(second, "select 'said after the agent came back'")).isEqualTo(1);
        }
        assertWholeOrAnError(reading, ROWS);
        assertWholeOrAnError(running, 1);
        assertThat(received(waiting)).isEqualTo(1);
        assertRecorded("select 'acknowledged before the agent died'");
        assertRecorded("select 'said after the agent came back'");
        Await.until(() -> !after(sent(waiting)).isEmpty());
    }

    @Test
    @Order(2)
    void a_killed_warehouse_leaves_an_unknown_outcome_and_nothing_is_sent_twice() throws Exception {
        String waiting = "select system$wait(300)";
        Outcome running;
        Outcome reading;
        try (var link = AgentLink.open(ana(), "shop");
                var first = jdbc(link, Map.of("maxHttpRetries", "1"));
                var second = jdbc(link)) {
            execute(first, "select 'acknowledged before the warehouse died'");
            var result = first.createStatement().executeQuery(LARGE);
            assertThat(result.next()).isTrue();
            var statement = inBackground(() -> execute(second, waiting));
            Await.until(() -> received(waiting) == 1);
            long pid = state.at("/pids/sandbox").asLong();
            var command = commandOf(pid);

            kill(pid);

            running = outcome(() -> statement.get(40, TimeUnit.SECONDS));
            restartSandbox(command);
            var rest = inBackground(() -> 1 + rowsOf(result));
            reading = outcome(() -> rest.get(40, TimeUnit.SECONDS));
        }
        assertThat(running.failure())
                .hasValueSatisfying(
                        failure ->
                                assertThat(failure.getMessage())
                                        .contains("sfguard:", "may have run", "not send it again"));
        assertWholeOrAnError(reading, ROWS);
        try (var link = AgentLink.open(ana(), "shop");
                var connection = jdbc(link)) {
            assertThat(execute(connection, "select 'the warehouse is back'")).isEqualTo(1);
        }
        assertThat(received(waiting)).isEqualTo(1);
        assertRecorded("select 'acknowledged before the warehouse died'");
        assertRecorded("select 'the warehouse is back'");
        assertThat(after(sent(waiting)))
                .filteredOn(RecordingEvent.Failed.class::isInstance)
                .singleElement()
                .satisfies(
                        it ->
                                assertThat(((RecordingEvent.Failed) it).message())
                                        .contains("may have run"));
    }

    /// @param rows that came, when it ended well
    private record Outcome(int rows, Optional<SQLException> failure) {}

    private static Outcome outcome(Callable<Integer> call) throws Exception {
        try {
            return new Outcome(call.call(), Optional.empty());
        } catch (SQLException failed) {
            return new Outcome(0, Optional.of(failed));
        } catch (java.util.concurrent.ExecutionException e) {
            if (e.getCause() instanceof SQLException failed) {
                return new Outcome(0, Optional.of(failed));
            }
            throw e;
        }
    }

    private static void assertWholeOrAnError(Outcome outcome, int rows) {
        if (outcome.failure().isPresent()) {
            assertThat(outcome.failure().get().getMessage()).isNotBlank();
        } else {
            assertThat(outcome.rows()).isEqualTo(rows);
        }
    }

    private static FutureTask<Integer> inBackground(Callable<Integer> call) {
        var task = new FutureTask<>(call);
        Thread.ofVirtual().start(task);
        return task;
    }

    private static int execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return rowsOf(result);
        }
    }

    private static int rowsOf(ResultSet result) throws SQLException {
        int rows = 0;
        while (result.next()) {
            rows++;
        }
        return rows;
    }

    private static Connection jdbc(AgentLink link) throws SQLException {
        return jdbc(link, Map.of());
    }

    private static Connection jdbc(AgentLink link, Map<String, String> more) throws SQLException {
        return new Stage.Person("ana", ana(), link.port(), link.secret()).jdbc(more);
    }

    private static boolean refusesConnections(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return !socket.isConnected();
        } catch (IOException refused) {
            return true;
        }
    }

    private static void kill(long pid) throws Exception {
        var process = ProcessHandle.of(pid).orElseThrow();
        CompletableFuture<ProcessHandle> end = process.onExit();
        process.destroyForcibly();
        end.get(10, TimeUnit.SECONDS);
    }

    private static List<String> commandOf(long pid) throws IOException {
        String words =
                Files.readString(
                        Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
        return List.of(words.split("\0", -1)).stream().filter(word -> !word.isEmpty()).toList();
    }

    /// At the ports that the gateway knows.
    private static void restartSandbox(List<String> command) throws Exception {
        var words = new ArrayList<>(command);
        words.set(words.indexOf("--port") + 1, state.at("/sandbox_port").asText());
        words.set(words.indexOf("--issuer-port") + 1, issuerPort());
        Path out = folder.resolve("sandbox.out");
        restartedSandbox =
                Optional.of(
                        new ProcessBuilder(words)
                                .redirectInput(Path.of("/dev/null").toFile())
                                .redirectOutput(out.toFile())
                                .redirectError(folder.resolve("sandbox.err").toFile())
                                .start());
        Await.until(() -> Files.readString(out).contains("\"port\""));
    }

    private static String issuerPort() throws IOException {
        String config = Files.readString(folder.resolve("demo/gateway/gateway.yaml"));
        var port = java.util.regex.Pattern.compile("issuer: http://[^:/]+:(\\d+)").matcher(config);
        assertThat(port.find()).isTrue();
        return port.group(1);
    }

    /// How often the warehouse got exactly this statement to run.
    private static long received(String sql) throws IOException {
        try (var lines = Files.lines(folder.resolve("demo/logs/sandbox-statements.ndjson"))) {
            return lines.map(KilledIT::parsed)
                    .filter(line -> line.path("text").asText().equals(sql))
                    .filter(line -> !line.path("describe_only").asBoolean())
                    .count();
        }
    }

    private static JsonNode parsed(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException beingWritten) {
            return JSON.missingNode();
        }
    }

    /// Every event of every recording, from the folder; the reader checks each chain.
    private static List<List<RecordingEvent>> recordings() throws IOException {
        var all = new ArrayList<List<RecordingEvent>>();
        try (var recordings = RecordingsFolder.open(folder.resolve("demo/gateway/recordings"))) {
            for (int i = 0; i < recordings.size(); i++) {
                var events = new ArrayList<RecordingEvent>();
                try (var reader = recordings.reader(i)) {
                    for (var it = reader.next(); it.isPresent(); it = reader.next()) {
                        events.add(it.get().event());
                    }
                }
                all.add(events);
            }
        }
        return all;
    }

    private static RecordingEvent.Sent sent(String sql) throws IOException {
        return recordings().stream()
                .flatMap(List::stream)
                .filter(RecordingEvent.Sent.class::isInstance)
                .map(RecordingEvent.Sent.class::cast)
                .filter(it -> it.text().equals(sql))
                .reduce(
                        (_, _) -> {
                            throw new AssertionError("recorded as sent twice: " + sql);
                        })
                .orElseThrow();
    }

    /// What the statement's recording says of its outcome.
    private static List<RecordingEvent> after(RecordingEvent.Sent sent) throws IOException {
        return recordings().stream()
                .filter(events -> events.contains(sent))
                .flatMap(List::stream)
                .filter(
                        event ->
                                switch (event) {
                                    case RecordingEvent.Ended it ->
                                            it.statement() == sent.statement();
                                    case RecordingEvent.Failed it ->
                                            it.statement() == sent.statement();
                                    case RecordingEvent.Cancelled it ->
                                            it.statement() == sent.statement();
                                    default -> false;
                                })
                .toList();
    }

    private static void assertRecorded(String sql) throws IOException {
        assertThat(after(sent(sql)))
                .as(sql)
                .singleElement()
                .isInstanceOf(RecordingEvent.Ended.class);
    }

    private static AgentHome ana() {
        return AgentHome.of(home());
    }

    private static Path home() {
        return Path.of(state.at("/homes/ana").asText());
    }
}
