package dev.sfguard.sandbox;

import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// How a sandbox account behaves.
///
/// @param port on 127.0.0.1; 0 takes a free one
/// @param account its name, as in a login's ACCOUNT_NAME
/// @param log where every request and statement is written, one JSON object a line
/// @param hold how long a request waits for its statement before it is told to come back; drivers
///     wait 90 s at most
/// @param inlineRows rows in the first answer; the rest goes into chunks
/// @param chunkRows rows in each chunk
public record SandboxSettings(
        int port,
        String account,
        List<User> users,
        Optional<Path> log,
        Duration hold,
        Duration sessionTokenLife,
        Duration masterTokenLife,
        int inlineRows,
        int chunkRows,
        Clock clock) {

    /// The service user of {@link #of}.
    public static final String SERVICE_USER = "SFGUARD";

    /// Its roles; with secondary roles on, which they are after each login, all of them count.
    public static final Set<String> SERVICE_ROLES =
            Set.of("PUBLIC", "ANALYST_RO", "ANALYST_RW", "AGENT_RO", "DBA");

    /// A user who logs in with a key pair; there are no passwords.
    public record User(String name, PublicKey key, Set<String> roles, String defaultRole) {
        public User {
            name = name.toUpperCase(Locale.ROOT);
            roles = Set.copyOf(roles);
        }
    }

    public SandboxSettings {
        users = List.copyOf(users);
        account = account.toUpperCase(Locale.ROOT);
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port out of range: " + port);
        }
        if (hold.isNegative() || hold.compareTo(Duration.ofSeconds(45)) > 0) {
            throw new IllegalArgumentException("hold must be 0 to 45 seconds: " + hold);
        }
        if (inlineRows < 0 || chunkRows < 1) {
            throw new IllegalArgumentException(
                    "rows must be positive: inline %d, chunk %d".formatted(inlineRows, chunkRows));
        }
    }

    /// Account SANDBOX with the service user SFGUARD, tokens of 1 and 4 hours, holds of 45 s.
    public static SandboxSettings of(PublicKey serviceKey) {
        return new SandboxSettings(
                0,
                "SANDBOX",
                List.of(new User(SERVICE_USER, serviceKey, SERVICE_ROLES, "PUBLIC")),
                Optional.empty(),
                Duration.ofSeconds(45),
                Duration.ofHours(1),
                Duration.ofHours(4),
                1_000,
                20_000,
                Clock.systemUTC());
    }

    public SandboxSettings withPort(int newPort) {
        return new SandboxSettings(
                newPort,
                account,
                users,
                log,
                hold,
                sessionTokenLife,
                masterTokenLife,
                inlineRows,
                chunkRows,
                clock);
    }

    public SandboxSettings withAccount(String newAccount) {
        return new SandboxSettings(
                port,
                newAccount,
                users,
                log,
                hold,
                sessionTokenLife,
                masterTokenLife,
                inlineRows,
                chunkRows,
                clock);
    }

    public SandboxSettings withUser(User user) {
        var more = new ArrayList<>(users);
        more.add(user);
        return new SandboxSettings(
                port,
                account,
                more,
                log,
                hold,
                sessionTokenLife,
                masterTokenLife,
                inlineRows,
                chunkRows,
                clock);
    }

    public SandboxSettings withLog(Path file) {
        return new SandboxSettings(
                port,
                account,
                users,
                Optional.of(file),
                hold,
                sessionTokenLife,
                masterTokenLife,
                inlineRows,
                chunkRows,
                clock);
    }

    public SandboxSettings withHold(Duration newHold) {
        return new SandboxSettings(
                port,
                account,
                users,
                log,
                newHold,
                sessionTokenLife,
                masterTokenLife,
                inlineRows,
                chunkRows,
                clock);
    }

    public SandboxSettings withRows(int inline, int chunk) {
        return new SandboxSettings(
                port,
                account,
                users,
                log,
                hold,
                sessionTokenLife,
                masterTokenLife,
                inline,
                chunk,
                clock);
    }

    public SandboxSettings withTokenLives(Duration session, Duration master) {
        return new SandboxSettings(
                port, account, users, log, hold, session, master, inlineRows, chunkRows, clock);
    }

    public SandboxSettings withClock(Clock newClock) {
        return new SandboxSettings(
                port,
                account,
                users,
                log,
                hold,
                sessionTokenLife,
                masterTokenLife,
                inlineRows,
                chunkRows,
                newClock);
    }

    public Optional<User> user(String name) {
        return users.stream()
                .filter(user -> user.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }
}
