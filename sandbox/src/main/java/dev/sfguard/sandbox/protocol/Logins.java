package dev.sfguard.sandbox.protocol;

import dev.sfguard.sandbox.SandboxSettings;
import dev.sfguard.sandbox.SandboxSettings.User;
import dev.sfguard.sandbox.engine.Account;
import dev.sfguard.sandbox.engine.Session;
import dev.sfguard.sandbox.engine.SnowflakeError;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Sessions and the tokens that open them.
public final class Logins implements AutoCloseable {
    private final SandboxSettings settings;
    private final Account account;
    private final KeyPairLogin keyPairs;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Token> sessionTokens = new ConcurrentHashMap<>();
    private final Map<String, Token> masterTokens = new ConcurrentHashMap<>();
    private final Map<Long, OpenSession> sessions = new ConcurrentHashMap<>();

    public Logins(SandboxSettings settings, Account account) {
        this.settings = settings;
        this.account = account;
        keyPairs = new KeyPairLogin(settings.account(), settings.clock());
    }

    private record Token(OpenSession session, Instant expires) {}

    /// What a token is good for.
    sealed interface Entry {
        record Admitted(OpenSession session) implements Entry {}

        record Turned(String code, String message) implements Entry {}
    }

    /// A fresh pair of tokens.
    record Tokens(String session, String master) {
        @Override
        public String toString() {
            return "Tokens[…]";
        }
    }

    /// Logs a user in whose JWT is right.
    ///
    /// @throws SnowflakeError 390144 for a wrong token, 390189 for a role the user does not have
    Session login(String accountName, String loginName, String jwt, String role)
            throws SnowflakeError, SQLException {
        String first = accountName.split("\\.", 2)[0];
        User user = settings.user(loginName).orElse(null);
        if (user == null
                || !first.equalsIgnoreCase(settings.account())
                || !keyPairs.accepts(jwt, user)) {
            throw SnowflakeError.of("390144", "08001", "JWT token is invalid.");
        }
        var session = account.session(user.name(), user.roles(), user.defaultRole());
        try {
            if (!role.isEmpty()) {
                session.useRole(role);
            }
        } catch (SnowflakeError e) {
            session.close();
            throw SnowflakeError.of(
                    "390189",
                    "08001",
                    "Role '%s' specified in the connect string does not exist or not authorized."
                            .formatted(role));
        }
        sessions.put(session.id(), new OpenSession(session));
        return session;
    }

    Tokens issue(Session session) {
        var open = sessions.get(session.id());
        if (open == null) {
            throw new IllegalStateException("session is closed: " + session.id());
        }
        return issue(open);
    }

    private Tokens issue(OpenSession open) {
        var tokens = new Tokens(random(), random());
        sessionTokens.put(tokens.session(), new Token(open, expiry(settings.sessionTokenLife())));
        masterTokens.put(tokens.master(), new Token(open, expiry(settings.masterTokenLife())));
        return tokens;
    }

    Entry enter(String sessionToken) {
        Token token = sessionTokens.get(sessionToken);
        if (token == null) {
            return new Entry.Turned("390104", "Session token is not valid. Please login again.");
        }
        if (token.session().isClosed()) {
            return new Entry.Turned(
                    "390111",
                    "Session no longer exists.  New login required to access the service.");
        }
        if (!token.expires().isAfter(settings.clock().instant())) {
            return new Entry.Turned("390112", "Your session has expired. Please login again.");
        }
        return new Entry.Admitted(token.session());
    }

    /// The session behind a master token that may still renew.
    Entry renewable(String masterToken) {
        Token token = masterTokens.get(masterToken);
        if (token == null || !token.expires().isAfter(settings.clock().instant())) {
            return new Entry.Turned(
                    "390114",
                    "Authentication token has expired.  The user must authenticate again.");
        }
        return token.session().isClosed()
                ? new Entry.Turned(
                        "390111",
                        "Session no longer exists.  New login required to access the service.")
                : new Entry.Admitted(token.session());
    }

    void close(OpenSession session) {
        sessions.remove(session.session().id());
        session.close();
    }

    public void expireSessions() {
        sessionTokens.replaceAll((_, token) -> new Token(token.session(), Instant.EPOCH));
    }

    public void expireMasters() {
        expireSessions();
        masterTokens.replaceAll((_, token) -> new Token(token.session(), Instant.EPOCH));
    }

    public int open() {
        return sessions.size();
    }

    private Instant expiry(Duration life) {
        return settings.clock().instant().plus(life);
    }

    private String random() {
        byte[] bytes = new byte[48];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        sessions.values().forEach(OpenSession::close);
        sessions.clear();
    }
}
