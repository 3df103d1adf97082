package dev.sfguard.cli.connect;

import java.util.LinkedHashMap;
import java.util.Map;

/// Ready settings for the usual tools, which point at a local port.
///
/// @param password the connection secret; printed by `connect`, as that is its purpose
record Settings(String connection, int port, String user, String password) {

    /// Platform detection would ask cloud metadata services for tokens.
    String jdbcUrl() {
        return "jdbc:snowflake://127.0.0.1:"
                + port
                + "/?account="
                + connection
                + "&ssl=off&disablePlatformDetection=true";
    }

    String text() {
        return """
               %1$s is at 127.0.0.1:%2$d

               JDBC
                 %5$s
                 user %3$s, password %4$s

               Python
                 snowflake.connector.connect(account="%1$s", user="%3$s", password="%4$s",
                     host="127.0.0.1", port=%2$d, protocol="http")

               Node
                 snowflake.createConnection({account: "%1$s", username: "%3$s", password: "%4$s",
                     accessUrl: "http://127.0.0.1:%2$d"})

               snow
                 snow sql --temporary-connection --account "%1$s" --user "%3$s" \\
                     --host 127.0.0.1 --port %2$d --protocol http
                 with SNOWFLAKE_PASSWORD=%4$s

               dbt (profiles.yml)
                 type: snowflake
                 account: "%1$s"
                 user: "%3$s"
                 password: "%4$s"
                 host: 127.0.0.1
                 port: %2$d
                 protocol: http
               """
                .formatted(connection, port, user, password, jdbcUrl());
    }

    /// For Snowflake's own tools. All values are quoted: JDBC fails on an unquoted port.
    String connectionsToml() {
        return """
               [%1$s]
               account = "%2$s"
               user = "%3$s"
               password = "%4$s"
               host = "127.0.0.1"
               port = "%5$d"
               protocol = "http"
               """
                .formatted(
                        key(connection), quoted(connection), quoted(user), quoted(password), port);
    }

    /// @param home holds {@link #connectionsToml}
    Map<String, String> environment(String home) {
        var environment = new LinkedHashMap<String, String>();
        environment.put("SNOWFLAKE_HOME", home);
        environment.put("SNOWFLAKE_DEFAULT_CONNECTION_NAME", connection);
        environment.put("SNOWFLAKE_ACCOUNT", connection);
        environment.put("SNOWFLAKE_USER", user);
        environment.put("SNOWFLAKE_PASSWORD", password);
        environment.put("SNOWFLAKE_HOST", "127.0.0.1");
        environment.put("SNOWFLAKE_PORT", Integer.toString(port));
        environment.put("SNOWFLAKE_PROTOCOL", "http");
        environment.put("SFGUARD_JDBC_URL", jdbcUrl());
        return environment;
    }

    private static String key(String name) {
        return name.matches("[A-Za-z0-9_-]+") ? name : "\"" + quoted(name) + "\"";
    }

    private static String quoted(String value) {
        return value.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    @Override
    public String toString() {
        return "Settings[" + connection + " at " + port + "]";
    }
}
