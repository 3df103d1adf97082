package dev.sfguard.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptedSnowflakeTest {
    private ScriptedSnowflake upstream;

    @BeforeEach
    void start() throws Exception {
        upstream = ScriptedSnowflake.start(Optional.empty());
    }

    @AfterEach
    void stop() throws Exception {
        upstream.close();
    }

    @Test
    void snowflake_driver_reads_one_row_and_changes_its_role() throws Exception {
        try (var connection = jdbc();
                var statement = connection.createStatement()) {
            statement.execute("use role \"ANALYST\"");
            statement.execute("USE SECONDARY ROLES NONE");
            try (var rows = statement.executeQuery("select 1")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(1);
                assertThat(rows.next()).isFalse();
            }
            assertThat(connection.getSchema()).isEqualTo("PUBLIC");
        }
        assertThat(upstream.logins()).isEqualTo(1);
        assertThat(upstream.queries()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline_2mb", "chunked_20mb", "gzipped_10mb"})
    void snowflake_driver_reads_every_row_of_a_large_result(String table) throws Exception {
        int mebibytes = Integer.parseInt(table.replaceAll("\\D", ""));
        try (var connection = jdbc();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select * from " + table)) {
            long count = 0;
            var ids = new HashSet<Long>();
            while (rows.next()) {
                count++;
                ids.add(rows.getLong("ID"));
                assertThat(rows.getString("EMAIL")).endsWith("@shop.example");
            }
            assertThat(count).isEqualTo(mebibytes * 8_192L);
            assertThat(ids).hasSize(8_192);
        }
    }

    @Test
    void driver_prepares_and_runs_transactions() throws Exception {
        try (var connection = jdbc()) {
            connection.setAutoCommit(false);
            try (var statement = connection.prepareStatement("select ?")) {
                assertThat(statement.getMetaData().getColumnCount()).isEqualTo(1);
                statement.setInt(1, 1);
                assertThat(statement.executeQuery().next()).isTrue();
            }
            connection.commit();
            assertThat(connection.isValid(5)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"inline_3mb", "chunked_17mb", "gzipped_17mb"})
    void bench_client_counts_what_it_reads(String table) throws Exception {
        int mebibytes = Integer.parseInt(table.replaceAll("\\D", ""));
        try (var client = BenchClient.open(Target.direct(upstream.port()))) {
            var result = client.download("select * from " + table);

            assertThat(result.rows()).isEqualTo(mebibytes * 8_192L);
            if (!table.startsWith("gzipped")) {
                assertThat(result.bytes())
                        .isBetween(mebibytes * 1_048_500L, mebibytes * 1_049_600L);
            }
        }
    }

    @Test
    void each_query_has_an_id_of_its_own() {
        var session = new ScriptedSession(1, "R");
        String first = new String(session.oneRow(1), StandardCharsets.UTF_8);
        String second = new String(session.oneRow(2), StandardCharsets.UTF_8);

        assertThat(first).contains("01c0ffee-0000-0000-0000-000000000001");
        assertThat(second).contains("01c0ffee-0000-0000-0000-000000000002");
        session.useRole("OTHER");
        assertThat(new String(session.oneRow(3), StandardCharsets.UTF_8))
                .contains("\"finalRoleName\":\"OTHER\"")
                .contains("01c0ffee-0000-0000-0000-000000000003");
    }

    @Test
    void closed_or_unknown_session_is_refused() throws Exception {
        assertThat(exchange(query("Snowflake Token=\"session-99\"", "{\"sqlText\":\"select 1\"}")))
                .contains("\"code\":\"390104\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "GET /",
                "POST / HTTP/1.1\r\nContent-Length: -4\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
                "POST / HTTP/1.1\r\nno colon\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void malformed_requests_end_their_connection_alone(String request) throws Exception {
        try (var bystander = BenchClient.open(Target.direct(upstream.port()))) {
            try {
                exchange(request + "\r\n\r\n");
            } catch (EOFException e) {
                // As good an answer as 400.
            }
            bystander.query("select 1");
        }
    }

    @Test
    void relay_changes_nothing() throws Exception {
        try (var relay = TcpRelay.start(upstream.port());
                var client =
                        BenchClient.open(
                                Target.direct(upstream.port()).through("relay", relay.port()))) {
            client.query("select 1");
            assertThat(client.download("select * from chunked_9mb").rows()).isEqualTo(9 * 8_192L);
        }
        assertThatThrownBy(() -> BenchClient.open(Target.direct(1)))
                .isInstanceOf(IOException.class);
    }

    private static String query(String authorization, String body) {
        return "POST /queries/v1/query-request HTTP/1.1\r\nHost: x\r\nAuthorization: "
                + authorization
                + "\r\nConnection: close\r\nContent-Length: "
                + body.length()
                + "\r\n\r\n"
                + body;
    }

    private String exchange(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), upstream.port())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Connection jdbc() throws SQLException {
        var properties = new Properties();
        properties.put("user", "bench");
        properties.put("password", "none");
        properties.put("account", "bench");
        // Or the driver asks cloud metadata services who it is.
        properties.put("disablePlatformDetection", "true");
        return DriverManager.getConnection(
                "jdbc:snowflake://http://127.0.0.1:" + upstream.port() + "/", properties);
    }
}
