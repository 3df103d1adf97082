package dev.sfguard.gateway.tunnel;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongPredicate;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.SshServer;

/// Keeps the number of half-open sessions bounded and drops sessions whose peer is dead, whose
/// certificate has expired or was revoked.
///
/// The library's own heartbeats do not notice a frozen client, so each session is asked here.
final class SessionWatch implements SessionListener, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SessionWatch.class.getName());

    private final SshServer server;
    private final CertificateAuthority authority;
    private final LongPredicate revoked;
    private final SshGatewaySettings.Limits limits;
    private final Clock clock;
    private final Map<Session, InetAddress> unauthenticated = new ConcurrentHashMap<>();
    private final Set<Session> probed = ConcurrentHashMap.newKeySet();
    private final Thread rounds = Thread.ofVirtual().name("tunnel watch").unstarted(this::watch);

    SessionWatch(
            SshServer server,
            CertificateAuthority authority,
            LongPredicate revoked,
            SshGatewaySettings.Limits limits,
            Clock clock) {
        this.server = server;
        this.authority = authority;
        this.revoked = revoked;
        this.limits = limits;
        this.clock = clock;
    }

    void start() {
        rounds.start();
    }

    @Override
    public void close() {
        rounds.interrupt();
    }

    @Override
    public void sessionCreated(Session session) {
        var address = address(session);
        long same = unauthenticated.values().stream().filter(address::equals).count();
        if (unauthenticated.size() >= limits.unauthenticated()
                || same >= limits.unauthenticatedPerAddress()) {
            LOG.log(Level.WARNING, "too many connections before login; refused {0}", address);
            session.close(true);
            return;
        }
        unauthenticated.put(session, address);
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        if (event == Event.Authenticated) {
            unauthenticated.remove(session);
        }
    }

    @Override
    public void sessionClosed(Session session) {
        unauthenticated.remove(session);
        probed.remove(session);
    }

    private static InetAddress address(Session session) {
        return session.getIoSession().getRemoteAddress() instanceof InetSocketAddress remote
                ? remote.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(limits.probe());
                server.getActiveSessions().forEach(this::look);
            }
        } catch (InterruptedException e) {
            // The gateway closes.
            Thread.currentThread().interrupt();
        }
    }

    private void look(Session session) {
        if (!session.isAuthenticated() || !session.isOpen()) {
            return;
        }
        var end = end(TunnelSession.of(session));
        if (end.isPresent()) {
            end(session, end.get());
        } else if (probed.add(session)) {
            Thread.ofVirtual().name("tunnel probe").start(() -> probe(session));
        }
    }

    private Optional<String> end(TunnelSession tunnel) {
        if (revoked.test(tunnel.serial())) {
            return Optional.of("the certificate was revoked");
        }
        authority.newest(tunnel.serial()).ifPresent(tunnel::renewed);
        Instant end =
                tunnel.isEnrolling() ? tunnel.expires() : tunnel.expires().plus(limits.grace());
        return clock.instant().isBefore(end)
                ? Optional.empty()
                : Optional.of("the certificate has expired");
    }

    private static void end(Session session, String why) {
        try {
            session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, why);
        } catch (IOException e) {
            session.close(true);
        }
    }

    private void probe(Session session) {
        try {
            var request = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
            request.putString(Handshake.KEEP_ALIVE);
            request.putBoolean(true);
            // Any answer will do, also a refusal, which comes back as null.
            session.request(Handshake.KEEP_ALIVE, request, limits.probe());
        } catch (IOException e) {
            LOG.log(Level.INFO, "a tunnel of {0} is dead", TunnelSession.nameOf(session));
            session.close(true);
        } finally {
            probed.remove(session);
        }
    }
}
