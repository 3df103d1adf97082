package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.gateway.identity.Secret;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Snowflake's driver and our commands make of misfortunes between them and the warehouse.
class FaultsIT {
    @TempDir Path folder;
    private Stage stage;

    @BeforeEach
    void raise() throws Exception {
        stage = Stage.raiseUnmasked(folder);
    }

    @AfterEach
    void strike() throws Exception {
        stage.close();
    }

    @Test
    void a_wrong_connection_secret_opens_nothing() {
        int before = stage.sandbox().requests().size();
        var ana = stage.ana();
        var intruder = new Stage.Person("ana", ana.home(), ana.port(), Secret.of("wrong"));

        SQLException failure = failureOf(intruder::jdbc);

        assertThat(failure.getErrorCode()).isEqualTo(390_100);
        assertThat(stage.sandbox().requests()).hasSize(before);
    }

    @Test
    void a_forged_host_is_refused_at_the_agents_port() throws Exception {
        int before = stage.sandbox().requests().size();

        for (String host : new String[] {"evil.example", "api", "localhost.evil.example"}) {
            String path = "/session/v1/login-request";
            assertThat(answerTo(path, host)).as(host).startsWith("HTTP/1.1 421");
            assertThat(answerTo("/v1/sessions", host)).as(host).startsWith("HTTP/1.1 421");
        }

        assertThat(stage.sandbox().requests()).hasSize(before);
    }

    @Test
    void a_result_that_is_cut_off_is_fetched_again_and_never_a_short_result() throws Exception {
        String sql = "select id from customers order by id limit 500";
        try (var connection = stage.ana().jdbc()) {
            stage.sandbox().faults().cutResult(sql);

            assertThat(rows(connection, sql)).isEqualTo(500);
            assertThat(stage.timesReceived(sql)).isEqualTo(1);
            assertThat(rows(connection, "select 1")).isEqualTo(1);
        }
    }

    @Test
    void a_statement_whose_connection_drops_runs_once() throws Exception {
        String sql = "insert into dropped values (1)";
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            statement.execute("create temporary table dropped (a int)");
            stage.sandbox().faults().dropQuery(sql);

            assertThat(statement.executeUpdate(sql)).isEqualTo(1);

            assertThat(stage.timesReceived(sql)).isEqualTo(1);
            assertThat(rows(connection, "select a from dropped")).isEqualTo(1);
        }
    }

    @Test
    void a_slow_statement_whose_connection_breaks_is_found_running_and_waited_for()
            throws Exception {
        String sql = "select system$wait(3)";
        try (var connection = stage.bo().jdbc()) {
            stage.sandbox().faults().cutQuery(sql);

            assertThat(rows(connection, sql)).isEqualTo(1);

            assertThat(stage.timesReceived(sql)).isEqualTo(1);
            assertThat(Recorded.events(stage))
                    .filteredOn(event -> event.path("type").asText().equals("looked_up"))
                    .extracting(event -> event.path("found").asText())
                    .containsExactly("running");
        }
    }

    @Test
    void several_statements_whose_connection_breaks_give_all_their_results() throws Exception {
        try (var connection = stage.bo().jdbc();
                var statement = connection.createStatement()) {
            statement
                    .unwrap(net.snowflake.client.api.statement.SnowflakeStatement.class)
                    .setParameter("MULTI_STATEMENT_COUNT", 2);
            String sql = "select 'first'; select 'second'";
            stage.sandbox().faults().dropQuery(sql);

            assertThat(statement.execute(sql)).isTrue();

            var values = new java.util.ArrayList<String>();
            do {
                try (var result = statement.getResultSet()) {
                    result.next();
                    values.add(result.getString(1));
                }
            } while (statement.getMoreResults());
            assertThat(values).containsExactly("first", "second");
            assertThat(stage.timesReceived(sql)).isEqualTo(1);
        }
    }

    @Test
    void without_the_warehouse_the_gateway_says_so_and_lives_on() throws Exception {
        try (var connection = stage.ana().jdbc()) {
            stage.sandbox().close();

            SQLException failure = failureOf(() -> rows(connection, "select 1"));

            assertThat(failure.getMessage()).startsWith("sfguard:");
            assertThat(Recorded.sessions(stage)).isNotEmpty();
        }
    }

    @Test
    void without_the_issuer_login_says_so_and_sessions_go_on() throws Exception {
        try (var connection = stage.ana().jdbc()) {
            stage.issuer().close();
            var screen =
                    new CapturedStreams()
                            .variable("SFGUARD_HOME", folder.resolve("new").toString());

            var code = screen.run("login", stage.gateway().loginTarget());

            assertThat(code).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(screen.err()).contains("Cannot reach the issuer " + stage.issuer().uri());
            assertThat(rows(connection, "select 1")).isEqualTo(1);
        }
        try (var connection = stage.ana().jdbc()) {
            assertThat(rows(connection, "select 1")).isEqualTo(1);
        }
    }

    private String answerTo(String path, String host) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), stage.ana().port())) {
            String request =
                    "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"
                            .formatted(path, host);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static int rows(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            int rows = 0;
            while (result.next()) {
                rows++;
            }
            return rows;
        }
    }

    private static SQLException failureOf(Callable<?> call) {
        try {
            call.call();
        } catch (SQLException expected) {
            return expected;
        } catch (Exception other) {
            throw new AssertionError("no SQLException", other);
        }
        throw new AssertionError("did not fail");
    }
}
