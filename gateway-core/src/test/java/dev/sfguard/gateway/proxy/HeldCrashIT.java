package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.FailingRecordings;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/// Random walks of held statements, with crashes before any write of the journal and after the
/// bytes have reached Snowflake. A crash is an image of the disk at that moment: the next gateway
/// begins with it, and nothing that the old one does later reaches anybody.
class HeldCrashIT {
    private static final int ROUNDS = 30;
    private static final int STATEMENTS = 3;
    private static final Pattern KEY = Pattern.compile("STARTSWITH\\(QUERY_TAG, '(.*?)'\\)");
    private static final Identity CY =
            new Identity(
                    "sub-cy",
                    "cy@acme.example",
                    Identity.Kind.HUMAN,
                    Set.of("dba"),
                    "https://idp.example",
                    Instant.parse("2100-01-01T00:00:00Z"));

    @TempDir Path folder;

    @Test
    void no_statement_runs_twice_and_no_request_is_lost() throws Exception {
        long seed = System.nanoTime();
        int crashes = 0;
        int ran = 0;
        for (int i = 0; i < ROUNDS; i++) {
            var walk = new Walk(folder.resolve("walk" + i), seed + i);
            try {
                walk.run();
            } catch (AssertionError | Exception wrong) {
                throw new AssertionError("seed " + (seed + i) + ": " + walk.told(), wrong);
            } finally {
                walk.close();
            }
            crashes += walk.crashes.get();
            ran += walk.received.size();
        }
        // The walks go where they should.
        assertThat(crashes).isGreaterThan(ROUNDS / 2);
        assertThat(ran).isGreaterThan(ROUNDS);
    }

    /// A statement that reached Snowflake.
    private record Arrived(String text, String tag, String queryId) {}

    private static final class Walk {
        private final Path folder;
        private final Random random;
        private final FailingRecordings disk = new FailingRecordings();
        private final ScriptedSnowflake snowflake = new ScriptedSnowflake();
        private final List<Arrived> received = new ArrayList<>();
        private final Map<String, Integer> times = new ConcurrentHashMap<>();
        private final AtomicInteger crashes = new AtomicInteger();
        private final List<Future<JsonNode>> clients = new ArrayList<>();
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private volatile TestGateway gateway;
        private volatile boolean dead;
        private volatile boolean done;
        private final AtomicInteger life = new AtomicInteger();
        private volatile int writesLeft;
        private volatile boolean dieAtSnowflake;
        private volatile CountDownLatch died = new CountDownLatch(1);
        private final Set<String> denied = ConcurrentHashMap.newKeySet();
        private final Map<String, String> last = new ConcurrentHashMap<>();

        Walk(Path folder, long seed) throws Exception {
            this.folder = folder;
            this.random = new Random(seed);
            Files.createDirectories(image(0));
            snowflake.statements.put("DELETE", this::arrives);
            snowflake.statements.put("QUERY_HISTORY_BY_USER", (call, _) -> history(call.sql()));
            snowflake.paths.put(
                    "/queries/01b[0-9a-f-]*/result",
                    (call, _) -> result(call.path().substring(9, 45)));
            disk.beforeWrite(this::beforeWrite);
            writesLeft = Integer.MAX_VALUE;
            gateway = start();
        }

        private TestGateway start() throws Exception {
            var started =
                    new TestGateway(
                            image(life.get()),
                            snowflake,
                            TestGateway.settings(),
                            disk::open,
                            HeldIT.POLICY);
            started.patience = Duration.ofSeconds(3);
            return started;
        }

        private Path image(int of) {
            return folder.resolve("life" + of);
        }

        String told() throws Exception {
            var states = new ArrayList<String>();
            for (var approval : gateway.approvals().list(EnumSet.allOf(State.class))) {
                states.add(
                        approval.shown().text()
                                + " "
                                + approval.state()
                                + " "
                                + approval.stored().votes());
            }
            return "crashes %s, received %s, denied %s, states %s, last answers %s"
                    .formatted(crashes, times, denied, states, last);
        }

        void run() throws Exception {
            var tokens = gateway.login();
            var statements = new ArrayList<String>();
            for (int i = 0; i < STATEMENTS; i++) {
                var text = "DELETE FROM orders WHERE id = " + i;
                boolean async = random.nextInt(3) == 0;
                statements.add(text);
                clients.add(threads.submit(() -> client(tokens, text, async)));
            }
            boolean denies = random.nextInt(4) == 0;
            var reviewer = threads.submit(() -> review(denies));
            int most = random.nextInt(4);
            for (int i = 0; i < most; i++) {
                crash();
            }
            var answers = new ArrayList<JsonNode>();
            for (var client : clients) {
                answers.add(client.get(20, TimeUnit.SECONDS));
            }
            done = true;
            reviewer.get(60, TimeUnit.SECONDS);
            settled();
            for (int i = 0; i < STATEMENTS; i++) {
                check(statements.get(i), answers.get(i), most == 0);
            }
            for (var sent : gateway.events(RecordingEvent.Sent.class)) {
                assertThat(
                                gateway.events(RecordingEvent.Approved.class).stream()
                                        .anyMatch(it -> it.statement() == sent.statement()))
                        .as("the yes to %s is recorded", sent.text())
                        .isTrue();
            }
        }

        private void check(String text, JsonNode answer, boolean nothingCrashed) {
            int ran = times.getOrDefault(text, 0);
            assertThat(ran).as("times that %s ran: %s", text, answer).isLessThanOrEqualTo(1);
            var code = answer.path("code").asText();
            if (answer.path("success").asBoolean()) {
                assertThat(ran).as(text).isEqualTo(1);
            } else {
                assertThat(code).as(text).isIn("098013", "098015", "098016", "098019");
            }
            if (!code.equals("098019") && !answer.path("success").asBoolean()) {
                assertThat(ran).as("%s was answered %s", text, code).isZero();
            }
            if (nothingCrashed && denied.isEmpty()) {
                assertThat(answer.path("success").asBoolean()).as(text).isTrue();
            }
        }

        /// Nothing waits or is on its way any more, as far as the store knows.
        private void settled() throws Exception {
            Await.until(
                    () ->
                            gateway.approvals()
                                    .list(EnumSet.of(State.PENDING, State.APPROVED, State.SENT))
                                    .isEmpty());
        }

        // ---- what dies, and how

        private synchronized void beforeWrite() {
            if (writesLeft != Integer.MAX_VALUE && writesLeft-- <= 0) {
                die();
            }
        }

        private synchronized void die() {
            if (dead) {
                return;
            }
            dead = true;
            writesLeft = Integer.MAX_VALUE;
            dieAtSnowflake = false;
            // Neither the journal, which waits for this walk, nor the store is written meanwhile.
            try (var store =
                            JDBC.createConnection(
                                    "jdbc:sqlite:" + image(life.get()).resolve("sfguard.db"),
                                    new Properties());
                    var statement = store.createStatement()) {
                statement.execute("PRAGMA busy_timeout = 10000");
                statement.execute("BEGIN IMMEDIATE");
                copy(image(life.get()), image(life.get() + 1));
                disk.fill();
                statement.execute("ROLLBACK");
            } catch (IOException | SQLException e) {
                throw new IllegalStateException(e);
            }
            died.countDown();
        }

        private static void copy(Path from, Path to) throws IOException {
            try (var files = Files.walk(from)) {
                for (var file : files.toList()) {
                    var target = to.resolve(from.relativize(file));
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(target);
                    } else if (!file.toString().endsWith("-shm")) {
                        Files.copy(file, target);
                    }
                }
            }
        }

        /// Lets the gateway die at a moment that the walk picks, and starts the next one.
        private void crash() throws Exception {
            died = new CountDownLatch(1);
            if (random.nextInt(3) == 0) {
                dieAtSnowflake = true;
            } else {
                writesLeft = random.nextInt(12);
            }
            if (!died.await(300 + random.nextInt(700), TimeUnit.MILLISECONDS)) {
                die();
            }
            crashes.incrementAndGet();
            var old = gateway;
            try {
                old.stop();
            } catch (Exception dying) {
                // Its disk is full, as far as it knows.
            }
            disk.free();
            bury();
            gateway = start();
            dead = false;
        }

        private synchronized void bury() {
            life.incrementAndGet();
        }

        // ---- Snowflake

        private byte[] arrives(ScriptedSnowflake.Call call, HttpExchange exchange)
                throws IOException {
            synchronized (this) {
                if (dead) {
                    return drop(exchange);
                }
                times.merge(call.sql(), 1, Integer::sum);
                var arrived =
                        new Arrived(
                                call.sql(),
                                call.body().at("/parameters/QUERY_TAG").asText(),
                                ScriptedSnowflake.queryId());
                received.add(arrived);
                if (dieAtSnowflake) {
                    die();
                    return drop(exchange);
                }
                return call.body().path("asyncExec").asBoolean()
                        ? ScriptedSnowflake.running(arrived.queryId(), "333334")
                        : result(arrived.queryId());
            }
        }

        private static byte[] drop(HttpExchange exchange) throws IOException {
            exchange.close();
            throw new IOException("dropped");
        }

        private byte[] result(String queryId) throws IOException {
            return ScriptedSnowflake.bytes(
                    ScriptedSnowflake.ok(
                            snowflake.rows(new String[] {"1"}).put("queryId", queryId)));
        }

        private synchronized byte[] history(String question) throws IOException {
            var key = KEY.matcher(question);
            assertThat(key.find()).isTrue();
            var rows =
                    received.stream()
                            .filter(it -> it.tag().startsWith(key.group(1)))
                            .map(it -> new String[] {it.queryId(), "SUCCESS", it.text()})
                            .toArray(String[][]::new);
            var data = snowflake.rows(rows);
            var rowtype = data.putArray("rowtype");
            for (var name : new String[] {"QUERY_ID", "EXECUTION_STATUS", "STATEMENT"}) {
                rowtype.addObject().put("name", name).put("type", "text");
            }
            return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
        }

        // ---- people

        /// Sends its request again after every crash, with the same id, as drivers do.
        private JsonNode client(TestGateway.Tokens tokens, String text, boolean async) {
            var requestId = UUID.randomUUID().toString();
            var body = TestGateway.body(text).put("asyncExec", async);
            JsonNode known = null;
            while (true) {
                int in = life.get();
                try {
                    var answer =
                            known == null
                                    ? gateway.query(tokens, requestId, body)
                                    : gateway.get(
                                            known.at("/data/getResultUrl").asText(),
                                            tokens.token());
                    last.put(text, answer.toString());
                    if (dead || in != life.get()) {
                        known = null;
                    } else if (answer.path("code").asText("").startsWith("33333")) {
                        known = answer;
                    } else {
                        return answer;
                    }
                } catch (Exception cut) {
                    last.put(text, cut.toString());
                    known = null;
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                }
            }
        }

        private void review(boolean denies) {
            while (!done) {
                try {
                    var approvals = gateway.approvals();
                    for (var approval : approvals.list(EnumSet.of(State.PENDING))) {
                        boolean no = denies && approval.shown().text().endsWith("0");
                        if (no) {
                            denied.add(approval.id());
                        }
                        approvals.answer(approval.id(), CY, !no, "looked at", Duration.ZERO);
                    }
                } catch (IOException | RuntimeException dying) {
                    // The next gateway is asked.
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }

        void close() throws Exception {
            done = true;
            threads.shutdownNow();
            disk.free();
            gateway.close();
            snowflake.close();
        }
    }
}
