package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.Recording;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One login of a client: who it is, its recording, its session at Snowflake, its statements.
final class Session {

    /// Of each the addresses of some hundred parts stay, a KiB each.
    private static final int IDLE_RESULTS = 30;

    private final Recording recording;
    private final SessionState state;
    private final Runs runs = new Runs();
    private final HeldEvents heldEvents;
    private final Map<String, ChunkedResult> results = new ConcurrentHashMap<>();
    private final AtomicLong statements;

    /// Held while tokens change, or the session at Snowflake is replaced.
    final ReentrantLock changing = new ReentrantLock();

    private volatile SessionFacts facts;
    private volatile TokenSet tokens;
    private volatile UpstreamSession upstream;
    private volatile ClientNote note = ClientNote.NONE;
    private volatile ClientNote told = ClientNote.NONE;
    private volatile Map<String, String> context = Map.of();
    private final Set<String> roles = ConcurrentHashMap.newKeySet();
    private final Footing footing;
    private volatile boolean closed;
    private volatile @Nullable String killed;
    private final AtomicLong remembered = new AtomicLong();

    Session(
            SessionFacts facts,
            TokenSet tokens,
            Recording recording,
            UpstreamSession upstream,
            SessionState state,
            long statements,
            HeldEvents heldEvents) {
        this.facts = facts;
        this.tokens = tokens;
        this.recording = recording;
        this.upstream = upstream;
        this.state = state;
        this.heldEvents = heldEvents;
        this.roles.add(Upstream.folded(facts.role()));
        this.roles.addAll(state.roles());
        this.footing = new Footing(upstream.scope(), upstream.role());
        this.statements = new AtomicLong(statements);
    }

    String id() {
        return recording.id();
    }

    SessionFacts facts() {
        return facts;
    }

    void facts(SessionFacts changed) {
        facts = changed;
    }

    TokenSet tokens() {
        return tokens;
    }

    void tokens(TokenSet changed) {
        tokens = changed;
    }

    Recording recording() {
        return recording;
    }

    UpstreamSession upstream() {
        return upstream;
    }

    void upstream(UpstreamSession replacement) {
        upstream = replacement;
    }

    SessionState state() {
        return state;
    }

    Runs runs() {
        return runs;
    }

    HeldEvents heldEvents() {
        return heldEvents;
    }

    Map<String, ChunkedResult> results() {
        return results;
    }

    /// Keeps a result for those who fetch its parts. Of older ones that nobody is fetching the
    /// addresses go: whoever asks for them again makes the gateway ask Snowflake again.
    void keep(ChunkedResult result) {
        results.put(result.id(), result);
        var idle =
                results.values().stream()
                        .filter(it -> it != result && it.isIdle())
                        .sorted(Comparator.comparing(ChunkedResult::expires).reversed())
                        .toList();
        idle.stream().skip(IDLE_RESULTS).forEach(old -> results.remove(old.id(), old));
    }

    /// How many statements there have been.
    long statements() {
        return statements.get();
    }

    long nextStatement() {
        return statements.incrementAndGet();
    }

    ClientNote note() {
        return note;
    }

    void note(ClientNote changed) {
        note = changed;
    }

    /// Whether this note has not been recorded yet; from now on it counts as recorded.
    boolean isNews(ClientNote note) {
        var effective = note.told();
        boolean news = !effective.isEmpty() && !effective.equals(told);
        told = effective;
        return news;
    }

    /// Whether the context has changed; from now on it counts as known.
    boolean moved(Map<String, String> now) {
        if (now.isEmpty() || now.equals(context)) {
            return false;
        }
        context = now;
        return true;
    }

    boolean isClosed() {
        return closed;
    }

    /// Who ended it and why, when a person did.
    Optional<String> killed() {
        return Optional.ofNullable(killed);
    }

    void killed(String why) {
        killed = why;
    }

    /// @return false when it was closed before
    boolean close() {
        changing.lock();
        try {
            boolean first = !closed;
            closed = true;
            return first;
        } finally {
            changing.unlock();
        }
    }

    /// The policy let a `USE ROLE` through: from now on Snowflake may answer under it.
    void mayBecome(String folded) {
        roles.add(folded);
    }

    /// Whether Snowflake may answer under this role: the session began with it, or was let take it.
    boolean mayBe(String actual) {
        return roles.contains(actual);
    }

    Footing footing() {
        return footing;
    }

    /// How far the recording had grown when the session was remembered last.
    AtomicLong remembered() {
        return remembered;
    }

    /// What a statement is decided in, from now on until it leaves the {@link Footing}.
    Surroundings surroundings(StatementRun run) {
        var place = footing.enter(run);
        return new Surroundings(
                facts.connection(),
                place.roles(),
                place.scope(),
                facts.application(),
                upstream.upstream().connection().maskFunction(),
                id -> runs.ofQuery(id).isPresent());
    }

    /// Who it is by the newest proof, for what is decided after the request that asked for it.
    ///
    /// @param asked as whom it was asked for: what an agent asked for stays an agent's
    Identity newest(Identity asked) {
        var newest = acting(facts.identity());
        return asked.kind() == Identity.Kind.AGENT ? newest.asAgent() : newest;
    }

    /// @param proven by the request's tunnel, or at the front by the login
    Identity acting(Identity proven) {
        return facts.agent() ? proven.asAgent() : proven;
    }
}
