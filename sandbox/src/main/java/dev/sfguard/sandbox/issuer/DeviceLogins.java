package dev.sfguard.sandbox.issuer;

import dev.sfguard.sandbox.issuer.DevIssuerSettings.User;
import dev.sfguard.sandbox.issuer.Grants.Renewed;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The device logins that wait for a person, and those that were answered (RFC 8628).
final class DeviceLogins {
    /// What the client shows and polls with.
    record Started(String deviceCode, String userCode) {}

    /// What the page shows to the person.
    record Waiting(String userCode, String clientId) {}

    private sealed interface State {
        record Open(int wrongPasswords) implements State {}

        record Approved(User user, Instant at) implements State {}

        record Denied(String why) implements State {}

        record Redeemed(String grantId) implements State {}
    }

    /// Wrong passwords on one code, after which it is void: guessing starts over at the terminal.
    private static final int MAX_WRONG_PASSWORDS = 5;

    /// Unanswered logins at a time; more is no sandbox but an attack or a loop.
    private static final int MAX_LOGINS = 10_000;

    /// What each `slow_down` adds to the interval (RFC 8628 section 3.5).
    private static final Duration SLOWER = Duration.ofSeconds(5);

    private static final class Login {
        final String userCode;
        final String clientId;
        final String scope;
        final Optional<String> challenge;
        final Instant expires;
        Duration interval;
        @Nullable Instant lastPoll;
        State state = new State.Open(0);

        Login(
                String userCode,
                String clientId,
                String scope,
                Optional<String> challenge,
                Instant expires,
                Duration interval) {
            this.userCode = userCode;
            this.clientId = clientId;
            this.scope = scope;
            this.challenge = challenge;
            this.expires = expires;
            this.interval = interval;
        }
    }

    private final Map<String, Login> byDeviceCode = new HashMap<>();
    private final Map<String, Login> byUserCode = new HashMap<>();
    private final DevIssuerSettings settings;
    private final Grants grants;

    DeviceLogins(DevIssuerSettings settings, Grants grants) {
        this.settings = settings;
        this.grants = grants;
    }

    synchronized Started start(String clientId, String scope, Optional<String> challenge)
            throws OAuthError {
        forgetExpired();
        if (byDeviceCode.size() >= MAX_LOGINS) {
            throw OAuthError.ofStatus(
                    503, "temporarily_unavailable", "too many logins wait; try again later");
        }
        String userCode = RandomText.userCode();
        while (byUserCode.containsKey(userCode)) {
            userCode = RandomText.userCode();
        }
        Instant expires = now().plus(settings.deviceCodeLife());
        var login =
                new Login(userCode, clientId, scope, challenge, expires, settings.pollInterval());
        String deviceCode = RandomText.token();
        byDeviceCode.put(deviceCode, login);
        byUserCode.put(userCode, login);
        return new Started(deviceCode, userCode);
    }

    /// The login behind a code as a person typed it; empty when unknown, expired or answered.
    synchronized Optional<Waiting> waiting(String typed) {
        return open(typed).map(login -> new Waiting(login.userCode, login.clientId));
    }

    /// Signs the person in and approves; false when user or password is wrong or the code is gone.
    synchronized boolean approve(String typed, String userName, String password) {
        Login login = open(typed).orElse(null);
        if (login == null || !(login.state instanceof State.Open(int wrong))) {
            return false;
        }
        Optional<User> user =
                settings.user(userName).filter(known -> same(known.password(), password));
        if (user.isPresent()) {
            login.state = new State.Approved(user.get(), now());
            return true;
        }
        login.state =
                wrong + 1 < MAX_WRONG_PASSWORDS
                        ? new State.Open(wrong + 1)
                        : new State.Denied("too many wrong passwords");
        return false;
    }

    synchronized void deny(String typed) {
        open(typed).ifPresent(login -> login.state = new State.Denied("the person said no"));
    }

    /// Answers one poll. A code gives tokens once; coming again afterwards, it ends the grant that
    /// it gave, since one of the two who hold it must have stolen it.
    synchronized Renewed poll(String deviceCode, String clientId, Optional<String> verifier)
            throws OAuthError {
        Login login = byDeviceCode.get(deviceCode);
        if (login == null || !login.clientId.equals(clientId)) {
            throw invalid("the device code is unknown");
        }
        if (login.state instanceof State.Redeemed(String grantId)) {
            grants.revoke(grantId);
            throw invalid("the device code was used before; what it granted is revoked");
        }
        if (!now().isBefore(login.expires)) {
            throw OAuthError.badRequest("expired_token", "the device code has expired");
        }
        return switch (login.state) {
            case State.Open _ -> throw pending(login);
            case State.Denied(String why) -> throw OAuthError.badRequest("access_denied", why);
            case State.Approved(User user, Instant at) -> redeem(login, user, at, verifier);
            case State.Redeemed _ -> throw invalid("the device code was used before");
        };
    }

    private Renewed redeem(Login login, User user, Instant signedIn, Optional<String> verifier)
            throws OAuthError {
        if (login.challenge.isPresent()
                && !same(login.challenge.get(), challengeOf(verifier.orElse("")))) {
            throw invalid("code_verifier does not match the code_challenge");
        }
        Renewed first = grants.open(user, login.clientId, login.scope, signedIn);
        login.state = new State.Redeemed(first.grant().id());
        return first;
    }

    private OAuthError pending(Login login) {
        Instant now = now();
        // A fifth of slack: clients measure from their answer, we from its arrival.
        boolean tooSoon =
                login.lastPoll != null
                        && login.lastPoll
                                .plus(login.interval.multipliedBy(4).dividedBy(5))
                                .isAfter(now);
        login.lastPoll = now;
        if (tooSoon) {
            login.interval = login.interval.plus(SLOWER);
            return OAuthError.badRequest(
                    "slow_down", "poll every " + login.interval.toSeconds() + " s at most");
        }
        return OAuthError.badRequest("authorization_pending", "nobody has answered yet");
    }

    private Optional<Login> open(String typed) {
        return Optional.ofNullable(byUserCode.get(RandomText.normalUserCode(typed)))
                .filter(login -> login.state instanceof State.Open)
                .filter(login -> now().isBefore(login.expires));
    }

    /// Answered codes are kept for as long again, so that a replay is noticed.
    private void forgetExpired() {
        Instant limit = now().minus(settings.deviceCodeLife());
        byDeviceCode.values().removeIf(login -> login.expires.isBefore(limit));
        byUserCode.values().removeIf(login -> login.expires.isBefore(limit));
    }

    private Instant now() {
        return settings.clock().instant();
    }

    /// RFC 7636 section 4.6, method S256.
    static String challengeOf(String verifier) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(verifier.getBytes(StandardCharsets.US_ASCII));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every JDK", e);
        }
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(
                left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    private static OAuthError invalid(String description) {
        return OAuthError.badRequest("invalid_grant", description);
    }
}
