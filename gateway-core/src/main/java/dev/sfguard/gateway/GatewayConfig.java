package dev.sfguard.gateway;

import dev.sfguard.gateway.approval.Webhook;
import dev.sfguard.gateway.identity.IssuerSettings;
import dev.sfguard.gateway.policy.UnsafeAllow;
import dev.sfguard.gateway.proxy.Connection;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.yaml.YamlDocument;
import dev.sfguard.gateway.yaml.YamlMapping;
import dev.sfguard.gateway.yaml.YamlProblems;
import dev.sfguard.gateway.yaml.YamlText;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The gateway's one YAML file. Paths in it are relative to its folder. All problems come out at
/// once, each with its line and column; a key that is not known is a problem.
///
/// @param file where it was read from
/// @param id the gateway's name, as people see it
/// @param keys the folder of the gateway's own keys
/// @param certificateLife of user certificates
/// @param ssh where agents connect; port 0 lets the system choose
/// @param policy the policy file
/// @param unsafeAllow what of the always refused is let through to the rules
/// @param webhooks that are told of held statements
/// @param admins groups that may end everybody's sessions; they see no more for it
public record GatewayConfig(
        Path file,
        String id,
        Path keys,
        Duration certificateLife,
        InetSocketAddress ssh,
        Optional<HttpsFront> https,
        List<IssuerSettings> issuers,
        List<Connection> connections,
        Path store,
        Recordings recordings,
        Path policy,
        Set<String> unsafeAllow,
        Set<String> admins,
        List<Webhook> webhooks) {
    private static final long DEFAULT_STATEMENT_LIMIT = 64L << 20;

    /// Short, as a certificate cannot be taken back from whoever has it; renewal is the agent's.
    private static final Duration CERTIFICATE_LIFE = Duration.ofMinutes(30);

    private static final Duration SHORTEST_LIFE = Duration.ofMinutes(1);
    private static final Duration LONGEST_LIFE = Duration.ofHours(24);

    /// The front for clients that bring an OIDC token themselves.
    ///
    /// @param publicName the only `Host` that is accepted there besides loopback names
    /// @param certificate PEM, with its chain; `key` in PKCS 8
    public record HttpsFront(
            InetSocketAddress address, String publicName, Path certificate, Path key) {}

    /// @param statementLimit bytes of rows kept for one statement
    /// @param readers groups that see everybody's sessions, literals and data redacted
    /// @param rawReaders groups that see everybody's sessions as they were
    public record Recordings(
            Path location, long statementLimit, Set<String> readers, Set<String> rawReaders) {}

    public GatewayConfig {
        issuers = List.copyOf(issuers);
        connections = List.copyOf(connections);
        unsafeAllow = Set.copyOf(unsafeAllow);
        admins = Set.copyOf(admins);
        webhooks = List.copyOf(webhooks);
    }

    /// Reads and checks the file, and the private keys that it names.
    ///
    /// @throws YamlProblems everything that is wrong, in the file's order
    public static GatewayConfig read(Path file) throws YamlProblems {
        return read(file, true);
    }

    /// The same where nobody logs in and nobody is told: private keys and the files of webhooks
    /// need not be there.
    public static GatewayConfig readWithoutKeys(Path file) throws YamlProblems {
        return read(file, false);
    }

    private static GatewayConfig read(Path file, boolean keys) throws YamlProblems {
        var document = YamlDocument.read(file);
        var config = new Reader(file, folder(file), keys).config(document.root());
        document.finish();
        return config;
    }

    /// The folder that every path in the file is relative to.
    public Path folder() {
        return folder(file);
    }

    private static Path folder(Path file) {
        return Optional.ofNullable(file.toAbsolutePath().normalize().getParent())
                .orElse(Path.of("/"));
    }

    /// One pass over the tree; a value that is wrong is noted and replaced by something harmless.
    private record Reader(Path file, Path folder, boolean keys) {
        private GatewayConfig config(YamlMapping root) {
            var listen = root.mapping("listen");
            var config =
                    new GatewayConfig(
                            file,
                            root.text("id", "gateway"),
                            folder.resolve(root.text("keys", "keys")),
                            certificateLife(root),
                            Addresses.required(listen, "ssh"),
                            listen.optionalMapping("https").map(this::https),
                            issuers(root),
                            connections(root.mapping("connections")),
                            location(root, "store", "sqlite:", "sfguard.db"),
                            recordings(root.mapping("recordings")),
                            folder.resolve(root.text("policy")),
                            unsafeAllow(root),
                            admins(root),
                            keys
                                    ? new WebhookReader(folder).read(root)
                                    : WebhookReader.unread(root));
            listen.finish();
            root.finish();
            return config;
        }

        private static Set<String> unsafeAllow(YamlMapping root) {
            for (var name : root.texts("unsafe_allow")) {
                if (UnsafeAllow.of(name.value()).isEmpty()) {
                    root.problem(
                            name.place(),
                            "\"%s\" is nothing that unsafe_allow can open; it takes %s"
                                    .formatted(
                                            name.value(),
                                            String.join(", ", UnsafeAllow.configNames())));
                }
            }
            return root.textSet("unsafe_allow");
        }

        /// A name of blanks is nobody's group; whoever wrote it meant somebody.
        private static Set<String> admins(YamlMapping root) {
            var groups = root.texts("admins");
            for (var group : groups) {
                if (group.value().isBlank()) {
                    root.problem(group.place(), "a group of admins needs a name");
                }
            }
            return groups.stream().map(YamlText::value).collect(Collectors.toUnmodifiableSet());
        }

        private static Duration certificateLife(YamlMapping root) {
            var life = root.optionalDuration("certificate_life").orElse(CERTIFICATE_LIFE);
            if (life.compareTo(SHORTEST_LIFE) < 0 || life.compareTo(LONGEST_LIFE) > 0) {
                root.problem("certificate_life", "must be from 1m to 24h");
            }
            return life;
        }

        private HttpsFront https(YamlMapping https) {
            var front =
                    new HttpsFront(
                            Addresses.required(https, "address"),
                            https.text("public_name", "localhost"),
                            folder.resolve(https.text("certificate")),
                            folder.resolve(https.text("key")));
            https.finish();
            return front;
        }

        private static List<IssuerSettings> issuers(YamlMapping root) {
            var issuers = root.list("issuers").stream().map(Reader::issuer).toList();
            if (issuers.isEmpty()) {
                root.problem("issuers", "at least one issuer is needed: nobody could sign in");
            }
            var seen = new HashSet<String>();
            for (var issuer : issuers) {
                if (!seen.add(issuer.issuer().toString())) {
                    root.problem("issuers", "issuer " + issuer.issuer() + " is listed twice");
                }
            }
            return issuers;
        }

        private static IssuerSettings issuer(YamlMapping issuer) {
            var agents = issuer.optionalMapping("agents");
            var settings =
                    new IssuerSettings(
                            Addresses.url(issuer, "issuer"),
                            issuer.optionalText("client_id"),
                            issuer.text("audience", "sfguard"),
                            issuer.text("groups_claim", "groups"),
                            agents.map(of -> of.textSet("groups")).orElse(Set.of()),
                            agents.map(of -> of.textSet("grants")).orElse(Set.of()));
            agents.ifPresent(YamlMapping::finish);
            issuer.finish();
            return settings;
        }

        private List<Connection> connections(YamlMapping connections) {
            var list = new ArrayList<Connection>();
            connections.named().forEach((name, of) -> list.add(connection(name, of)));
            if (list.isEmpty()) {
                connections.problem(connections.place(), "at least one connection is needed");
            }
            return list;
        }

        private Connection connection(String name, YamlMapping of) {
            if (!Addresses.isHostLabel(name) || name.equals("api")) {
                of.problem(
                        of.place(),
                        "the connection's name \""
                                + name
                                + "\" must be lower-case letters, digits and hyphens, and not"
                                + " \"api\"");
            }
            if (!of.has("account") && !of.has("url")) {
                of.problem(of.place(), "a connection needs an account or a url");
            }
            String account = of.text("account", name);
            var url =
                    of.has("url")
                            ? Addresses.url(of, "url")
                            : Addresses.ofAccount(of, "account", account);
            var connection =
                    new Connection(
                            name,
                            url,
                            account,
                            of.text("user"),
                            keys
                                    ? KeyFile.required(of, "private_key", folder)
                                    : KeyFile.unread(of, "private_key"),
                            of.optionalText("warehouse"),
                            of.optionalText("database"),
                            of.optionalText("schema"),
                            of.converted(
                                    "mask_function",
                                    "the full name of a function, DATABASE.SCHEMA.NAME",
                                    ObjectName::of));
            of.finish();
            return connection;
        }

        private Recordings recordings(YamlMapping of) {
            var recordings =
                    new Recordings(
                            location(of, "location", "file:", "recordings"),
                            of.optionalSize("statement_limit").orElse(DEFAULT_STATEMENT_LIMIT),
                            of.textSet("readers"),
                            of.textSet("raw_readers"));
            of.finish();
            return recordings;
        }

        /// A place with a scheme; other schemes than the one that is built are refused by name.
        private Path location(YamlMapping of, String key, String scheme, String otherwise) {
            String text = of.text(key, scheme + otherwise);
            if (!text.startsWith(scheme)) {
                of.problem(key, "\"%s\" must begin with %s".formatted(key, scheme));
                return folder.resolve(otherwise);
            }
            return folder.resolve(text.substring(scheme.length()));
        }
    }
}
