package dev.sfguard.agent;

import java.util.Optional;
import java.util.regex.Pattern;

/// Where a gateway listens, and which host key it must show.
///
/// @param host a name, an IPv4 address, or an IPv6 address without brackets
/// @param pin `SHA256:…` of the host key; empty when nobody said
public record GatewayAddress(String host, int port, Optional<String> pin) {
    /// Where gateways listen unless told otherwise.
    public static final int DEFAULT_PORT = 2222;

    private static final Pattern TEXT =
            Pattern.compile(
                    "(?<host>[A-Za-z0-9][A-Za-z0-9._-]{0,252}|\\[[0-9a-fA-F:.]{2,45}])"
                            + "(:(?<port>[0-9]{1,5}))?(#(?<pin>.*))?");

    /// SHA-256 in base64 without padding, as OpenSSH prints it.
    private static final Pattern PIN = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

    /// Reads `HOST[:PORT][#SHA256:…]`.
    ///
    /// @throws IllegalArgumentException when it is none; the message says why
    public static GatewayAddress parse(String text) {
        var match = TEXT.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("it is not HOST:PORT or HOST:PORT#SHA256:…");
        }
        Optional<String> pin = Optional.ofNullable(match.group("pin"));
        if (pin.isPresent() && !PIN.matcher(pin.get()).matches()) {
            throw new IllegalArgumentException(
                    "after # must stand the host key's fingerprint, SHA256: and 43 characters");
        }
        String host = match.group("host");
        int port = Optional.ofNullable(match.group("port")).map(Integer::parseInt).orElse(2222);
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port is out of range: " + port);
        }
        return new GatewayAddress(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port, pin);
    }

    public GatewayAddress pinned(String fingerprint) {
        return new GatewayAddress(host, port, Optional.of(fingerprint));
    }

    public boolean isSamePlace(GatewayAddress other) {
        return host.equalsIgnoreCase(other.host) && port == other.port;
    }

    /// `HOST:PORT`, without the pin.
    public String place() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /// As {@link #parse} reads it.
    @Override
    public String toString() {
        return place() + pin.map(fingerprint -> "#" + fingerprint).orElse("");
    }
}
