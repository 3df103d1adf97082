package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.approval.Fingerprint;
import dev.sfguard.gateway.approval.HeldRequest;
import dev.sfguard.gateway.approval.Shown;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredApproval.State;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/// Lets a statement wait until people have answered, and sends it once they said yes. Everything
/// here happens under the statement's {@link StatementRun#driving}.
final class Holding {

    /// One request as it came.
    ///
    /// @param raw its bytes, kept with the request to people
    // The bytes are written once and never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Asked(Identity who, QueryRequest request, byte[] raw, ClientNote note) {}

    private final Approvals approvals;
    private final Sessions sessions;
    private final Decider decider;
    private final Dispatch dispatch;
    private final ProxySettings settings;
    private final Clock clock;

    Holding(
            Approvals approvals,
            Sessions sessions,
            Decider decider,
            Dispatch dispatch,
            ProxySettings settings,
            Clock clock) {
        this.approvals = approvals;
        this.sessions = sessions;
        this.decider = decider;
        this.dispatch = dispatch;
        this.settings = settings;
        this.clock = clock;
    }

    /// Asks people, or goes on with what they said to the identical statement before.
    void hold(
            Session session,
            StatementRun run,
            Asked asked,
            Decider.Decided decided,
            Decision.Hold hold,
            ClientReply client)
            throws IOException {
        if (Dispatch.isForeign(session, asked.request())) {
            Failure.refuse(
                    session,
                    run,
                    client,
                    SnowflakeError.queryNotFound(asked.request().describedJobId().orElse("")));
            return;
        }
        // The question and the decision are durable before anybody hears of them.
        session.recording().commit();
        var fingerprint = Fingerprints.of(session, asked.who(), asked.request(), run.place());
        var usable = usable(fingerprint, asked.who(), hold);
        if (usable != null && isGranted(usable) && runsUnder(usable, run)) {
            session.heldEvents().tellGrant(session.recording(), run.number(), usable);
            dispatch.send(session, run, asked.request(), decided.judgement(), client);
            return;
        }
        if (usable != null && attach(usable, session, run)) {
            var approval = approvals.find(usable.id()).orElse(usable);
            begin(session, run, asked, approval, client);
        } else if (approvals.hasRoom(asked.who())) {
            var request = request(session, run, asked, decided, hold, fingerprint);
            begin(session, run, asked, approvals.hold(request), client);
        } else {
            Failure.refuse(session, run, client, HeldErrors.tooMany());
        }
    }

    private static HeldRequest request(
            Session session,
            StatementRun run,
            Asked asked,
            Decider.Decided decided,
            Decision.Hold hold,
            Fingerprint fingerprint) {
        return new HeldRequest(
                fingerprint,
                asked.who(),
                session.id(),
                run.number(),
                run.requestId(),
                run.gatewayId(),
                true,
                hold,
                ForReviewers.shown(
                        session, run, asked.who(), asked.request(), decided, hold, asked.note()),
                asked.raw());
    }

    private void begin(
            Session session, StatementRun run, Asked asked, Approval approval, ClientReply client)
            throws IOException {
        try {
            session.heldEvents().tell(session.recording(), run.number(), approval, null);
            session.recording().commit();
        } catch (RecordingFailed failed) {
            approvals.withdraw(approval.id());
            throw failed;
        }
        var wait = asked.note().waits();
        var until = wait == null ? Instant.MAX : clock.instant().plusSeconds(wait);
        var call =
                new HeldCall(
                        approval.id(),
                        asked.request(),
                        asked.who().kind() == Identity.Kind.AGENT,
                        until);
        run.approval(approval.id());
        run.state(new StatementRun.State.Held(call));
        if (approval.isOpen() && clock.instant().isBefore(until)) {
            // The client knows the statement's id from now on, and polls.
            client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
        } else {
            goOn(session, asked.who(), run, call, client);
        }
    }

    /// What people said to the identical statement before, where the rule still asks the same
    /// people.
    private @org.jspecify.annotations.Nullable Approval usable(
            Fingerprint fingerprint, Identity who, Decision.Hold hold) throws StoreFailed {
        return approvals.usable(fingerprint, who).filter(it -> isSame(it, hold)).orElse(null);
    }

    /// From here on whoever revokes the grant finds the statement, so it is looked at once more.
    private boolean runsUnder(Approval grant, StatementRun run) throws StoreFailed {
        run.grant(grant.id());
        return approvals.find(grant.id()).filter(this::isGranted).isPresent();
    }

    private boolean isGranted(Approval approval) {
        boolean oneUse = approval.state() == State.APPROVED && !approval.stored().attached();
        return !oneUse && clock.instant().isBefore(approval.stored().until());
    }

    private boolean attach(Approval approval, Session session, StatementRun run)
            throws StoreFailed {
        return approvals.attach(
                approval.id(), session.id(), run.number(), run.requestId(), run.gatewayId());
    }

    private static boolean isSame(Approval approval, Decision.Hold hold) {
        return approval.shown().rule().equals(hold.rule())
                && approval.shown().approvers().equals(Shown.demands(hold));
    }

    /// Waits for an answer as long as a poll is held, and does what it says.
    ///
    /// @param who asks for it now
    void goOn(Session session, Identity who, StatementRun run, HeldCall call, ClientReply client)
            throws IOException {
        Approval approval;
        try {
            approval = approvals.await(call.approval(), patience(call));
        } catch (StoreFailed _) {
            // It holds what was said; the client asks again.
            later(run, client);
            return;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
            return;
        }
        if (!isOf(approval, session, run)) {
            Failure.refuse(session, run, client, HeldErrors.taken(approval));
            return;
        }
        SessionKilled.check(session);
        var by = sessions.withdrawals().by(run.withdrawnBy(), approval);
        session.heldEvents().tell(session.recording(), run.number(), approval, by);
        switch (approval.state()) {
            case PENDING -> {
                if (clock.instant().isBefore(call.until())) {
                    client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
                } else {
                    leave(session, run, approval, client);
                }
            }
            case APPROVED -> approved(session, who, run, call, approval, client);
            case DENIED -> Failure.refuse(session, run, client, HeldErrors.denied(approval));
            case EXPIRED -> Failure.refuse(session, run, client, HeldErrors.expired(approval));
            case WITHDRAWN ->
                    Failure.refuse(session, run, client, HeldErrors.withdrawn(approval, by));
            case SENT -> {
                // Whether a use was taken is only unknown when the store failed in that moment.
                if (run.isClaimed()) {
                    approved(session, who, run, call, approval, client);
                } else {
                    notSent(session, run, approval, client);
                }
            }
            case DONE, UNKNOWN -> Failure.refuse(session, run, client, HeldErrors.spent(approval));
        }
    }

    private Duration patience(HeldCall call) {
        if (call.until().equals(Instant.MAX)) {
            return settings.hold();
        }
        var left = Duration.between(clock.instant(), call.until());
        return left.isNegative()
                ? Duration.ZERO
                : left.compareTo(settings.hold()) < 0 ? left : settings.hold();
    }

    private static boolean isOf(Approval approval, Session session, StatementRun run) {
        return approval.stored().session().equals(session.id())
                && approval.stored().requestId().equals(run.requestId());
    }

    private void later(StatementRun run, ClientReply client) {
        Pause.beforeAnswer(settings.pause());
        client.json(SnowflakeReply.inProgress(run.id(), run.isAsync()));
    }

    /// The client does not wait any longer; the identical statement finds the request.
    private void leave(Session session, StatementRun run, Approval approval, ClientReply client)
            throws IOException {
        approvals.detach(approval.id());
        Failure.refuse(session, run, client, HeldErrors.pending(approval));
    }

    /// The gateway ended after the use was taken and before anything was sent.
    private void notSent(Session session, StatementRun run, Approval approval, ClientReply client)
            throws IOException {
        approvals.done(approval.id());
        Failure.refuse(session, run, client, HeldErrors.spent(approval));
    }

    private void approved(
            Session session,
            Identity who,
            StatementRun run,
            HeldCall call,
            Approval approval,
            ClientReply client)
            throws IOException {
        try {
            sessions.revive(session);
        } catch (UpstreamFault.SessionGone gone) {
            takeBack(session, run, approval, gone.what());
            Failure.refuse(session, run, client, HeldErrors.changed(approval, gone.what()));
            sessions.end(session, gone.what());
            return;
        } catch (UpstreamFault _) {
            // Snowflake cannot be reached now: the yes stays good until it expires.
            later(run, client);
            return;
        }
        try {
            var now = session.newest(call.agent() ? who.asAgent() : who);
            check(session, now, run, call, approval, client);
        } finally {
            session.footing().leave(run);
        }
    }

    /// Whether what was approved is what would run now.
    private void check(
            Session session,
            Identity who,
            StatementRun run,
            HeldCall call,
            Approval approval,
            ClientReply client)
            throws IOException {
        var place = session.footing().enter(run);
        if (session.footing().isMoving()) {
            // Where the session is going will be known in a moment.
            later(run, client);
            return;
        }
        if (!isMeant(session, who, call, approval, place)) {
            refuse(session, run, approval, HeldErrors.contextChanged(approval), client);
            return;
        }
        Decider.Decided decided;
        try {
            decided = decider.decideAgain(session, who, run, call.request());
        } catch (StoreFailed _) {
            later(run, client);
            return;
        }
        var hindrance = hindrance(session, run, call, approval, decided);
        if (hindrance != null) {
            if (isForNow(decided) && approval.state() == State.APPROVED) {
                leaveForLater(session, run, approval, hindrance, client);
            } else {
                refuse(session, run, approval, hindrance, client);
            }
            return;
        }
        send(session, who, run, call, approval, decided, client);
    }

    private static boolean isForNow(Decider.Decided decided) {
        return decided.judgement().whole() instanceof Decision.Deny deny
                && deny.why() == Decision.Why.LIMIT;
    }

    /// People's yes is worth more than the moment: the identical statement finds it.
    private void leaveForLater(
            Session session,
            StatementRun run,
            Approval approval,
            SnowflakeError limit,
            ClientReply client)
            throws IOException {
        approvals.detach(approval.id());
        Failure.refuse(session, run, client, HeldErrors.later(approval, limit));
    }

    private static boolean isMeant(
            Session session, Identity who, HeldCall call, Approval approval, Footing.Place place) {
        return Fingerprints.of(session, who, call.request(), place)
                .hex()
                .equals(approval.stored().fingerprint());
    }

    /// What the policy says now, where that is not what it said when people were asked.
    private @org.jspecify.annotations.Nullable SnowflakeError hindrance(
            Session session,
            StatementRun run,
            HeldCall call,
            Approval approval,
            Decider.Decided decided)
            throws RecordingFailed {
        var judged = decided.judgement();
        boolean news = !decided.version().equals(approval.shown().policyVersion());
        if (news || judged.whole() instanceof Decision.Deny) {
            Ruling.record(session, run, judged, decided.version());
        }
        var refusal = Ruling.refusal(session, call.request(), judged);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return judged.whole() instanceof Decision.Hold hold && !isSame(approval, hold)
                ? HeldErrors.changed(
                        approval,
                        "the policy was changed meanwhile, and asks others now: rule "
                                + hold.rule())
                : null;
    }

    private void send(
            Session session,
            Identity who,
            StatementRun run,
            HeldCall call,
            Approval approval,
            Decider.Decided decided,
            ClientReply client)
            throws IOException {
        // Who said yes is durable before anything is sent.
        session.recording().commit();
        // A setting may have changed while it was decided.
        if (approval.state() == State.APPROVED
                && !isMeant(session, who, call, approval, run.place())) {
            refuse(session, run, approval, HeldErrors.contextChanged(approval), client);
            return;
        }
        if (approval.state() == State.APPROVED && !use(run, approval)) {
            if (run.isClaimed()) {
                later(run, client);
            } else {
                // Taken back or expired in this very moment.
                goOn(session, who, run, call, client);
            }
            return;
        }
        try {
            dispatch.send(session, run, call.request(), decided.judgement(), client);
        } catch (RecordingFailed failed) {
            notSent(session, run, approval, SnowflakeError.notRecorded());
            throw failed;
        } catch (SessionKilled killed) {
            notSent(session, run, approval, killed.error());
            throw killed;
        }
    }

    /// Nothing of it may be sent later.
    private void notSent(Session session, StatementRun run, Approval approval, SnowflakeError error)
            throws StoreFailed {
        if (run.isHeld()) {
            session.runs().keep(run, SnowflakeReply.of(error, run.id()));
            approvals.done(approval.id());
        }
    }

    private boolean use(StatementRun run, Approval approval) {
        run.claimed(true);
        try {
            boolean used = approvals.use(approval.id());
            run.claimed(used);
            return used;
        } catch (StoreFailed _) {
            // It may have been taken all the same: the next look tells.
            return false;
        }
    }

    private void refuse(
            Session session,
            StatementRun run,
            Approval approval,
            SnowflakeError error,
            ClientReply client)
            throws IOException {
        takeBack(session, run, approval, error.message());
        Failure.refuse(session, run, client, error);
    }

    private void takeBack(Session session, StatementRun run, Approval approval, String why)
            throws IOException {
        run.withdrawnBy("gateway: " + why);
        approvals.withdraw(approval.id());
        var now = approvals.find(approval.id()).orElse(approval);
        session.heldEvents().tell(session.recording(), run.number(), now, run.withdrawnBy());
    }

    /// Tells the store how a statement ended that ran by an approval.
    void settle(Session session, StatementRun run) {
        var id = run.approval();
        if (id == null || run.isSettled()) {
            return;
        }
        try {
            switch (run.state()) {
                case StatementRun.State.Ready _, StatementRun.State.Elsewhere _ -> {
                    if (isUnknown(run)) {
                        approvals.unknownOutcome(id);
                    } else {
                        approvals.done(id);
                    }
                    run.settled();
                }
                case StatementRun.State.Running _ -> {
                    // Nobody need come for the result of an asynchronous one.
                    if (run.isAsync()) {
                        approvals.done(id);
                        run.settled();
                    } else {
                        unanswered(session, run, id);
                    }
                }
                case StatementRun.State.Sent _ -> unanswered(session, run, id);
                case StatementRun.State.Fresh _, StatementRun.State.Held _ -> {}
            }
        } catch (StoreFailed _) {
            // The next request for the statement, or the next start, tells it.
        }
    }

    /// The session has ended meanwhile, so nobody will ask for the answer.
    private void unanswered(Session session, StatementRun run, String id) throws StoreFailed {
        if (session.isClosed()) {
            approvals.unknownOutcome(id);
            run.settled();
        }
    }

    private static boolean isUnknown(StatementRun run) {
        var refusal = run.refusal();
        return refusal != null && refusal.code().equals(SnowflakeError.OUTCOME_UNKNOWN);
    }
}
