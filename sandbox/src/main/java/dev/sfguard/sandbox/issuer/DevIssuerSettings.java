package dev.sfguard.sandbox.issuer;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Who may sign in, and how long what they get lives.
///
/// @param port on 127.0.0.1; 0 takes a free one
/// @param audience the `aud` of access tokens; ID tokens carry the client's id
/// @param pollInterval the least time between two polls of one device login; below 1 s (for tests)
///     clients are still told 1 s, but earlier polls are not answered `slow_down`
public record DevIssuerSettings(
        int port,
        List<User> users,
        List<Client> clients,
        String audience,
        Duration accessTokenLife,
        Duration idTokenLife,
        Duration refreshTokenLife,
        Duration deviceCodeLife,
        Duration pollInterval,
        Clock clock) {

    /// A person with a password.
    ///
    /// @param name what is typed on the sign-in page; also the tokens' `sub` and
    ///     `preferred_username`
    public record User(String name, String password, String email, Set<String> groups) {
        public User {
            groups = Set.copyOf(groups);
        }

        @Override
        public String toString() {
            return "User[name=" + name + ", groups=" + groups + "]";
        }
    }

    /// A program that asks for tokens. Without a secret it is a public client, for people's device
    /// logins; with one it is a workload that gets tokens for itself by client credentials.
    public record Client(String id, Optional<String> secret, Set<String> groups) {
        public Client {
            groups = Set.copyOf(groups);
        }

        public static Client forPeople(String id) {
            return new Client(id, Optional.empty(), Set.of());
        }

        public static Client forWorkload(String id, String secret, Set<String> groups) {
            return new Client(id, Optional.of(secret), groups);
        }

        @Override
        public String toString() {
            return "Client[id=" + id + ", groups=" + groups + "]";
        }
    }

    public DevIssuerSettings {
        users = List.copyOf(users);
        clients = List.copyOf(clients);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port out of range: " + port);
        }
        requireDistinct("user", users.stream().map(User::name));
        requireDistinct("client", clients.stream().map(Client::id));
    }

    /// Tokens of 5 minutes, refresh tokens of 12 hours, device codes of 10 minutes, polls each
    /// second.
    public static DevIssuerSettings of(List<User> users, List<Client> clients) {
        return new DevIssuerSettings(
                0,
                users,
                clients,
                "sfguard",
                Duration.ofMinutes(5),
                Duration.ofMinutes(5),
                Duration.ofHours(12),
                Duration.ofMinutes(10),
                Duration.ofSeconds(1),
                Clock.systemUTC());
    }

    /// Ana (analysts), bo (dba) and the AI agent robot: the cast of the demo.
    public static DevIssuerSettings demo() {
        return of(
                List.of(
                        new User("ana", "ana-pw", "ana@shop.example", Set.of("analysts")),
                        new User("bo", "bo-pw", "bo@shop.example", Set.of("dba"))),
                List.of(
                        Client.forPeople("sfguard-cli"),
                        Client.forWorkload("robot", "robot-pw", Set.of("agents"))));
    }

    public DevIssuerSettings withPort(int newPort) {
        return new DevIssuerSettings(
                newPort,
                users,
                clients,
                audience,
                accessTokenLife,
                idTokenLife,
                refreshTokenLife,
                deviceCodeLife,
                pollInterval,
                clock);
    }

    public DevIssuerSettings withClock(Clock newClock) {
        return new DevIssuerSettings(
                port,
                users,
                clients,
                audience,
                accessTokenLife,
                idTokenLife,
                refreshTokenLife,
                deviceCodeLife,
                pollInterval,
                newClock);
    }

    public DevIssuerSettings withTokenLife(Duration life) {
        return new DevIssuerSettings(
                port,
                users,
                clients,
                audience,
                life,
                life,
                refreshTokenLife,
                deviceCodeLife,
                pollInterval,
                clock);
    }

    public DevIssuerSettings withPollInterval(Duration interval) {
        return new DevIssuerSettings(
                port,
                users,
                clients,
                audience,
                accessTokenLife,
                idTokenLife,
                refreshTokenLife,
                deviceCodeLife,
                interval,
                clock);
    }

    Optional<User> user(String name) {
        return users.stream().filter(user -> user.name().equals(name)).findFirst();
    }

    Optional<Client> client(String id) {
        return clients.stream().filter(client -> client.id().equals(id)).findFirst();
    }

    private static void requireDistinct(String what, Stream<String> names) {
        var seen = new HashSet<String>();
        names.filter(name -> !seen.add(name))
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new IllegalArgumentException(what + " given twice: " + name);
                        });
    }
}
