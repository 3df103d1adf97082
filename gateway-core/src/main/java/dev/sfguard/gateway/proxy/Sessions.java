package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingDamaged;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.StoredSession;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// All sessions of clients, by the hashes of their tokens; also those that a former process of
/// the gateway left behind, which wake when their client comes back.
final class Sessions implements AutoCloseable {

    /// What a token leads to.
    sealed interface Found {
        record Live(Session session) implements Found {}

        /// The client may renew: the master token is still good.
        record Expired() implements Found {}

        record Unknown() implements Found {}

        /// It is known, and cannot go on.
        record Gone(String why) implements Found {}
    }

    private static final System.Logger LOG = System.getLogger(Sessions.class.getName());

    private static final Duration SWEEP = Duration.ofSeconds(5);

    /// Older ones are merely unknown.
    private static final int MOST_KILLED = 4_000;

    private final Map<String, Upstream> upstreams;
    private final Recordings recordings;
    private final Store store;
    private final Withdrawals withdrawals;
    private final HeldAgain heldAgain;
    private final ProxySettings settings;
    private final Clock clock;
    private final Map<String, Session> byToken = new ConcurrentHashMap<>();
    private final Map<String, Session> byId = new ConcurrentHashMap<>();
    private final Map<String, StoredSession> asleep = new ConcurrentHashMap<>();
    /// One for each session that wakes: a login at Snowflake takes long, and must not hold up
    /// others.
    private final Map<String, ReentrantLock> waking = new ConcurrentHashMap<>();

    /// Why a token leads nowhere, for those that a person ended.
    private final Map<String, String> killed =
            Collections.synchronizedMap(
                    new LinkedHashMap<>() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                            return size() > MOST_KILLED;
                        }
                    });

    private final ScheduledExecutorService sweeper =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("session-sweeper").factory());

    Sessions(
            Map<String, Upstream> upstreams,
            Recordings recordings,
            Store store,
            Approvals approvals,
            ProxySettings settings,
            Clock clock)
            throws IOException {
        this.upstreams = upstreams;
        this.recordings = recordings;
        this.store = store;
        this.withdrawals = new Withdrawals(approvals);
        this.heldAgain = new HeldAgain(approvals, withdrawals, clock);
        this.settings = settings;
        this.clock = clock;
        for (var stored : store.sessions(Instant.EPOCH)) {
            hashes(TokenSet.of(stored)).forEach(hash -> asleep.put(hash, stored));
        }
        var _ =
                sweeper.scheduleWithFixedDelay(
                        this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    }

    Store store() {
        return store;
    }

    Optional<Upstream> upstream(String connection) {
        return Optional.ofNullable(upstreams.get(connection));
    }

    /// Makes a session of a recording that has begun and a login that Snowflake granted.
    Session open(
            SessionFacts facts,
            ClientNote note,
            Recording recording,
            UpstreamSession upstream,
            TokenSet.Fresh fresh)
            throws IOException {
        var now = clock.instant();
        var tokens =
                TokenSet.first(
                        fresh,
                        now.plus(settings.tokenValidity()),
                        now.plus(settings.masterValidity()));
        var session =
                new Session(
                        facts,
                        tokens,
                        recording,
                        upstream,
                        new SessionState(facts.parameters()),
                        0,
                        new HeldEvents());
        session.note(note);
        store.save(tokens.stored(session.id(), facts));
        index(session);
        return session;
    }

    /// The session of a session token.
    ///
    /// @param belongs whether a sleeping session is the caller's: nobody else wakes or ends it
    /// @throws UpstreamFault when it has to be woken and Snowflake cannot be reached now
    Found find(String token, Predicate<SessionFacts> belongs) throws IOException {
        var hash = Tokens.hash(token);
        var session = byToken.get(hash);
        if (session == null) {
            var stored = asleep.get(hash);
            if (stored == null) {
                var why = killed.get(hash);
                return why == null ? new Found.Unknown() : new Found.Gone(why);
            }
            // Before anything is opened at Snowflake.
            var state = state(TokenSet.of(stored), hash);
            if (state.isPresent()) {
                return state.get();
            }
            var facts = SessionFacts.read(stored.facts());
            if (facts.isPresent() && !belongs.test(facts.get())) {
                return new Found.Unknown();
            }
            var woken = wake(stored);
            if (woken instanceof Found.Live(var live)) {
                session = live;
            } else {
                return woken;
            }
        }
        return found(session, hash);
    }

    private Found found(Session session, String hash) {
        return session.isClosed()
                ? new Found.Unknown()
                : state(session.tokens(), hash).orElseGet(() -> new Found.Live(session));
    }

    /// Why a session token of these leads nowhere; empty when it is good.
    private Optional<Found> state(TokenSet tokens, String hash) {
        var now = clock.instant();
        boolean current = hash.equals(tokens.token()) || hash.equals(tokens.previousToken());
        if (!current || !now.isBefore(tokens.expires())) {
            return Optional.of(new Found.Unknown());
        }
        return now.isBefore(tokens.tokenExpires())
                ? Optional.empty()
                : Optional.of(new Found.Expired());
    }

    /// Gives new tokens for a master token.
    ///
    /// @param belongs whether a session is the caller's: nobody else prolongs it
    /// @return empty when the token is not one, or its time is over
    Optional<Session> renew(String master, TokenSet.Fresh fresh, Predicate<SessionFacts> belongs)
            throws IOException {
        var hash = Tokens.hash(master);
        var session = byToken.get(hash);
        if (session == null) {
            var stored = asleep.get(hash);
            if (stored == null
                    || !mayRenew(stored, hash, belongs)
                    || !(wake(stored) instanceof Found.Live(var live))) {
                return Optional.empty();
            }
            session = live;
        }
        session.changing.lock();
        try {
            var tokens = session.tokens();
            boolean valid = hash.equals(tokens.master()) || hash.equals(tokens.previousMaster());
            var now = clock.instant();
            if (!valid || session.isClosed() || !now.isBefore(tokens.expires())) {
                return Optional.empty();
            }
            if (!belongs.test(session.facts())) {
                return Optional.empty();
            }
            // At the front nothing proves the identity anew: what the login gave is not stretched.
            var expires =
                    session.facts().front()
                            ? tokens.expires()
                            : now.plus(settings.masterValidity());
            var renewed =
                    tokens.renewed(
                            fresh,
                            hash,
                            earlier(now.plus(settings.tokenValidity()), expires),
                            expires);
            store.save(renewed.stored(session.id(), session.facts()));
            hashes(tokens).forEach(byToken::remove);
            session.tokens(renewed);
            index(session);
            return Optional.of(session);
        } finally {
            session.changing.unlock();
        }
    }

    private boolean mayRenew(StoredSession stored, String hash, Predicate<SessionFacts> belongs) {
        var tokens = TokenSet.of(stored);
        return (hash.equals(tokens.master()) || hash.equals(tokens.previousMaster()))
                && clock.instant().isBefore(tokens.expires())
                && SessionFacts.read(stored.facts()).filter(belongs).isPresent();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    /// Takes what a client tells the gateway about its statements from now on.
    void tell(Session session, String name, @Nullable String value) throws IOException {
        var note =
                value == null
                        ? ClientNote.NONE
                        : session.note()
                                .with(ClientNote.ofParameter(name, value).orElse(ClientNote.NONE));
        session.note(note);
        if (note.namesAgent() && !session.facts().agent()) {
            change(session, SessionFacts::raisedToAgent);
        }
    }

    /// A request brought a proof of who its person is. What runs without a request goes by the
    /// newest, also after a restart.
    void proven(Session session, Identity who) throws StoreFailed {
        if (session.facts().isNews(who)) {
            change(session, facts -> facts.isNews(who) ? facts.provenBy(who) : facts);
        }
    }

    private void change(Session session, UnaryOperator<SessionFacts> change) throws StoreFailed {
        session.changing.lock();
        try {
            var changed = change.apply(session.facts());
            if (!session.isClosed()) {
                store.save(session.tokens().stored(session.id(), changed));
            }
            session.facts(changed);
        } finally {
            session.changing.unlock();
        }
    }

    /// Opens a new session at Snowflake in place of one that is gone.
    ///
    /// @param failed the one that turned out to be gone
    /// @throws UpstreamFault.SessionGone when something of the session would be lost
    UpstreamSession replace(Session session, UpstreamSession failed, UpstreamFault.SessionGone gone)
            throws IOException {
        session.changing.lock();
        try {
            if (session.upstream() != failed) {
                return session.upstream();
            }
            if (session.isClosed()) {
                throw new UpstreamFault.SessionGone("the session has ended");
            }
            var fresh = again(session.facts(), session.state(), gone.what());
            if (!session.mayBe(fresh.role())
                    || !session.footing().replaced(fresh.scope(), fresh.role())) {
                fresh.close();
                throw new UpstreamFault.SessionGone(
                        gone.what() + ", and a new one would have another schema or role");
            }
            session.upstream(fresh);
            session.recording()
                    .append(new RecordingEvent.Resumed(gone.what() + "; opened a new one"));
            return fresh;
        } finally {
            session.changing.unlock();
        }
    }

    /// Sees to it that the session lives at Snowflake: an approval is used once, and not on a
    /// session that turns out to be gone.
    ///
    /// @throws UpstreamFault.SessionGone when something of the session would be lost
    void revive(Session session) throws IOException {
        var upstream = session.upstream();
        try {
            upstream.heartbeat();
        } catch (UpstreamFault.SessionGone gone) {
            replace(session, upstream, gone);
        }
    }

    private UpstreamSession again(SessionFacts facts, SessionState state, String why)
            throws UpstreamFault {
        var lost = state.irreplaceable();
        if (lost.isPresent()) {
            throw new UpstreamFault.SessionGone(
                    why + ", and " + lost.get() + ", so it was not replaced");
        }
        var upstream = upstreams.get(facts.connection());
        if (upstream == null) {
            throw new UpstreamFault.SessionGone(
                    "connection " + facts.connection() + " is no longer configured");
        }
        var fresh = upstream.login(facts.login());
        for (var statement : state.context()) {
            if (!fresh.run(statement).path("success").asBoolean()) {
                fresh.close();
                throw new UpstreamFault.SessionGone(
                        why + ", and its settings could not be restored");
            }
        }
        return fresh;
    }

    private Found wake(StoredSession stored) throws IOException {
        var lock = waking.computeIfAbsent(stored.id(), _ -> new ReentrantLock());
        lock.lock();
        try {
            var known = byId.get(stored.id());
            if (known != null) {
                return new Found.Live(known);
            }
            if (!isAsleep(stored)) {
                return new Found.Unknown();
            }
            var recording = recordings.resume(stored.id());
            if (recording.isEmpty()) {
                forget(stored);
                return new Found.Unknown();
            }
            return wake(stored, recording.get());
        } finally {
            lock.unlock();
        }
    }

    private boolean isAsleep(StoredSession stored) {
        return stored.equals(asleep.get(stored.tokenHash()));
    }

    private Found wake(StoredSession stored, Recording recording) throws IOException {
        var facts = SessionFacts.read(stored.facts());
        if (facts.isEmpty()) {
            return gone(
                    stored,
                    recording,
                    new HeldEvents(),
                    "what the store holds of the session is damaged");
        }
        Past past;
        try {
            past = Past.read(recordings, store, stored.id(), facts.get());
        } catch (StoreFailed busy) {
            throw busy;
        } catch (IOException damaged) {
            // Not forgotten: the operator may be able to put it right.
            LOG.log(
                    System.Logger.Level.ERROR,
                    "session " + stored.id() + " cannot go on: its recording cannot be read",
                    damaged);
            return new Found.Gone("the session's recording cannot be read by the gateway");
        }
        try {
            return new Found.Live(wake(stored, recording, facts.get(), past));
        } catch (UpstreamFault.SessionGone gone) {
            return gone(stored, recording, past.heldEvents(), gone.what());
        }
    }

    private Session wake(StoredSession stored, Recording recording, SessionFacts facts, Past past)
            throws IOException {
        var queries = store.queries(stored.id());
        var upstream = again(facts, past.state(), "the gateway was restarted");
        var session =
                new Session(
                        facts,
                        TokenSet.of(stored),
                        recording,
                        upstream,
                        past.state(),
                        past.statements(),
                        past.heldEvents());
        // Decisions go by the role that the session had taken, not by the one it began with.
        if (!session.mayBe(upstream.role())) {
            upstream.close();
            throw new UpstreamFault.SessionGone(
                    "Snowflake answered under the role " + upstream.role());
        }
        past.restore(session.runs(), queries, recording);
        recording.append(new RecordingEvent.Resumed("the gateway was restarted"));
        heldAgain.restore(session, past);
        recording.commit();
        index(session);
        hashes(TokenSet.of(stored)).forEach(asleep::remove);
        return session;
    }

    private Found gone(StoredSession stored, Recording recording, HeldEvents held, String why)
            throws IOException {
        withdrawals.ofSleeping(stored.id(), recording, held, "gateway: " + why);
        forget(stored);
        recording.close(why);
        return new Found.Gone(why);
    }

    /// Ends the session of a token if it sleeps, without waking it: it has nothing at Snowflake.
    ///
    /// @return false when it does not sleep, or is not the caller's
    boolean closeAsleep(String token, Predicate<SessionFacts> belongs) throws IOException {
        var hash = Tokens.hash(token);
        var stored = asleep.get(hash);
        if (stored == null
                || state(TokenSet.of(stored), hash).isPresent()
                || SessionFacts.read(stored.facts()).filter(belongs).isEmpty()) {
            return false;
        }
        return end(stored, "the client closed it");
    }

    private boolean end(StoredSession stored, String why) throws IOException {
        var lock = waking.computeIfAbsent(stored.id(), _ -> new ReentrantLock());
        lock.lock();
        try {
            if (!isAsleep(stored)) {
                return false;
            }
            var recording = recordings.resume(stored.id());
            if (recording.isPresent()) {
                endInterrupted(stored, recording.get(), why);
                recording.get().close(why);
            }
            forget(stored);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Nobody will fetch the rest of what a former process was delivering.
    private void endInterrupted(StoredSession stored, Recording recording, String why)
            throws IOException {
        var facts = SessionFacts.read(stored.facts());
        if (facts.isEmpty()) {
            withdrawals.ofSleeping(stored.id(), recording, new HeldEvents(), "gateway: " + why);
            return;
        }
        try {
            var runs = new Runs();
            var past = Past.read(recordings, store, stored.id(), facts.get());
            past.restore(runs, store.queries(stored.id()), recording);
            withdrawals.ofSleeping(stored.id(), recording, past.heldEvents(), "gateway: " + why);
            endInterrupted(runs);
        } catch (RecordingDamaged damaged) {
            LOG.log(System.Logger.Level.WARNING, "session " + stored.id() + " ends", damaged);
        }
    }

    private static void endInterrupted(Runs runs) throws RecordingFailed {
        for (var run : runs.interrupted()) {
            var record = run.result();
            if (record != null) {
                record.close(run.id(), run.totalMicros(System.nanoTime()), run.upstreamMicros());
            }
        }
    }

    private void forget(StoredSession stored) throws IOException {
        hashes(TokenSet.of(stored)).forEach(asleep::remove);
        store.forget(stored.id());
    }

    /// Who the session of an id belongs to, whether it is awake or not.
    Optional<SessionFacts> facts(String id) {
        var live = byId.get(id);
        return live != null
                ? Optional.of(live.facts())
                : asleep.values().stream()
                        .filter(stored -> stored.id().equals(id))
                        .findFirst()
                        .flatMap(stored -> SessionFacts.read(stored.facts()));
    }

    /// The session of an id, woken if need be. Only for requests that have proven their right to
    /// it by something else than a session token.
    Found byId(String id) throws IOException {
        var live = byId.get(id);
        if (live != null) {
            return new Found.Live(live);
        }
        var stored = asleep.values().stream().filter(it -> it.id().equals(id)).findFirst();
        return stored.isPresent() ? wake(stored.get()) : new Found.Unknown();
    }

    /// The session of an id, if it is awake.
    Optional<Session> live(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// The chunked result of an address, with the session that it belongs to.
    Optional<Session> withResult(String result) {
        return byId.values().stream().filter(s -> s.results().containsKey(result)).findFirst();
    }

    /// Ends a session: what runs is aborted at Snowflake, except what was asked to outlive it.
    void end(Session session, @Nullable String why) {
        if (!leave(session)) {
            return;
        }
        withdrawals.all(session, "gateway: " + (why == null ? "the session ended" : why));
        try {
            for (var run : session.runs().underWay()) {
                if (!run.isAsync()) {
                    Aborts.one(session, run, "gateway: the session ended");
                }
            }
            endResults(session);
        } catch (RecordingFailed _) {
            // The end below is written as soon as the disk lets it.
        }
        finish(session, why == null ? "ended" : why);
    }

    /// From here on nobody finds the session.
    ///
    /// @return false when somebody else ends it
    private boolean leave(Session session) {
        if (!session.close()) {
            return false;
        }
        hashes(session.tokens()).forEach(byToken::remove);
        byId.remove(session.id());
        return true;
    }

    private static void endResults(Session session) throws RecordingFailed {
        for (var result : session.results().values()) {
            var run = result.run();
            run.quota().end();
            result.record()
                    .close(run.id(), run.totalMicros(System.nanoTime()), run.upstreamMicros());
        }
        endInterrupted(session.runs());
    }

    private void finish(Session session, String why) {
        withdrawals.unanswered(session);
        session.upstream().close();
        try {
            session.recording().close(why);
            store.forget(session.id());
        } catch (IOException _) {
            // The recording catches up by itself; a forgotten session only costs a row.
        }
    }

    Withdrawals withdrawals() {
        return withdrawals;
    }

    /// Cancels a statement for its client: what waits for people is taken back.
    ///
    /// @return false when there is nothing to cancel
    boolean cancel(Session session, StatementRun run, String by) throws IOException {
        if (withdrawals.withdraw(session, run, by)) {
            return true;
        }
        // It may just be on its way from one to the other.
        for (int i = 0; i < 100 && run.isHeld() && run.isClaimed(); i++) {
            Pause.of(Duration.ofMillis(10));
        }
        // It waits for its turn.
        boolean stopped = run.isHeld() && run.isClaimed() && run.stop(by);
        return stopped || Aborts.one(session, run, by);
    }

    /// Ends a session because a person says so: nothing of it goes on, also not what was asked to
    /// outlive it. One that sleeps is woken for it, since only then its statements can be aborted.
    ///
    /// @param by that person's name
    /// @return how many statements were aborted; empty when there is no such session
    OptionalInt kill(String id, String by, String reason) throws IOException {
        var why = "%s ended the session: %s".formatted(by, reason);
        Found found;
        try {
            found = byId(id);
        } catch (UpstreamFault away) {
            // It must not wake any more, whether or not Snowflake can be asked.
            return killAsleep(id, new RecordingEvent.Killed(by, reason), why);
        }
        return found instanceof Found.Live(var session)
                ? kill(session, new RecordingEvent.Killed(by, reason), why)
                : OptionalInt.empty();
    }

    private OptionalInt kill(Session session, RecordingEvent.Killed killed, String why) {
        // Before its tokens go: whoever brings one from here on hears why it leads nowhere.
        session.killed(why);
        hashes(session.tokens()).forEach(hash -> this.killed.put(hash, why));
        if (!leave(session)) {
            return OptionalInt.empty();
        }
        Aborts.written(session, killed);
        int withdrawn = withdrawals.all(session, killed.by() + ", who ended the session");
        int aborted = withdrawn + Aborts.all(session, killed.by(), _ -> true);
        try {
            endResults(session);
        } catch (RecordingFailed _) {
            // The end below is written as soon as the disk lets it.
        }
        finish(session, why);
        return OptionalInt.of(aborted);
    }

    private OptionalInt killAsleep(String id, RecordingEvent.Killed killed, String why)
            throws IOException {
        var stored = asleep.values().stream().filter(it -> it.id().equals(id)).findFirst();
        if (stored.isEmpty()) {
            return OptionalInt.empty();
        }
        hashes(TokenSet.of(stored.get())).forEach(hash -> this.killed.put(hash, why));
        var recording = recordings.resume(id);
        if (recording.isPresent()) {
            recording.get().append(killed);
        }
        end(stored.get(), why + "; Snowflake could not be asked to abort what it ran");
        return OptionalInt.of(0);
    }

    /// Aborts what runs because of an approval that is revoked.
    ///
    /// @param by who revoked it
    /// @return how many statements were aborted
    int abortUnder(String approval, String by) {
        return List.copyOf(byId.values()).stream()
                .mapToInt(session -> Aborts.all(session, by, run -> run.isUnder(approval)))
                .sum();
    }

    private void sweep() {
        var now = clock.instant();
        for (var session : List.copyOf(byId.values())) {
            swept(session.id(), () -> sweep(session, now));
        }
        for (var stored : Set.copyOf(asleep.values())) {
            if (!now.isBefore(stored.expires())) {
                swept(
                        stored.id(),
                        () -> end(stored, "the session's time was over while nobody used it"));
            }
        }
    }

    @FunctionalInterface
    private interface Sweep {
        void run() throws IOException;
    }

    /// One session whose recording is damaged must not keep the others from ending.
    private static void swept(String session, Sweep sweep) {
        try {
            sweep.run();
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "session " + session + " cannot be swept", e);
        }
    }

    private void sweep(Session session, Instant now) throws RecordingFailed {
        if (!now.isBefore(session.tokens().expires())) {
            end(session, "the session's time is over");
            return;
        }
        long nanos = System.nanoTime();
        for (var run : session.runs().underWay()) {
            boolean waiting =
                    run.driving.isLocked() || nanos - run.touched() < settings.grace().toNanos();
            if (!waiting && !run.isAsync() && !run.isCancelled()) {
                Aborts.one(session, run, "gateway: its client did not come back");
            }
        }
        session.results().values().removeIf(result -> now.isAfter(result.expires()));
    }

    private void index(Session session) {
        byId.put(session.id(), session);
        hashes(session.tokens()).forEach(hash -> byToken.put(hash, session));
    }

    private static List<String> hashes(TokenSet tokens) {
        return java.util.stream.Stream.of(
                        tokens.token(),
                        tokens.master(),
                        tokens.previousToken(),
                        tokens.previousMaster())
                .<String>mapMulti(
                        (hash, sink) -> {
                            if (hash != null) {
                                sink.accept(hash);
                            }
                        })
                .toList();
    }

    /// Stops without ending sessions: they wake when the gateway runs again.
    @Override
    public void close() {
        sweeper.shutdownNow();
        upstreams.values().forEach(Upstream::close);
    }
}
