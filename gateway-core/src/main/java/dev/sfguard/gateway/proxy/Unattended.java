package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Goes on with held statements that nobody polls for: asynchronous ones run by themselves once
/// they are approved, also when the gateway was restarted meanwhile; and what a crash left between
/// its sending and its answer is looked up.
final class Unattended implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Unattended.class.getName());

    private final StatementFlow statements;
    private final Sessions sessions;
    private final Approvals approvals;
    private final ProxySettings settings;
    private final Clock clock;
    private final Set<StatementRun> driven = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    Unattended(
            StatementFlow statements,
            Sessions sessions,
            Approvals approvals,
            ProxySettings settings,
            Clock clock) {
        this.statements = statements;
        this.sessions = sessions;
        this.approvals = approvals;
        this.settings = settings;
        this.clock = clock;
    }

    /// Waits in the place of the statement's client, until it runs or never can.
    void drive(Session session, Identity who, StatementRun run) {
        if (driven.add(run)) {
            Thread.ofVirtual()
                    .name("held-" + run.gatewayId())
                    .start(
                            () -> {
                                try {
                                    wait(session, who, run);
                                } finally {
                                    driven.remove(run);
                                }
                            });
        }
    }

    private void wait(Session session, Identity who, StatementRun run) {
        while (run.isHeld() && !session.isClosed() && !isClosed(Duration.ZERO)) {
            long begun = System.nanoTime();
            var nobody = new NoClient();
            try {
                statements.fetch(session, who, run, nobody);
            } finally {
                nobody.abandon();
            }
            // What fails at once is not tried without a rest.
            if (run.isHeld() && System.nanoTime() - begun < settings.pause().toNanos()) {
                isClosed(settings.pause());
            }
        }
    }

    /// @return whether the gateway stops, at the latest after this time
    private boolean isClosed(Duration most) {
        try {
            return closed.await(most.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /// Takes up what a former process left: each in a thread of its own, for Snowflake may be slow.
    void resume() {
        try {
            var open = EnumSet.of(State.PENDING, State.APPROVED, State.SENT);
            for (var approval : approvals.list(open)) {
                if (approval.stored().attached()) {
                    resume(approval);
                }
            }
        } catch (StoreFailed failed) {
            LOG.log(System.Logger.Level.WARNING, "held statements cannot be taken up", failed);
        }
    }

    private void resume(Approval approval) throws StoreFailed {
        if (sessions.facts(approval.stored().session()).isEmpty()) {
            abandon(approval);
        } else if (approval.state() == State.SENT || isAsync(approval)) {
            Thread.ofVirtual()
                    .name("held-again-" + approval.id())
                    .start(
                            () -> {
                                try {
                                    follow(approval);
                                } catch (IOException failed) {
                                    LOG.log(
                                            System.Logger.Level.WARNING,
                                            "request " + approval.id() + " is not taken up",
                                            failed);
                                }
                            });
        }
    }

    private static boolean isAsync(Approval approval) {
        try {
            return QueryRequest.read(approval.stored().request()).async();
        } catch (IOException _) {
            return false;
        }
    }

    /// Its session is gone: what was not sent never is, and nobody can tell of what was.
    private void abandon(Approval approval) throws StoreFailed {
        if (approval.state() == State.SENT) {
            approvals.unknownOutcome(approval.id());
        } else {
            approvals.withdraw(approval.id());
        }
    }

    private void follow(Approval approval) throws IOException {
        var now = approval;
        while (now.isOpen()) {
            if (isClosed(Duration.ZERO)) {
                return;
            }
            now = await(now);
        }
        if (now.state() != State.APPROVED && now.state() != State.SENT) {
            // Its recording learns of it when the session wakes or ends.
            return;
        }
        var session = session(now);
        if (session.isEmpty()) {
            return;
        }
        var run = session.get().runs().ofRequest(now.stored().requestId());
        if (run.isEmpty()) {
            abandon(now);
            return;
        }
        var who = session.get().acting(session.get().facts().identity());
        statements.lookUp(session.get(), run.get());
        wait(session.get(), who, run.get());
    }

    private Approval await(Approval approval) throws StoreFailed {
        try {
            return approvals.await(approval.id(), settings.hold());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            closed.countDown();
            return approval;
        }
    }

    /// The statement's session, woken; Snowflake is asked until it answers or the request expires.
    private Optional<Session> session(Approval approval) throws IOException {
        while (!isClosed(Duration.ZERO)) {
            try {
                return sessions.byId(approval.stored().session())
                                instanceof Sessions.Found.Live(var session)
                        ? Optional.of(session)
                        : Optional.empty();
            } catch (UpstreamFault unreachable) {
                if (!clock.instant().isBefore(approval.stored().expires())) {
                    throw unreachable;
                }
                isClosed(settings.pause());
            }
        }
        return Optional.empty();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
