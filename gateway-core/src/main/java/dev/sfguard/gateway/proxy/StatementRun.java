package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.snowflake.RowFilter;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One statement on its way, from the client's request to the end of its result. A repeat of the
/// request, a poll and a cancel all find this one; it is run once.
final class StatementRun {

    /// How far it is.
    sealed interface State {

        /// Nothing has left for Snowflake.
        record Fresh() implements State {}

        /// A rule wants people's yes first. Nothing has left for Snowflake.
        record Held(HeldCall call) implements State {}

        /// The request is at Snowflake and unanswered.
        ///
        /// @param at when it was sent; after a restart as the recording says
        /// @param tagged whether it carries a tag of ours to look it up by
        record Sent(Instant at, boolean tagged) implements State {}

        /// Snowflake said "still running".
        record Running(String queryId) implements State {}

        /// The reply is here, and is given again to whoever repeats the request. Never compared.
        @SuppressWarnings("ArrayRecordComponent")
        record Ready(byte[] reply) implements State {}

        /// It has ended, and its result can be fetched from Snowflake again.
        record Elsewhere(String queryId) implements State {}
    }

    /// Of the text of a statement that has ended: as much as a lookup compares.
    static final int KEPT_TEXT = 1000;

    /// Whoever holds it speaks with Snowflake for this statement; the others wait.
    final ReentrantLock driving = new ReentrantLock();

    private final String requestId;
    private final long number;
    private final int part;
    private volatile String text;
    private final boolean async;
    private final long arrived;
    private final String gatewayId;
    private volatile State state;
    private volatile long touched;
    private volatile @Nullable Instant sentAt;
    private volatile boolean cancelled;
    private volatile boolean describe;
    private volatile @Nullable String queryId;
    private volatile @Nullable ResultRecord result;
    private volatile @Nullable SnowflakeError refusal;
    private volatile @Nullable Interrupted interrupted;
    private volatile @Nullable String approval;
    private volatile @Nullable String grant;
    private volatile @Nullable String withdrawnBy;
    private volatile long ofMinute = 1;
    private boolean leaving;
    private volatile boolean claimed;
    private volatile boolean settled;
    private volatile boolean over;
    private int brokenAnswers;
    private volatile Supplier<RowFilter> filters = () -> RowFilter.UNDECIDED;
    private volatile RowQuota quota = RowQuota.NONE;
    private volatile Aftermath aftermath = Aftermath.NONE;
    private volatile Footing.@Nullable Place place;
    private final AtomicLong upstreamNanos = new AtomicLong();

    /// @param gatewayId names the statement while Snowflake has not
    /// @param now in nanoseconds
    StatementRun(
            String requestId,
            long number,
            int part,
            String text,
            boolean async,
            String gatewayId,
            State state,
            long now) {
        this.requestId = requestId;
        this.number = number;
        this.part = part;
        this.text = text;
        this.async = async;
        this.gatewayId = gatewayId;
        this.state = state;
        this.arrived = now;
        this.touched = now;
    }

    String requestId() {
        return requestId;
    }

    long number() {
        return number;
    }

    int part() {
        return part;
    }

    /// The client's; of a statement that has ended only its beginning.
    String text() {
        return text;
    }

    boolean isAsync() {
        return async;
    }

    State state() {
        return state;
    }

    void state(State next) {
        if (next instanceof State.Sent(var at, var _)) {
            sentAt = at;
        }
        if (next instanceof State.Ready || next instanceof State.Elsewhere) {
            text = text.substring(0, Math.min(text.length(), KEPT_TEXT));
        }
        state = next;
    }

    /// When its bytes left for Snowflake; null while they have not.
    @Nullable Instant sentAt() {
        return sentAt;
    }

    /// What the client knows it by: Snowflake's id as soon as there is one.
    String id() {
        var id = queryId;
        return id == null ? gatewayId : id;
    }

    String gatewayId() {
        return gatewayId;
    }

    @Nullable String queryId() {
        return queryId;
    }

    void queryId(String id) {
        queryId = id;
    }

    boolean isUnderWay() {
        return state instanceof State.Sent || state instanceof State.Running;
    }

    /// Whether nothing of it runs at Snowflake any more, though nobody may have fetched its answer.
    boolean isOver() {
        return over || !isUnderWay();
    }

    /// Snowflake's list of queries says that it has ended.
    void over() {
        over = true;
    }

    boolean isHeld() {
        return state instanceof State.Held;
    }

    /// The request to people that it waits for or ran by; null for most statements.
    @Nullable String approval() {
        return approval;
    }

    /// An approval for some time that was given for another lets it through.
    void grant(String id) {
        grant = id;
    }

    /// Whether it runs because of this approval.
    boolean isUnder(String request) {
        return request.equals(approval) || request.equals(grant);
    }

    /// Whether people's yes lets it through.
    boolean isApproved() {
        return approval != null || grant != null;
    }

    void approval(String id) {
        approval = id;
    }

    /// Which statement of its person's minute it was when it was asked. A former process did not
    /// keep it: after a restart it counts as the first.
    long ofMinute() {
        return ofMinute;
    }

    void ofMinute(long counted) {
        ofMinute = counted;
    }

    /// Who takes the request back. To be said before it is done, so that whoever waits can tell.
    synchronized void withdrawnBy(String who) {
        withdrawnBy = who;
    }

    @Nullable String withdrawnBy() {
        return withdrawnBy;
    }

    /// It is about to be sent. From here on taking it back is too late.
    ///
    /// @return false when it was taken back before
    synchronized boolean leaves() {
        leaving = withdrawnBy == null;
        return leaving;
    }

    /// Takes it back unless it is being sent.
    ///
    /// @return false when that is too late
    synchronized boolean stop(String by) {
        if (leaving) {
            return false;
        }
        if (withdrawnBy == null) {
            withdrawnBy = by;
        }
        return true;
    }

    /// Whether this statement has taken the one use of its approval, or may have: the store
    /// failed in that moment. A use that is taken is its own then.
    void claimed(boolean may) {
        claimed = may;
    }

    boolean isClaimed() {
        return claimed;
    }

    /// The store has been told how it ended.
    boolean isSettled() {
        return settled;
    }

    void settled() {
        settled = true;
    }

    void touch(long now) {
        touched = now;
    }

    long touched() {
        return touched;
    }

    boolean isCancelled() {
        return cancelled;
    }

    void cancelled() {
        cancelled = true;
    }

    @Nullable ResultRecord result() {
        return result;
    }

    void result(ResultRecord record) {
        result = record;
    }

    /// An answer broke off. Counted under {@link #driving}.
    ///
    /// @return how many have
    int brokeOff() {
        return ++brokenAnswers;
    }

    /// It executes nothing, so nothing of it need be remembered.
    boolean isDescribe() {
        return describe;
    }

    void describes() {
        describe = true;
    }

    /// What the gateway itself answered in place of a result.
    @Nullable SnowflakeError refusal() {
        return refusal;
    }

    void refusal(SnowflakeError error) {
        refusal = error;
    }

    /// Its result was on its way when the gateway's former process ended.
    void resumed(Interrupted before, ResultRecord record) {
        interrupted = before;
        result = record;
    }

    @Nullable Interrupted interrupted() {
        return interrupted;
    }

    /// What its results go through; to be set before the statement is sent.
    void filters(Supplier<RowFilter> each) {
        filters = each;
    }

    Supplier<RowFilter> filters() {
        return filters;
    }

    /// A fresh one, for one delivery of the result.
    RowFilter filter() {
        return filters.get();
    }

    /// How many rows of its result may be delivered; to be set before the statement is sent.
    void quota(RowQuota granted) {
        quota = granted;
    }

    RowQuota quota() {
        return quota;
    }

    Aftermath aftermath() {
        return aftermath;
    }

    void aftermath(Aftermath expected) {
        aftermath = expected;
    }

    /// What it was decided for.
    ///
    /// @throws IllegalStateException when it has not been decided here
    Footing.Place place() {
        var decided = place;
        if (decided == null) {
            throw new IllegalStateException("statement " + number + " was not decided");
        }
        return decided;
    }

    void place(Footing.Place decided) {
        place = decided;
    }

    void waited(long nanos) {
        upstreamNanos.addAndGet(nanos);
    }

    long upstreamMicros() {
        return upstreamNanos.get() / 1000;
    }

    long totalMicros(long now) {
        return (now - arrived) / 1000;
    }
}
