package dev.sfguard.sandbox;

import java.io.IOException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A sandbox with the service user and an administrator, and the vendor's driver to reach it.
final class TestAccount implements AutoCloseable {
    static final String ADMIN = "ADMIN";

    private final KeyPair keys;
    private final SnowflakeServer server;

    private TestAccount(KeyPair keys, SnowflakeServer server) {
        this.keys = keys;
        this.server = server;
    }

    static TestAccount start() throws IOException {
        return start(settings -> settings);
    }

    static TestAccount start(UnaryOperator<SandboxSettings> change) throws IOException {
        KeyPair keys = keys();
        var admin =
                new SandboxSettings.User(
                        ADMIN, keys.getPublic(), Set.of("ACCOUNTADMIN"), "ACCOUNTADMIN");
        var settings = change.apply(SandboxSettings.of(keys.getPublic()).withUser(admin));
        return new TestAccount(keys, SnowflakeServer.start(settings));
    }

    static KeyPair keys() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    KeyPair keyPair() {
        return keys;
    }

    SnowflakeServer server() {
        return server;
    }

    /// A connection as the administrator.
    Connection admin() throws SQLException {
        return connect(properties(ADMIN));
    }

    /// A connection as the service user with a role, secondary roles off.
    Connection as(String role) throws SQLException {
        var properties = properties(SandboxSettings.SERVICE_USER);
        properties.setProperty("role", role);
        Connection connection = connect(properties);
        run(connection, "USE SECONDARY ROLES NONE");
        return connection;
    }

    Properties properties(String user) {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("account", "SANDBOX");
        properties.setProperty("authenticator", "snowflake_jwt");
        properties.put("privateKey", keys.getPrivate());
        // Otherwise the driver asks cloud metadata services for tokens.
        properties.setProperty("disablePlatformDetection", "true");
        return properties;
    }

    Connection connect(Properties properties) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:snowflake://http://127.0.0.1:" + server.port(), properties);
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /// The rows as the driver's text; nulls as `null`.
    static List<List<String>> rows(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(sql)) {
            return rows(result);
        }
    }

    static List<List<String>> rows(ResultSet result) throws SQLException {
        var rows = new ArrayList<List<String>>();
        while (result.next()) {
            var row = new ArrayList<String>();
            for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                row.add(String.valueOf(result.getString(i)));
            }
            rows.add(row);
        }
        return rows;
    }

    /// The first cell.
    static String value(Connection connection, String sql) throws SQLException {
        return rows(connection, sql).getFirst().getFirst();
    }

    @Override
    public void close() {
        server.close();
    }
}
