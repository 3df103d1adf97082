package dev.sfguard.cli.policy;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Identity.Kind;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Reads `--as user=ana@acme.io,groups=analysts+loaders,kind=human`.
final class Asker {
    private static final String FORM = "--as user=ana@acme.io,groups=analysts+loaders,kind=human";
    private static final Set<String> KEYS = Set.of("user", "groups", "kind", "issuer");

    private Asker() {}

    static Identity read(String written) {
        var values = values(written);
        String user = values.getOrDefault("user", "");
        if (user.isEmpty()) {
            throw wrong("it names no user");
        }
        return new Identity(
                user,
                user,
                kind(values.getOrDefault("kind", "human")),
                groups(values.getOrDefault("groups", "")),
                values.getOrDefault("issuer", ""),
                Instant.MAX);
    }

    private static Map<String, String> values(String written) {
        var values = new LinkedHashMap<String, String>();
        for (String pair : written.split(",", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (equals < 0 || !KEYS.contains(key)) {
                throw wrong("\"" + key + "\" is none of user=, groups=, kind= and issuer=");
            }
            if (values.put(key, pair.substring(equals + 1)) != null) {
                throw wrong("\"" + key + "\" stands twice");
            }
        }
        return values;
    }

    private static Set<String> groups(String written) {
        return Arrays.stream(written.split("\\+", -1))
                .filter(group -> !group.isEmpty())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Kind kind(String written) {
        for (var kind : Kind.values()) {
            if (kind.name().toLowerCase(Locale.ROOT).equals(written)) {
                return kind;
            }
        }
        throw wrong("\"" + written + "\" is none of human, agent and workload");
    }

    private static CliFailure wrong(String why) {
        return CliFailure.usage(
                "--as cannot be read: " + why + ".",
                "It says who asks, as the issuer's token would.",
                "For example: " + FORM);
    }
}
