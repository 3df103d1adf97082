package dev.sfguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.cli.approval.CannedApi;
import dev.sfguard.cli.query.StubSnowflake;
import dev.sfguard.cli.query.Target;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `exec` with the vendor's real driver against a scripted server.
class ExecCommandTest {
    private final StubSnowflake snowflake = new StubSnowflake();
    private final CapturedStreams world = new CapturedStreams();
    private final CannedApi api = new CannedApi();

    @TempDir private Path folder;

    @AfterEach
    void stop() {
        snowflake.close();
    }

    @Test
    void rows_are_csv_where_nobody_watches_and_nothing_else_is_said() {
        snowflake.rows("select 1", "N fixed, T text", "[[\"1\",\"a,b\"],[null,\"\"]]");

        assertThat(exec("shop", "-q", "select 1")).isEqualTo(ExitCode.DONE);

        assertThat(world.out()).isEqualTo("N,T\n1,\"a,b\"\n,\"\"\n");
        assertThat(world.err()).isEmpty();
    }

    @Test
    void the_driver_is_told_not_to_ask_the_cloud_who_it_is() {
        snowflake.rows("select 1", "N fixed", "[[\"1\"]]");
        exec("shop", "-q", "select 1");

        var data = snowflake.logins().getFirst().path("data");
        assertThat(data.path("CLIENT_ENVIRONMENT").path("PLATFORM").toString())
                .doesNotContain("aws", "timeout", "ec2");
        assertThat(data.path("CLIENT_ENVIRONMENT").path("disablePlatformDetection").asText())
                .isEqualTo("true");
    }

    @Test
    void prompt_and_reason_travel_with_the_login() throws IOException {
        snowflake.rows("select 1", "N fixed", "[[\"1\"]]");
        Path prompt = Files.writeString(folder.resolve("prompt.txt"), "which customers\nchurned?");
        world.variable("SFGUARD_AGENT", "{\"agent\":\"claude\"}");

        exec("shop", "-q", "select 1", "--prompt-file", prompt.toString(), "--reason", "ticket 7");

        var parameters = snowflake.logins().getFirst().path("data").path("SESSION_PARAMETERS");
        assertThat(parameters.path("SFGUARD_PROMPT").asText())
                .isEqualTo("which customers\nchurned?");
        assertThat(parameters.path("SFGUARD_REASON").asText()).isEqualTo("ticket 7");
        assertThat(parameters.path("SFGUARD_AGENT").asText()).isEqualTo("{\"agent\":\"claude\"}");
        assertThat(parameters.path("JDBC_QUERY_RESULT_FORMAT").asText()).isEqualTo("JSON");
        assertThat(parameters.path("CLIENT_TELEMETRY_ENABLED").asText()).isEqualTo("false");
    }

    @Test
    void json_tells_of_every_statement_with_types_kept() throws IOException {
        snowflake.rows(
                "select 1",
                "N fixed 2, R real, B boolean, V variant, D date",
                "[[\"12345678901234567890.50\",\"1.5\",\"1\",\"{\\n\\\"a\\\": 1}\",\"19675\"]]");
        snowflake.changes("insert into t values (1)", 1);

        exec("shop", "-q", "select 1; insert into t values (1);", "-o", "json");

        var reply = new ObjectMapper().readTree(world.out());
        assertThat(reply).hasSize(2);
        assertThat(reply.get(0).path("id").asText()).isEqualTo(StubSnowflake.id("select 1"));
        assertThat(reply.get(0).path("state").asText()).isEqualTo("done");
        assertThat(reply.get(0).path("row_count").asInt()).isEqualTo(1);
        assertThat(world.out())
                .contains(
                        "{\"N\":12345678901234567890.50,\"R\":1.5,\"B\":true,\"V\":{\"a\":1},\"D\":\"2023-11-14\"}");
        assertThat(reply.get(1).path("affected").asInt()).isEqualTo(1);
        assertThat(reply.get(1).has("rows")).isFalse();
    }

    @Test
    void a_sql_error_points_at_its_place_and_ends_the_run() {
        snowflake.error(
                "select a,\n  nope from t",
                "000904",
                "42000",
                "SQL compilation error: error line 2 at position 2\ninvalid identifier 'NOPE'");

        assertThat(exec("shop", "-q", "select a,\n  nope from t; select 1"))
                .isEqualTo(ExitCode.SQL_ERROR);

        assertThat(world.out()).isEmpty();
        assertThat(world.err())
                .isEqualTo(
                        """
                        sfguard: SQL compilation error: error line 2 at position 2
                        invalid identifier 'NOPE'
                            nope from t
                            ^
                          Query id: %s
                          Statement 1 of 2; the rest was not run.
                        """
                                .formatted(StubSnowflake.id("select a,\n  nope from t")));
        assertThat(snowflake.statements()).hasSize(1);
    }

    @Test
    void a_blocked_statement_shows_the_operators_words_and_exits_11() {
        snowflake.error(
                "drop database shop",
                "098011",
                "42501",
                "sfguard: Blocked by rule \"no-drop\": databases are dropped by the platform team.");

        assertThat(exec("shop", "-q", "drop database shop")).isEqualTo(ExitCode.BLOCKED);

        assertThat(world.err())
                .startsWith(
                        "sfguard: Blocked by rule \"no-drop\": databases are dropped by the"
                                + " platform team.\n");
    }

    @Test
    void a_server_that_only_uses_our_code_does_not_count_as_a_block() {
        snowflake.error("select 1", "098011", "42501", "some other product's message");
        assertThat(exec("shop", "-q", "select 1")).isEqualTo(ExitCode.SQL_ERROR);
    }

    @Test
    void each_refusal_has_its_own_exit_code() {
        var codes =
                List.of(
                        List.of("098012", ExitCode.PENDING),
                        List.of("098013", ExitCode.DENIED),
                        List.of("098014", ExitCode.STALE),
                        List.of("098015", ExitCode.STALE),
                        List.of("098016", ExitCode.NOT_RECORDED),
                        List.of("098017", ExitCode.LIMIT));
        for (var row : codes) {
            snowflake.error("select 1", (String) row.get(0), "58030", "sfguard: no");
            assertThat(exec("shop", "-q", "select 1"))
                    .as("code " + row.get(0))
                    .isEqualTo(row.get(1));
        }
    }

    @Test
    void continue_on_error_runs_the_rest_and_says_partial() throws IOException {
        snowflake.error("bad", "001003", "42000", "SQL compilation error");
        snowflake.rows("select 1", "N fixed", "[[\"1\"]]");

        assertThat(exec("shop", "-q", "bad; select 1; bad", "--continue-on-error", "-o", "json"))
                .isEqualTo(ExitCode.PARTIAL);

        var reply = new ObjectMapper().readTree(world.out());
        assertThat(reply)
                .extracting(node -> node.path("state").asText())
                .containsExactly("failed", "done", "failed");
        assertThat(reply.get(0).path("error").path("exit_code").asInt()).isEqualTo(5);
    }

    @Test
    void when_all_fail_the_first_failures_code_is_the_exit_code() {
        snowflake.error("drop x", "098011", "42501", "sfguard: no");
        snowflake.error("bad", "001003", "42000", "SQL compilation error");
        assertThat(exec("shop", "-q", "drop x; bad", "--continue-on-error"))
                .isEqualTo(ExitCode.BLOCKED);
    }

    @Test
    void values_of_the_command_line_cannot_break_out_of_their_literal() {
        exec(
                "shop",
                "-q",
                "select <% name %>, <% n | raw %>",
                "-D",
                "name=x'; drop t; --\\",
                "-D",
                "n=7");
        assertThat(snowflake.statements()).containsExactly("select 'x''; drop t; --\\\\', 7");
    }

    @Test
    void a_variable_without_a_value_is_refused_before_anything_is_sent() {
        assertThat(exec("shop", "-q", "select <% name %>", "-D", "other=1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).startsWith("sfguard: The SQL uses <% name %>, which has no value.");
        assertThat(snowflake.statements()).isEmpty();
    }

    @Test
    void sql_comes_from_a_file_or_standard_input_too() throws IOException {
        snowflake.rows("select 1", "N fixed", "[[\"1\"]]");
        Path file = Files.writeString(folder.resolve("a.sql"), "\ufeffselect 1;\n");
        assertThat(exec("shop", "-f", file.toString())).isEqualTo(ExitCode.DONE);
        world.input("select 1");
        assertThat(exec("shop")).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).isEqualTo("N\n1\nN\n1\n");
    }

    @Test
    void bad_sources_are_wrong_usage() throws IOException {
        Path latin = Files.write(folder.resolve("latin.sql"), new byte[] {'\'', (byte) 0xe4, '\''});
        assertThat(exec("shop", "-f", folder.resolve("none.sql").toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(exec("shop", "-f", latin.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(exec("shop", "-q", " -- nothing\n")).isEqualTo(ExitCode.USAGE);
        assertThat(exec("shop", "-q", "a", "-f", "b")).isEqualTo(ExitCode.USAGE);
        assertThat(exec("shop", "-q", "a", "--prompt", "x".repeat(65537)))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.err())
                .contains(
                        "There is no such file.",
                        "is not UTF-8.",
                        "There is no statement to run.",
                        "mutually exclusive",
                        "SFGUARD_PROMPT is too long")
                .doesNotContain("\tat ");
        assertThat(snowflake.logins()).isEmpty();
    }

    @Test
    void a_wrong_secret_means_login_and_a_dead_port_unreachable() throws IOException {
        var wrong = new Target("shop", snowflake.target().port(), Secret.of("wrong"), () -> {});
        assertThat(world.run(exec(wrong), "shop", "-q", "select 1")).isEqualTo(ExitCode.LOGIN);

        int dead;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            dead = socket.getLocalPort();
        }
        var nobody = new Target("shop", dead, Secret.of("x"), () -> {});
        assertThat(world.run(exec(nobody), "shop", "-q", "select 1"))
                .isEqualTo(ExitCode.UNREACHABLE);
        assertThat(world.err()).doesNotContain("connection-secret");
    }

    private ExecCommand exec(Target target) {
        return new ExecCommand((_, _) -> target, api);
    }

    private static final String PENDING =
            "sfguard: rule \"orders-writes\" holds this statement until somebody of dba approves it."
                    + " It is request 7K3M9Q2X, and waits until 2026-11-23T14:30:11Z.";

    private Object told(String parameter) {
        return snowflake
                .logins()
                .getLast()
                .path("data")
                .path("SESSION_PARAMETERS")
                .path(parameter)
                .asText(null);
    }

    @Test
    void how_long_to_wait_travels_with_the_login() {
        snowflake.rows("select 1", "N fixed", "[[\"1\"]]");
        exec("shop", "-q", "select 1");
        assertThat(told("SFGUARD_APPROVAL_WAIT")).isNull();
        exec("shop", "-q", "select 1", "--wait", "15m");
        assertThat(told("SFGUARD_APPROVAL_WAIT")).isEqualTo("900");
        exec("shop", "-q", "select 1", "--no-wait");
        assertThat(told("SFGUARD_APPROVAL_WAIT")).isEqualTo("0");
        assertThat(exec("shop", "-q", "select 1", "--no-wait", "--wait", "1m"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(exec("shop", "-q", "select 1", "--wait", "soon")).isEqualTo(ExitCode.USAGE);
        assertThat(snowflake.logins()).hasSize(3);
    }

    @Test
    void a_pending_statement_exits_12_without_waiting_and_14_after_it() throws IOException {
        snowflake.error("delete from orders where id = 7", "098012", "57014", PENDING);
        String sql = "delete from orders where id = 7";

        assertThat(exec("shop", "-q", sql, "--no-wait", "-o", "json")).isEqualTo(ExitCode.PENDING);
        var reply = new ObjectMapper().readTree(world.out()).path(0);
        assertThat(reply.path("state").asText()).isEqualTo("pending");
        assertThat(reply.path("request").asText()).isEqualTo("7K3M9Q2X");
        assertThat(reply.path("error").path("exit_code").asInt()).isEqualTo(12);
        assertThat(world.err()).contains("It is request 7K3M9Q2X");

        assertThat(exec("shop", "-q", sql, "--wait", "1s")).isEqualTo(ExitCode.WAIT_TIMED_OUT);
    }

    @Test
    void a_denial_exits_13_with_its_reason_and_what_is_over_15() {
        snowflake.error(
                "delete from a",
                "098013",
                "42501",
                "sfguard: bo@acme.io denied request 7K3M9Q2X, which rule \"r\" asks for: \"no\".");
        snowflake.error("delete from b", "098014", "57014", "sfguard: request 7K3M9Q2X expired.");
        snowflake.error("delete from c", "098015", "55000", "sfguard: request 7K3M9Q2X changed.");
        assertThat(exec("shop", "-q", "delete from a")).isEqualTo(ExitCode.DENIED);
        assertThat(world.err()).contains("bo@acme.io denied request 7K3M9Q2X", "\"no\"");
        assertThat(exec("shop", "-q", "delete from b")).isEqualTo(ExitCode.STALE);
        assertThat(exec("shop", "-q", "delete from c")).isEqualTo(ExitCode.STALE);
    }

    private ExitCode exec(String... args) {
        return world.run(exec(snowflake.target()), args);
    }
}
