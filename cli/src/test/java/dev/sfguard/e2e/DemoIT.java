package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.agent.AgentHome;
import dev.sfguard.agent.AgentLink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The first minutes of a newcomer: the demo and what its tour says, every command a process. The
/// last tests take the demo apart, so the tests have an order.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DemoIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String COUNT = "select count(*) from orders";
    private static final String PEOPLE =
            "select id, name, email, ssn, card_number from customers order by id limit 3";

    /// A whole address, and a whole number.
    private static final String RAW = ".*[a-z]+\\.[a-z]+\\d+@.*,9\\d{2}-\\d{2}-\\d{4},4\\d{15}.*";

    private static final String DROP = "drop database shop";
    private static final String MESSAGE = "Objects are dropped by migrations only";

    @TempDir static Path folder;
    static Path demo;
    static JsonNode state;

    @BeforeAll
    static void start() throws Exception {
        demo = folder.resolve("demo");
        var ran = Ran.sfguard(folder, "demo", "--dir", demo.toString(), "--detach", "-o", "json");
        assertThat(ran.status()).as(ran.err()).isZero();
        state = JSON.readTree(ran.out());
    }

    @AfterAll
    static void leaveNothing() throws Exception {
        Ran.sfguard(folder, "demo", "stop", "--dir", demo.toString());
        processes().forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    @Order(1)
    void a_query_prints_its_rows() throws Exception {
        var ran = Ran.sfguard(home("ana"), "exec", "shop", "-q", COUNT);
        assertThat(ran.status()).as(ran.err()).isZero();
        assertThat(ran.out().lines()).last().isEqualTo("20000");
    }

    @Test
    @Order(1)
    void a_blocked_statement_says_why_and_never_reaches_the_warehouse() throws Exception {
        var ran = Ran.sfguard(home("ana"), "exec", "shop", "-q", DROP);
        assertThat(ran.status()).isEqualTo(11);
        assertThat(ran.err()).contains(MESSAGE).contains("no-drop");
        assertThat(ran.out()).isEmpty();
        assertThat(witness()).doesNotContainIgnoringCase(DROP);
    }

    @Test
    @Order(1)
    void the_ai_agent_reads_but_may_not_write() throws Exception {
        var read = Ran.sfguard(home("robot"), "exec", "shop", "-q", COUNT);
        assertThat(read.status()).as(read.err()).isZero();
        String write = "create table robots_own (a int)";
        var refused = Ran.sfguard(home("robot"), "exec", "shop", "-q", write);
        assertThat(refused.status()).isEqualTo(11);
        assertThat(refused.err()).contains("writing is for people");
        assertThat(witness()).doesNotContain("robots_own");
    }

    @Test
    @Order(1)
    void the_same_statement_shows_masked_values_to_ana_and_raw_ones_to_bo() throws Exception {
        var ana = Ran.sfguard(home("ana"), "exec", "shop", "-q", PEOPLE);
        assertThat(ana.status()).as(ana.err()).isZero();
        var bo = Ran.sfguard(home("bo"), "exec", "shop", "-q", PEOPLE);
        assertThat(bo.status()).as(bo.err()).isZero();
        assertThat(ana.out().lines()).hasSize(4).allMatch(line -> !line.matches(RAW));
        assertThat(bo.out().lines().skip(1)).hasSize(3).allMatch(line -> line.matches(RAW));
        for (String line : ana.out().lines().skip(1).toList()) {
            assertThat(line)
                    .matches(
                            "\\d,[A-Za-z ]+,[a-z]\\*\\*\\*@mail\\.example,\\*\\*\\*\\d{4},\\*\\*\\*");
        }
        assertThat(witness()).contains("SELECT * REPLACE");
    }

    @Test
    @Order(1)
    void the_gateway_explains_what_it_does_to_whom() throws Exception {
        String asked = PEOPLE + " -- explained only";
        var own = Ran.sfguard(home("ana"), "policy", "explain", asked);
        assertThat(own.status()).as(own.err()).isZero();
        assertThat(own.out())
                .contains("ana@shop.example (analysts) on shop", "mask by readers")
                .contains("SHOP.PUBLIC.CUSTOMERS.SSN", "SELECT * REPLACE");
        var other = Ran.sfguard(home("ana"), "policy", "explain", "--as", "user=x", asked);
        assertThat(other.status()).isEqualTo(10);
        assertThat(other.err()).contains("readers of recordings only");
        assertThat(witness()).doesNotContain("explained only");
    }

    @Test
    @Order(2)
    void the_list_of_sessions_shows_the_query_and_the_block() throws Exception {
        var ran = Ran.sfguard(home("ana"), "sessions", "-o", "json");
        assertThat(ran.status()).as(ran.err()).isZero();
        var sessions = rows(ran.out());
        assertThat(sessions)
                .hasSize(3)
                .allMatch(each -> each.path("user").asText().equals("ana@shop.example"));
        assertThat(sessions).extracting(each -> each.path("blocked").asInt()).contains(0, 1);
        assertThat(sessions).extracting(each -> each.path("rows").asInt()).contains(1, 0);
    }

    @Test
    @Order(2)
    void the_replay_shows_the_rows_and_the_block() throws Exception {
        var told = new StringBuilder();
        for (JsonNode session : rows(Ran.sfguard(home("ana"), "sessions", "-o", "json").out())) {
            var ran = Ran.sfguard(home("ana"), "replay", "--text", session.path("id").asText());
            assertThat(ran.status()).as(ran.err()).isZero();
            told.append(ran.out());
        }
        assertThat(told.toString()).contains(COUNT, "20000", DROP, "no-drop", MESSAGE);
        assertThat(told.toString())
                .contains("allow  readers  mask CUSTOMERS(CARD_NUMBER, EMAIL, SSN)")
                .contains("***@mail.example");
        assertThat(told.toString().lines()).noneMatch(line -> line.matches(RAW));
        var last = Ran.sfguard(home("ana"), "replay", "last", "--text");
        assertThat(last.status()).as(last.err()).isZero();
        assertThat(told.toString()).startsWith(last.out());
    }

    @Test
    @Order(2)
    void words_and_logs_of_the_processes_hold_no_secret() throws Exception {
        var secrets = new ArrayList<>(List.of("ana-pw", "bo-pw", "robot-pw"));
        secrets.add(Files.readString(demo.resolve("gateway/keys/gateway_key")).strip());
        var seen = new ArrayList<String>();
        for (String user : List.of("ana", "bo", "robot")) {
            var home = AgentHome.of(home(user));
            home.refreshToken().ifPresent(token -> secrets.add(token.reveal()));
            secrets.add(home.key().orElseThrow().reveal().lines().toList().get(2));
            try (var link = AgentLink.open(home, "shop")) {
                secrets.add(link.secret().reveal());
            }
            seen.add(Files.readString(home(user).resolve(AgentHome.LOG)));
        }
        var processes = processes();
        assertThat(processes).hasSize(5);
        processes.forEach(each -> seen.add(told(each, "cmdline")));
        try (Stream<Path> logs = Files.list(demo.resolve("logs"))) {
            for (Path log : logs.toList()) {
                seen.add(Files.readString(log));
            }
        }
        assertThat(secrets).hasSize(12).doesNotContain("");
        assertThat(seen.toString()).contains("dev.sfguard.cli.Sfguard", COUNT);
        assertThat(seen.toString()).doesNotContain(secrets.toArray(new String[0]));
    }

    @Test
    @Order(3)
    void a_change_of_orders_runs_once_somebody_else_says_yes() throws Exception {
        String sql = "delete from orders where id = 7";
        Path err = folder.resolve("waits.err");
        var waiting =
                Ran.start(
                        home("ana"),
                        folder.resolve("waits.out"),
                        err,
                        "exec",
                        "shop",
                        "-v",
                        "-q",
                        sql,
                        "--reason",
                        "ticket 812");
        String id = requestOf(sql);
        Await.until(() -> Files.readString(err).contains("waiting for approval: request " + id));

        var shown = Ran.sfguard(home("bo"), "requests", id);
        assertThat(shown.out())
                .contains("ana@shop.example (human; analysts)", "orders-writes-need-review")
                .contains("reason    ticket 812", sql, "sfguard approve " + id);
        var own = Ran.sfguard(home("ana"), "approve", id);
        assertThat(own.status()).isEqualTo(2);
        assertThat(own.err()).contains("is your own, and nobody answers their own");
        assertThat(witness()).doesNotContain(sql);
        var yes = Ran.sfguard(home("bo"), "approve", id, "--reason", "looked at it");
        assertThat(yes.status()).as(yes.err()).isZero();

        assertThat(waiting.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.exitValue()).as(Files.readString(err)).isZero();
        assertThat(Files.readString(err)).contains("1 row changed");
        var left = Ran.sfguard(home("bo"), "exec", "shop", "-q", COUNT);
        assertThat(left.out().lines()).last().isEqualTo("19999");
    }

    @Test
    @Order(3)
    void a_change_that_is_denied_ends_with_the_reviewers_reason() throws Exception {
        String sql = "delete from orders where id = 8";
        Path err = folder.resolve("denied.err");
        var waiting =
                Ran.start(
                        home("ana"), folder.resolve("denied.out"), err, "exec", "shop", "-q", sql);

        var no = Ran.sfguard(home("bo"), "deny", requestOf(sql), "--reason", "orders are history");
        assertThat(no.status()).as(no.err()).isZero();

        assertThat(waiting.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(waiting.exitValue()).isEqualTo(13);
        assertThat(Files.readString(err)).contains("bo@shop.example denied", "orders are history");
        assertThat(witness()).doesNotContain(sql);
    }

    @Test
    @Order(3)
    void who_does_not_wait_gets_the_requests_id_and_runs_it_later() throws Exception {
        String sql = "delete from orders where id = 9";
        var asked = Ran.sfguard(home("ana"), "exec", "shop", "-q", sql, "--no-wait", "-o", "json");
        assertThat(asked.status()).as(asked.err()).isEqualTo(12);
        String id = rows(asked.out()).getFirst().path("request").asText();
        assertThat(asked.err()).contains(id);
        assertThat(requestOf(sql)).isEqualTo(id);

        assertThat(Ran.sfguard(home("bo"), "approve", id).status()).isZero();
        var ran = Ran.sfguard(home("ana"), "exec", "shop", "-q", sql, "--no-wait");
        assertThat(ran.status()).as(ran.err()).isZero();
        var again = Ran.sfguard(home("ana"), "exec", "shop", "-q", sql, "--wait", "1s");
        assertThat(again.status()).as(again.err()).isEqualTo(14);
    }

    /// Waits until bo sees the statement among what waits for him.
    private static String requestOf(String sql) throws Exception {
        var found = new ArrayList<String>();
        Await.until(
                () -> {
                    var listed = Ran.sfguard(home("bo"), "requests", "-o", "json");
                    rows(listed.out()).stream()
                            .filter(each -> each.path("statement").asText().equals(sql))
                            .forEach(each -> found.add(each.path("id").asText()));
                    return !found.isEmpty();
                });
        return found.getFirst();
    }

    @Test
    @Order(4)
    void the_replay_shows_the_wait_and_who_decided() throws Exception {
        var told = new StringBuilder();
        for (JsonNode session : rows(Ran.sfguard(home("ana"), "sessions", "-o", "json").out())) {
            var ran = Ran.sfguard(home("ana"), "replay", "--text", session.path("id").asText());
            assertThat(ran.status()).as(ran.err()).isZero();
            told.append(ran.out());
        }
        assertThat(told.toString())
                .contains("held   orders-writes-need-review → dba")
                .contains("approved by bo@shop.example  \"looked at it\"")
                .contains("denied by bo@shop.example  \"orders are history\"")
                .contains("1 row deleted");
    }

    @Test
    @Order(5)
    void a_gateway_that_is_killed_loses_no_acknowledged_statement() throws Exception {
        Process restarted;
        int before = sessionsOfAna();
        try (var link = AgentLink.open(AgentHome.of(home("ana")), "shop");
                var connection = ana(link).jdbc();
                var statement = connection.createStatement()) {
            statement.execute("select 'acknowledged before the kill'");
            kill("gateway");
            restarted = restartGateway(before + 1);
            statement.execute("select 'said after the restart'");
        }
        restarted.destroy();
        assertThat(restarted.waitFor(30, TimeUnit.SECONDS)).isTrue();

        var offline = Ran.sfguard(folder, "replay", "--text", recordings().toString());
        assertThat(offline.status()).as(offline.err()).isZero();
        assertThat(offline.out())
                .contains(COUNT, DROP, MESSAGE)
                .contains("acknowledged before the kill", "said after the restart");
    }

    @Test
    @Order(6)
    void stop_leaves_no_process_of_the_demo() throws Exception {
        var ran = Ran.sfguard(folder, "demo", "stop", "--dir", demo.toString());
        assertThat(ran.status()).as(ran.err()).isZero();
        Await.until(() -> processes().isEmpty());
    }

    private static Stage.Person ana(AgentLink link) {
        return new Stage.Person("ana", AgentHome.of(home("ana")), link.port(), link.secret());
    }

    /// At the address that the agents know.
    private static Process restartGateway(int sessions) throws Exception {
        Path config = demo.resolve("gateway/gateway.yaml");
        String ssh = state.at("/gateway/ssh").asText();
        Files.writeString(
                config, Files.readString(config).replace("ssh: 127.0.0.1:0", "ssh: " + ssh));
        Path out = folder.resolve("restarted.out");
        var gateway =
                Ran.start(
                        folder,
                        out,
                        folder.resolve("restarted.err"),
                        "gateway",
                        "run",
                        "--config",
                        config.toString());
        Await.until(() -> Files.readString(out).contains("is up"));
        Await.until(() -> sessionsOfAna() == sessions);
        return gateway;
    }

    private static int sessionsOfAna() throws Exception {
        return rows(Ran.sfguard(home("ana"), "sessions", "-o", "json").out()).size();
    }

    private static void kill(String name) throws Exception {
        var process = ProcessHandle.of(state.at("/pids/" + name).asLong()).orElseThrow();
        process.destroyForcibly();
        process.onExit().get(10, TimeUnit.SECONDS);
    }

    /// Every process that was started for a path below the demo's folder.
    private static List<ProcessHandle> processes() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(each -> !each.equals(ProcessHandle.current()))
                    .filter(
                            each ->
                                    (told(each, "cmdline") + told(each, "environ"))
                                            .contains(folder.toString()))
                    .toList();
        }
    }

    /// What the kernel tells of a process; nothing of one that ended.
    private static String told(ProcessHandle process, String file) {
        Path path = Path.of("/proc", Long.toString(process.pid()), file);
        try {
            return Files.readString(path, StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static List<JsonNode> rows(String json) throws Exception {
        return json.isBlank() ? List.of() : JSON.readTree(json).valueStream().toList();
    }

    private static String witness() throws Exception {
        return Files.readString(demo.resolve("logs/sandbox-statements.ndjson"));
    }

    private static Path home(String user) {
        return Path.of(state.at("/homes/" + user).asText());
    }

    private static Path recordings() {
        return demo.resolve("gateway/recordings");
    }
}
