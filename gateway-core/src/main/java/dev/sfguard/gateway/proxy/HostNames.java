package dev.sfguard.gateway.proxy;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Which `Host` a request may name. A browser's page that reaches a local port under a name of
/// its own is turned away here.
record HostNames(Set<String> publicNames) {

    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[0-9a-fA-F:]+]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?");

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1]");

    boolean admits(String authority, boolean tunnel) {
        var match = AUTHORITY.matcher(authority);
        if (!match.matches()) {
            return false;
        }
        var host = match.group(1).toLowerCase(Locale.ROOT);
        return tunnel ? LOOPBACK.matcher(host).matches() : publicNames.contains(host);
    }
}
