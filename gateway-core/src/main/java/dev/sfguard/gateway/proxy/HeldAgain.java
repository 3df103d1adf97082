package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;

/// Makes a client that comes back after a restart find the statements that wait for people, by the
/// request or by the id that it polls.
final class HeldAgain {

    private final Approvals approvals;
    private final Withdrawals withdrawals;
    private final Clock clock;

    HeldAgain(Approvals approvals, Withdrawals withdrawals, Clock clock) {
        this.approvals = approvals;
        this.withdrawals = withdrawals;
        this.clock = clock;
    }

    void restore(Session session, Past past) throws IOException {
        for (var approval : approvals.ofSession(session.id())) {
            var stored = approval.stored();
            if (stored.attached()) {
                var known = session.runs().ofRequest(stored.requestId());
                var run = known.isPresent() ? known.get() : waiting(session, past, approval);
                if (run != null) {
                    run.approval(approval.id());
                    session.runs().alias(stored.queryId(), run);
                }
            }
            session.heldEvents()
                    .tell(
                            session.recording(),
                            stored.statement(),
                            approval,
                            withdrawals.by(null, approval));
        }
    }

    private @org.jspecify.annotations.Nullable StatementRun waiting(
            Session session, Past past, Approval approval) throws IOException {
        var stored = approval.stored();
        if (stored.state() == State.DONE || stored.state() == State.UNKNOWN) {
            return null;
        }
        QueryRequest request = QueryRequest.read(stored.request());
        var failed = past.failure(stored.statement());
        StatementRun.State state =
                failed.isPresent()
                        ? new StatementRun.State.Ready(
                                SnowflakeReply.of(failed.get(), stored.queryId()))
                        : new StatementRun.State.Held(call(session, approval, request));
        var run =
                new StatementRun(
                        stored.requestId(),
                        stored.statement(),
                        1,
                        request.sqlText(),
                        request.async(),
                        stored.queryId(),
                        state,
                        System.nanoTime());
        failed.ifPresent(run::refusal);
        session.runs().restore(run);
        return run;
    }

    private HeldCall call(Session session, Approval approval, QueryRequest request) {
        var wait = Intake.note(session, request).waits();
        return new HeldCall(
                approval.id(),
                request,
                approval.shown().kind().equals("agent"),
                wait == null ? Instant.MAX : clock.instant().plusSeconds(wait));
    }
}
