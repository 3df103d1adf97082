package dev.sfguard.gateway.approval;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.store.ApprovalTable;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredApproval;
import dev.sfguard.gateway.store.StoredApproval.Revocation;
import dev.sfguard.gateway.store.StoredApproval.State;
import dev.sfguard.gateway.store.StoredApproval.Vote;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// All held statements of a gateway. The store is the truth: each step is durable there before
/// anybody hears of it, so that nothing is lost with the process. Safe for threads.
public final class Approvals {
    /// Told of every step, after it is durable. Must not block.
    @FunctionalInterface
    public interface Listener {
        void changed(Approval approval);
    }

    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final SecureRandom RANDOM = new SecureRandom();

    /// Asked for by the list; more are a list that nobody reads.
    private static final int MOST_LISTED = 10_000;

    /// Of one person: more than reviewers will ever read, and less than fills a disk.
    public static final int MOST_PENDING = 1_000;

    /// That requests can be listed after they ended; recordings keep what was asked and answered.
    private static final Duration KEPT = Duration.ofDays(90);

    /// A statement that waits looks by itself this often, whatever it is told: expiry is a matter
    /// of time and not of news.
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final ApprovalTable table;
    private final Clock clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock news = new ReentrantLock();
    private final Condition changed = news.newCondition();

    /// Begins at the present time, so that a step of a former process is never taken for one of
    /// this.
    private final AtomicLong steps;

    /// No open request expires before this moment, so that a look rarely has to write.
    private volatile Instant soonest = Instant.EPOCH;

    public Approvals(ApprovalTable table, Clock clock) {
        this.table = table;
        this.clock = clock;
        this.steps = new AtomicLong(clock.millis());
    }

    public void listen(Listener listener) {
        listeners.add(listener);
    }

    /// Forgets what ended long ago. For the start, before anybody asks.
    public void forgetOld() throws StoreFailed {
        table.forget(clock.instant().minus(KEPT));
    }

    /// Opens a request; it is durable when this returns.
    public Approval hold(HeldRequest asked) throws StoreFailed {
        var now = clock.instant();
        var demands = asked.hold().approvers();
        var stored =
                new StoredApproval(
                        newId(),
                        asked.fingerprint().hex(),
                        State.PENDING,
                        Approval.person(asked.requester()),
                        asked.session(),
                        asked.statement(),
                        asked.requestId(),
                        asked.queryId(),
                        asked.attached(),
                        demands.stream().map(Decision.Approvers::atLeast).toList(),
                        now,
                        now.plus(asked.hold().expires()),
                        now,
                        Instant.EPOCH,
                        Approval.facts(asked.shown()),
                        asked.request(),
                        List.of());
        table.add(stored);
        soonest(stored.expires());
        return told(Approval.of(stored));
    }

    /// Whether the person may ask for one more. Those who ask at the same moment may come to a few
    /// more than {@link #MOST_PENDING}.
    public boolean hasRoom(Identity requester) throws StoreFailed {
        expire();
        return table.pending(Approval.person(requester)) < MOST_PENDING;
    }

    /// A request that the identical statement of the same person may use: one that nobody waits
    /// for, or one that was approved for a time. Approved ones come first.
    public Optional<Approval> usable(Fingerprint fingerprint, Identity requester)
            throws StoreFailed {
        expire();
        var found = table.usable(fingerprint.hex(), Approval.person(requester), clock.instant());
        return found.stream()
                .filter(it -> it.state() != State.PENDING)
                .findFirst()
                .or(() -> found.stream().findFirst())
                .map(Approval::of);
    }

    public Optional<Approval> find(String id) throws StoreFailed {
        expire();
        return table.find(id).map(Approval::of);
    }

    /// The held statement of a session's request, if there is one.
    public Optional<Approval> ofRequest(String session, String requestId) throws StoreFailed {
        expire();
        return table.ofRequest(session, requestId).map(Approval::of);
    }

    public List<Approval> ofSession(String session) throws StoreFailed {
        expire();
        return table.ofSession(session).stream().map(Approval::of).toList();
    }

    /// In these states, newest first, of everybody.
    public List<Approval> list(Set<State> states) throws StoreFailed {
        expire();
        return table.inStates(states, MOST_LISTED).stream().map(Approval::of).toList();
    }

    /// In these states and asked in this time, newest first, of everybody; without the bytes of
    /// the requests.
    public List<Approval> list(Set<State> states, Instant since, Instant until) throws StoreFailed {
        expire();
        return table.listed(states, since, until, MOST_LISTED).stream().map(Approval::of).toList();
    }

    /// Numbers what happened last, whatever it was.
    public long step() {
        return steps.get();
    }

    /// Waits until something has happened since the step, or until the time is over.
    public void awaitAfter(long step, Duration most) throws StoreFailed, InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        expire();
        for (long left = most.toNanos();
                steps.get() == step && left > 0;
                left = end - System.nanoTime()) {
            awaitNews(step, Math.min(left, LOOK.toNanos()));
            expire();
        }
    }

    /// The identical statement came again and waits from now on.
    ///
    /// @return whether it was free to be taken
    public boolean attach(
            String id, String session, long statement, String requestId, String queryId)
            throws StoreFailed {
        return table.attach(id, session, statement, requestId, queryId);
    }

    /// The client leaves the request for later.
    public void detach(String id) throws StoreFailed {
        table.detach(id);
    }

    /// Counts a reviewer's answer.
    ///
    /// @param grant how long the identical statement of the same person needs no new approval;
    ///     zero for this once
    public Answer answer(
            String id, Identity reviewer, boolean approves, String reason, Duration grant)
            throws StoreFailed {
        var found = find(id);
        var refusal =
                found.map(approval -> refusal(approval, reviewer))
                        .orElseGet(() -> Optional.of(unknown(id)));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        if (!grant.isZero() && found.filter(it -> it.isDecidedBy(reviewer)).isEmpty()) {
            return new Answer.Refused(
                    "Request %s needs more people's yes, so it cannot be granted for a time."
                            .formatted(id),
                    "Approve it for once: sfguard approve " + id,
                    true);
        }
        var now = clock.instant();
        long meets = found.map(approval -> approval.meets(reviewer)).orElse(0L);
        var vote = new Vote(Approval.person(reviewer), approves, meets, reason, now);
        var counted = table.vote(id, vote, grant.isZero() ? null : now.plus(grant));
        var after = Approval.of(table.find(id).orElseThrow());
        return switch (counted) {
            case NOTED, DECIDED -> new Answer.Counted(told(after));
            case TOO_LATE ->
                    new Answer.Refused(
                            "Request %s is %s already.".formatted(id, word(after)),
                            "See it with: sfguard requests " + id,
                            true);
            case TWICE ->
                    new Answer.Refused(
                            "You have answered request %s already.".formatted(id),
                            "It needs somebody else's answer too. See: sfguard requests " + id,
                            true);
        };
    }

    private static Optional<Answer> refusal(Approval approval, Identity reviewer) {
        var id = approval.id();
        if (approval.isOf(reviewer) && approval.mayBeSeenBy(reviewer)) {
            return Optional.of(
                    new Answer.Refused(
                            "Request %s is your own, and nobody answers their own.".formatted(id),
                            "Ask a member of: " + String.join(", ", approval.groups()),
                            true));
        }
        if (!approval.mayBeAnsweredBy(reviewer)) {
            return Optional.of(unknown(id));
        }
        return Optional.empty();
    }

    /// The same for "not there" and "not yours": ids of others cannot be probed.
    private static Answer unknown(String id) {
        return new Answer.Refused(
                "There is no request %s that you may answer.".formatted(id),
                "List those with: sfguard requests",
                false);
    }

    /// Waits until the request is pending no more, or until the time is over.
    ///
    /// @return how it is then
    public Approval await(String id, Duration most) throws StoreFailed, InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (true) {
            long seen = steps.get();
            var now = find(id).orElseThrow();
            long left = end - System.nanoTime();
            if (!now.isOpen() || left <= 0) {
                return now;
            }
            awaitNews(seen, Math.min(left, LOOK.toNanos()));
        }
    }

    private void awaitNews(long seen, long nanos) throws InterruptedException {
        news.lockInterruptibly();
        try {
            long left = nanos;
            while (steps.get() == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            news.unlock();
        }
    }

    /// The client, an operator or the session's end takes the request back.
    ///
    /// @return whether it could be taken back: it cannot once it was sent
    public boolean withdraw(String id) throws StoreFailed {
        return step(id, EnumSet.of(State.PENDING, State.APPROVED), State.WITHDRAWN);
    }

    /// Takes the one use of an approval. Durable when this returns; only the caller that is told
    /// `true` may send.
    public boolean use(String id) throws StoreFailed {
        expire();
        return step(id, EnumSet.of(State.APPROVED), State.SENT);
    }

    /// The statement's answer is here.
    public void done(String id) throws StoreFailed {
        step(id, EnumSet.of(State.SENT), State.DONE);
    }

    /// The statement was sent, and nobody knows what became of it.
    public void unknownOutcome(String id) throws StoreFailed {
        step(id, EnumSet.of(State.SENT), State.UNKNOWN);
    }

    /// Ends a grant of `approve --for`, or takes back a yes that was not used yet. Who gave it may,
    /// and whoever could.
    public Answer revoke(String id, Identity who, String reason) throws StoreFailed {
        var found = find(id).filter(approval -> approval.mayBeSeenBy(who));
        if (found.isEmpty()) {
            return unknown(id);
        }
        if (found.get().meets(who) == 0 && !found.get().gaveAnAnswer(who)) {
            return new Answer.Refused(
                    "You cannot revoke request %s.".formatted(id),
                    "Ask a member of: " + String.join(", ", found.get().groups()),
                    true);
        }
        var revocation = new Revocation(Approval.person(who), reason, clock.instant());
        if (!table.revoke(id, revocation)) {
            return new Answer.Refused(
                    "Request %s is %s, and nothing is granted by it."
                            .formatted(id, word(found.get())),
                    "See it with: sfguard requests " + id,
                    true);
        }
        return new Answer.Counted(told(Approval.of(table.find(id).orElseThrow())));
    }

    /// Who revoked it, and why.
    public Optional<Revocation> revocation(String id) throws StoreFailed {
        return table.revocation(id);
    }

    private boolean step(String id, Set<State> from, State to) throws StoreFailed {
        boolean taken = table.step(id, from, to, clock.instant());
        if (taken) {
            table.find(id).map(Approval::of).ifPresent(this::told);
        }
        return taken;
    }

    /// Ends what has expired. Called before every look, so that no stale yes is ever used, and by
    /// whoever waits.
    private void expire() throws StoreFailed {
        var now = clock.instant();
        if (now.isBefore(soonest)) {
            return;
        }
        var expired = new ArrayList<Approval>();
        for (var id : table.expire(now)) {
            table.find(id).map(Approval::of).ifPresent(expired::add);
        }
        news.lock();
        try {
            soonest = table.soonestExpiry().orElse(Instant.MAX);
        } finally {
            news.unlock();
        }
        expired.forEach(this::told);
    }

    private void soonest(Instant expires) {
        news.lock();
        try {
            if (expires.isBefore(soonest)) {
                soonest = expires;
            }
        } finally {
            news.unlock();
        }
    }

    private Approval told(Approval approval) {
        news.lock();
        try {
            steps.incrementAndGet();
            changed.signalAll();
        } finally {
            news.unlock();
        }
        listeners.forEach(listener -> listener.changed(approval));
        return approval;
    }

    private static String word(Approval approval) {
        return approval.state().name().toLowerCase(Locale.ROOT);
    }

    /// Eight characters of Crockford's base 32: short enough to type, 40 bits.
    private static String newId() {
        var text = new StringBuilder(8);
        for (int i = 0; i < 8; i++) {
            text.append(DIGITS.charAt(RANDOM.nextInt(DIGITS.length())));
        }
        return text.toString();
    }
}
