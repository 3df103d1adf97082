package dev.sfguard.gateway;

import dev.sfguard.gateway.yaml.YamlMapping;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Addresses as the configuration writes them. What is wrong is noted as a problem; something
/// harmless stands in for it.
final class Addresses {
    private static final Pattern HOST_PORT = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:]+):(\\d+)");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?");
    private static final Pattern ACCOUNT = Pattern.compile("[A-Za-z0-9_.-]{1,255}");
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");
    static final URI NOWHERE = URI.create("https://invalid.invalid");
    private static final int HIGHEST_PORT = 65_535;

    private Addresses() {}

    /// `HOST:PORT`; an IPv6 address stands in brackets; port 0 lets the system choose.
    static InetSocketAddress required(YamlMapping of, String key) {
        var nowhere = InetSocketAddress.createUnresolved("invalid.invalid", 0);
        of.text(key);
        return of.converted(key, "HOST:PORT", Addresses::parse).orElse(nowhere);
    }

    /// An absolute URL: https, or http to loopback only, since what goes there is secret.
    static URI url(YamlMapping of, String key) {
        of.text(key);
        return of.converted(key, "an https:// URL (http:// only to loopback)", Addresses::safe)
                .orElse(NOWHERE);
    }

    static URI ofAccount(YamlMapping of, String key, String account) {
        if (!ACCOUNT.matcher(account).matches()) {
            of.problem(key, "\"" + account + "\" is no account identifier");
            return NOWHERE;
        }
        return URI.create("https://" + account.replace('_', '-') + ".snowflakecomputing.com");
    }

    /// A name that can be a host in a URL and in SSH.
    static boolean isHostLabel(String name) {
        return LABEL.matcher(name).matches();
    }

    private static Optional<InetSocketAddress> parse(String text) {
        var matcher = HOST_PORT.matcher(text);
        if (!matcher.matches() || matcher.group(2).length() > 5) {
            return Optional.empty();
        }
        int port = Integer.parseInt(matcher.group(2));
        return port > HIGHEST_PORT
                ? Optional.empty()
                : Optional.of(new InetSocketAddress(matcher.group(1), port));
    }

    static Optional<URI> safe(String text) {
        try {
            var url = new URI(text);
            boolean safe =
                    "https".equals(url.getScheme())
                            || ("http".equals(url.getScheme()) && LOOPBACK.contains(url.getHost()));
            return safe && url.getHost() != null ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException malformed) {
            return Optional.empty();
        }
    }
}
