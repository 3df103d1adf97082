package dev.sfguard.sandbox.bench;

import java.util.Optional;
import javax.net.ssl.SSLContext;

/// Something that speaks Snowflake's protocol: the upstream itself, or what stands before it.
///
/// @param guarded whether this is sfguard, which the goals speak of
/// @param loginBody the JSON that its login takes; holds a password or token, so it is not printed
/// @param footprint of the processes that stand before the upstream
record Target(
        String name,
        boolean guarded,
        String host,
        int port,
        Optional<SSLContext> tls,
        String loginBody,
        Footprint footprint) {

    static Target direct(int port) {
        String login = login("PASSWORD", "none");
        return new Target(
                "direct", false, "127.0.0.1", port, Optional.empty(), login, Footprint.NONE);
    }

    static Target directTls(int port, SSLContext tls) {
        String login = login("PASSWORD", "none");
        return new Target(
                "direct TLS", false, "127.0.0.1", port, Optional.of(tls), login, Footprint.NONE);
    }

    /// The same upstream through something else than sfguard.
    Target through(String newName, int newPort) {
        return new Target(newName, false, host, newPort, tls, loginBody, footprint);
    }

    /// The same through processes of ours.
    Target through(String newName, int newPort, Footprint newFootprint) {
        return new Target(newName, false, host, newPort, tls, loginBody, newFootprint);
    }

    /// The same, shown beside the one that the goals speak of.
    Target beside() {
        return new Target(name, false, host, port, tls, loginBody, footprint);
    }

    /// What the report says of a goal that is sfguard's alone.
    String goal(String goal) {
        return guarded ? goal : "";
    }

    static String login(String credential, String value) {
        return """
        {"data":{"ACCOUNT_NAME":"bench","LOGIN_NAME":"bench","%s":"%s","CLIENT_APP_ID":"JDBC",\
        "CLIENT_APP_VERSION":"4.4.1","CLIENT_ENVIRONMENT":{"APPLICATION":"bench"},\
        "SESSION_PARAMETERS":{}}}"""
                .formatted(credential, value);
    }

    /// The value of the Host header: chunks must lie there too.
    String authority() {
        return host + ":" + port;
    }

    @Override
    public String toString() {
        return "Target[" + name + " at " + authority() + "]";
    }
}
