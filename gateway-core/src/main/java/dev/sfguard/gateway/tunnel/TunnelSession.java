package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.Caller;
import dev.sfguard.gateway.identity.Identity;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.session.Session;

/// Who an authenticated SSH session belongs to.
final class TunnelSession {
    private static final AttributeKey<TunnelSession> KEY = new AttributeKey<>();

    private final String tunnel = newName();
    private final long serial;
    private volatile Identity identity;

    private TunnelSession(Identity identity, long serial) {
        this.identity = identity;
        this.serial = serial;
    }

    /// Binds an identity to a session whose proof is being checked. A later attempt replaces it;
    /// the
    /// one that succeeds is the last.
    static void bind(Session session, Identity identity, long serial) {
        session.setAttribute(KEY, new TunnelSession(identity, serial));
    }

    static void unbind(Session session) {
        session.removeAttribute(KEY);
    }

    /// @throws IllegalStateException when the session is not authenticated
    static TunnelSession of(Session session) {
        var bound = session.getAttribute(KEY);
        if (bound == null || !session.isAuthenticated()) {
            throw new IllegalStateException("the session is not authenticated");
        }
        return bound;
    }

    /// For logs, also when the session is just ending.
    static String nameOf(Session session) {
        var bound = session.getAttribute(KEY);
        return bound == null ? "nobody" : bound.user();
    }

    boolean isEnrolling() {
        return serial == 0;
    }

    long serial() {
        return serial;
    }

    String user() {
        return identity.name();
    }

    Instant expires() {
        return identity.expires();
    }

    /// Takes over what a renewed certificate says of the same subject.
    void renewed(Identity newer) {
        identity = newer;
    }

    Caller caller(String host) {
        return new Caller(identity, serial, host, tunnel);
    }

    /// Names the tunnel in recordings; it grants nothing, so it need not be secret.
    private static String newName() {
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
    }
}
