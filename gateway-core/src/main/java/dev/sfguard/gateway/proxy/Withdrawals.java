package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Takes back what still waits for people: when its client cancels it, or its session ends.
final class Withdrawals {

    private static final System.Logger LOG = System.getLogger(Withdrawals.class.getName());

    /// Who is about to leave a statement has said how it ended, or sees that the session has.
    private static final Duration LEAVING = Duration.ofMillis(100);

    private final Approvals approvals;

    Withdrawals(Approvals approvals) {
        this.approvals = approvals;
    }

    /// Who took it back: its client, the gateway, or a reviewer who had said yes.
    ///
    /// @param own what this process knows of it
    @Nullable String by(@Nullable String own, Approval approval) throws StoreFailed {
        return own != null || approval.state() != State.WITHDRAWN
                ? own
                : approvals
                        .revocation(approval.id())
                        .map(
                                revocation ->
                                        revocation.by().name()
                                                + (revocation.reason().isEmpty()
                                                        ? ""
                                                        : ": " + revocation.reason()))
                        .orElse(null);
    }

    /// @return false when it does not wait any more: it was answered, or is being sent
    boolean withdraw(Session session, StatementRun run, String by) throws StoreFailed {
        if (!(run.state() instanceof StatementRun.State.Held(var call))) {
            return false;
        }
        run.withdrawnBy(by);
        if (!approvals.withdraw(call.approval())) {
            return false;
        }
        var now = approvals.find(call.approval());
        try {
            if (now.isPresent()) {
                session.heldEvents().tell(session.recording(), run.number(), now.get(), by);
                session.recording().commit();
            }
        } catch (RecordingFailed failed) {
            // It can never run any more, and that is what counts.
            LOG.log(System.Logger.Level.WARNING, "a withdrawal is not recorded", failed);
        }
        return true;
    }

    /// The session's end ends what waits in it.
    ///
    /// @return how many it were
    int all(Session session, String by) {
        int withdrawn = 0;
        for (var run : session.runs().held()) {
            try {
                withdrawn += withdraw(session, run, by) ? 1 : 0;
            } catch (StoreFailed failed) {
                // Its session is gone, so it cannot be sent either; it expires.
                LOG.log(System.Logger.Level.WARNING, "a request cannot be withdrawn", failed);
            }
        }
        return withdrawn;
    }

    /// What was sent and has no answer when the session ends: nobody comes for it any more. Whoever
    /// is busy with a statement says how it ended.
    void unanswered(Session session) {
        for (var run : session.runs().underWay()) {
            if (run.approval() != null && !run.driving.isHeldByCurrentThread()) {
                unanswered(run);
            }
        }
    }

    private void unanswered(StatementRun run) {
        try {
            if (!run.driving.tryLock(LEAVING.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            var id = run.approval();
            if (id != null && run.isUnderWay() && !run.isSettled()) {
                approvals.unknownOutcome(id);
                run.settled();
            }
        } catch (StoreFailed failed) {
            // The next start tells it.
            LOG.log(System.Logger.Level.WARNING, "a request's outcome cannot be kept", failed);
        } finally {
            run.driving.unlock();
        }
    }

    /// Both for a session that nobody has woken since the gateway was started.
    void ofSleeping(String session, Recording recording, HeldEvents events, String by)
            throws IOException {
        for (var approval : approvals.ofSession(session)) {
            if (approval.stored().attached()) {
                if (approval.state() == State.SENT) {
                    approvals.unknownOutcome(approval.id());
                } else {
                    approvals.withdraw(approval.id());
                }
            }
            var now = approvals.find(approval.id()).orElse(approval);
            var who = approval.state() == State.WITHDRAWN ? by(null, approval) : by;
            events.tell(recording, now.stored().statement(), now, who);
        }
    }
}
