package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The vendor's own driver against the proxy.
class JdbcIT {
    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private Connection connect() throws SQLException {
        var properties = new Properties();
        properties.put("account", "shop");
        properties.put("user", "ana");
        properties.put("password", gateway.secret());
        properties.put("disablePlatformDetection", "true");
        return DriverManager.getConnection(
                "jdbc:snowflake://http://127.0.0.1:" + gateway.anaPort() + "/", properties);
    }

    @Test
    void driver_logs_in_queries_and_is_told_what_is_blocked() throws Exception {
        snowflake.statements.put(
                "customers",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(
                                        snowflake.rows(
                                                new String[] {"Ada"}, new String[] {"Bob"}))));
        try (var connection = connect();
                var statement = connection.createStatement()) {
            try (var rows = statement.executeQuery("select name from customers")) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("Ada");
                rows.next();
                assertThat(rows.getString(1)).isEqualTo("Bob");
                assertThat(rows.next()).isFalse();
            }
            assertThatThrownBy(() -> statement.execute("drop table customers"))
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            e -> {
                                assertThat(e.getErrorCode()).isEqualTo(98011);
                                assertThat(e.getSQLState()).isEqualTo("42501");
                                assertThat(e.getMessage()).startsWith("sfguard: ");
                            });
        }
        assertThat(snowflake.received()).containsExactly("select name from customers");
    }

    @Test
    void driver_renews_its_token_and_goes_on() throws Exception {
        try (var connection = connect();
                var statement = connection.createStatement()) {
            gateway.time.advance(java.time.Duration.ofMinutes(61));
            try (var rows = statement.executeQuery("select 1")) {
                assertThat(rows.next()).isTrue();
            }
        }
        assertThat(snowflake.received()).hasSize(1);
    }

    @Test
    void driver_without_the_secret_is_turned_away() {
        var properties = new Properties();
        properties.put("account", "shop");
        properties.put("user", "ana");
        properties.put("password", "wrong");
        properties.put("disablePlatformDetection", "true");

        assertThatThrownBy(
                        () ->
                                DriverManager.getConnection(
                                        "jdbc:snowflake://http://127.0.0.1:"
                                                + gateway.anaPort()
                                                + "/",
                                        properties))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getErrorCode()).isEqualTo(390100));
        assertThat(snowflake.logins).isEmpty();
    }

    @Test
    void driver_reads_a_result_in_parts() throws Exception {
        snowflake.statements.put(
                "parts",
                (_, _) -> {
                    var data = snowflake.rows(new String[] {"inline"});
                    var chunks = data.putArray("chunks");
                    for (int i = 0; i < 4; i++) {
                        chunks.addObject()
                                .put("url", snowflake.uri() + "/bucket/" + i)
                                .put("rowCount", 1000)
                                .put("uncompressedSize", 20_000)
                                .put("compressedSize", 20_000);
                    }
                    data.put("total", 4001).put("returned", 4001);
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
                });
        snowflake.paths.put(
                "/bucket/\\d",
                (call, _) -> {
                    var text = new StringBuilder();
                    for (int i = 0; i < 1000; i++) {
                        text.append(i == 0 ? "" : ",")
                                .append("[\"")
                                .append(call.path().substring(8))
                                .append('.')
                                .append(i)
                                .append("\"]");
                    }
                    return ScriptedSnowflake.text(text.toString());
                });
        try (var connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery("select 'parts'")) {
            int count = 0;
            String last = "";
            while (rows.next()) {
                last = rows.getString(1);
                count++;
            }
            assertThat(count).isEqualTo(4001);
            assertThat(last).isEqualTo("3.999");
        }
    }
}
