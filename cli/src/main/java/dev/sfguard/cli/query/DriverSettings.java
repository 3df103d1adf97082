package dev.sfguard.cli.query;

import java.util.Map;
import java.util.Properties;

/// What the vendor's driver is told, always in the same way.
final class DriverSettings {
    /// A login that hangs is worth telling before a person gives up; a held statement is no login.
    private static final String LOGIN_SECONDS = "60";

    private DriverSettings() {}

    /// Plain HTTP: this is loopback, and what follows is SSH.
    static String url(Target target) {
        return "jdbc:snowflake://http://127.0.0.1:" + target.port() + "/";
    }

    /// @param application what the recording shows as the client
    /// @param parameters session parameters of ours: `SFGUARD_PROMPT` and its like
    static Properties properties(
            Target target, String application, Map<String, String> parameters) {
        var properties = new Properties();
        properties.put("account", target.connection());
        // The gateway knows who asks from the tunnel; the driver only refuses to have no user.
        properties.put("user", "sfguard");
        properties.put("password", target.secret().reveal());
        // Without it the driver asks the cloud's metadata services for identity tokens.
        properties.put("disablePlatformDetection", "true");
        properties.put("CLIENT_TELEMETRY_ENABLED", "false");
        properties.put("CLIENT_OUT_OF_BAND_TELEMETRY_ENABLED", "false");
        // Arrow needs access to the JDK's internals; JSON does not.
        properties.put("JDBC_QUERY_RESULT_FORMAT", "JSON");
        properties.put("loginTimeout", LOGIN_SECONDS);
        properties.put("application", application);
        properties.putAll(parameters);
        return properties;
    }
}
