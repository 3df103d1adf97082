package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.policy.Limits;
import dev.sfguard.gateway.policy.Limits.Excess;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.RowAllowance;
import dev.sfguard.gateway.store.StoreFailed;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How many rows of one statement's result may be delivered. They are counted before they leave,
/// those of all parts as soon as the reply names the parts, and each of them once, however often
/// and in whatever order it is fetched. What was cut stays cut, and what was refused is refused.
final class RowQuota implements RowAllowance {
    static final RowQuota NONE = new RowQuota(Limits.NONE, null, 0, 0);

    private final Limits limits;
    private final @Nullable Meter meter;

    /// Rows that neither count nor are cut.
    private final long free;

    private long granted;
    private boolean frozen;
    private @Nullable Cut cut;
    private @Nullable String refusal;

    /// What stands in {@link #granted} and on the meter, of the day that it was taken on last.
    private Meter.Rows counted = new Meter.Rows(Long.MIN_VALUE, 0);

    /// Rows that were asked for, from the number of the first of each run on.
    private final Map<Long, Long> fetched = new TreeMap<>();

    private boolean ended;

    /// Of each statement of a request with several.
    private List<RowQuota> parts = List.of();

    private RowQuota(Limits limits, @Nullable Meter meter, long free, long granted) {
        this.limits = limits;
        this.meter = meter;
        this.free = free;
        this.granted = granted;
    }

    /// @param meter counts the rows; null when nothing depends on the count
    static RowQuota of(Limits limits, @Nullable Meter meter) {
        return limits.isEmpty() && meter == null ? NONE : new RowQuota(limits, meter, 0, 0);
    }

    /// Of a statement whose answer is one row that says what it did: that row is no data, and who
    /// did not get it might do it again.
    static RowQuota ofChange(Limits limits, @Nullable Meter meter) {
        return limits.isEmpty() && meter == null ? NONE : new RowQuota(limits, meter, 1, 0);
    }

    /// Of a request with several statements: what it is answered itself is one row.
    static RowQuota ofSeveral(Limits limits, @Nullable Meter meter, List<RowQuota> parts) {
        var whole = ofChange(limits, meter);
        if (whole.isLimited()) {
            whole.parts = List.copyOf(parts);
        }
        return whole;
    }

    /// Of a statement from before a restart. It may be a change.
    ///
    /// @param delivered rows that a former process delivered, and counted
    static RowQuota ofPast(Limits limits, @Nullable Meter meter, long delivered) {
        return limits.isEmpty() && meter == null ? NONE : new RowQuota(limits, meter, 1, delivered);
    }

    /// Of a result that a former process had begun to deliver, and counted.
    static RowAllowance cutBefore(Cut cut) {
        var quota = new RowQuota(Limits.NONE, null, 0, cut.rows());
        quota.cut = cut;
        quota.frozen = true;
        return quota;
    }

    // There is one without limits.
    @SuppressWarnings("ReferenceEquality")
    boolean isLimited() {
        return this != NONE;
    }

    /// What a reply's rows are asked of.
    RowAllowance allowance() {
        return isLimited() ? this : ALL;
    }

    /// Whether a result may turn out not to be deliverable after some of its rows have been seen.
    boolean mayRefuse() {
        return limits.perStatement().filter(rows -> rows.excess() == Excess.BLOCK).isPresent()
                || limits.perDay().filter(rows -> rows.excess() == Excess.BLOCK).isPresent();
    }

    /// @param index of the statement in the request's text, from 0
    RowQuota ofPart(int index) {
        return index < parts.size() ? parts.get(index) : of(limits, meter);
    }

    @Override
    public synchronized long pass(long first, long count) throws IOException {
        long end = first + count;
        if (end > granted && !frozen) {
            extend(end);
        } else if (end > granted && cut == null && refusal == null) {
            throw new IOException("the result has more rows than when it was delivered first");
        }
        return Math.clamp(granted - first, 0, count);
    }

    @Override
    public synchronized Optional<Cut> cut() {
        return Optional.ofNullable(cut);
    }

    private void extend(long end) throws IOException {
        granted = Math.max(granted, Math.min(end, free));
        long allowed = limits.perStatement().map(Limits.Rows::most).orElse(Long.MAX_VALUE);
        long wanted = Math.max(0, Math.min(end, allowed) - granted);
        long taken = meter == null || wanted == 0 ? wanted : take(meter, wanted);
        granted += taken;
        if (granted < end) {
            var limit = taken < wanted ? limits.perDay() : limits.perStatement();
            reached(limit.orElseThrow(), taken < wanted);
        }
    }

    private long take(Meter from, long wanted) throws RecordingFailed {
        long most = limits.perDay().map(Limits.Rows::most).orElse(Long.MAX_VALUE);
        try {
            var taken = from.take(wanted, most);
            long before = taken.day() == counted.day() ? counted.count() : 0;
            counted = new Meter.Rows(taken.day(), before + taken.count());
            return taken.count();
        } catch (StoreFailed failed) {
            throw new RecordingFailed("the rows cannot be counted", failed);
        }
    }

    private void reached(Limits.Rows limit, boolean ofDay) {
        if (limit.excess() == Excess.CUT && granted > 0) {
            cut = new Cut(granted, limit.rule());
            frozen = true;
            return;
        }
        long most = granted;
        giveBack(counted.count());
        granted = 0;
        frozen = true;
        refusal =
                "Denied by limit \"%s\": %s. The statement ran, and none of its rows are delivered."
                        .formatted(
                                limit.rule(),
                                ofDay
                                        ? "its result has more rows than the %d that were left for today. The count begins anew at midnight UTC; until then ask for fewer rows"
                                                .formatted(most)
                                        : "its result has more than %d rows. Ask for fewer, by WHERE or LIMIT"
                                                .formatted(limit.most()));
    }

    /// Rows may leave before it is known whether the rest may: they stay counted.
    synchronized void leaving() {
        counted = new Meter.Rows(counted.day(), 0);
    }

    /// Why nothing of the result may be delivered, for people; known once all has been asked for,
    /// and final: the recording says that the statement failed.
    synchronized Optional<String> refusal() {
        return Optional.ofNullable(refusal);
    }

    /// The result's reply has left: the client has been told how many rows there are.
    void told() {
        if (isLimited()) {
            synchronized (this) {
                frozen = true;
            }
        }
    }

    /// Rows are about to leave.
    ///
    /// @throws IOException when nobody was to fetch them any more
    void fetching(long first, long count) throws IOException {
        if (meter == null) {
            return;
        }
        synchronized (this) {
            if (ended) {
                throw new IOException("the session has ended");
            }
            fetched.merge(first, count, Math::max);
        }
    }

    /// Nobody will fetch any more. What was never asked for does not count.
    void end() {
        if (meter == null) {
            return;
        }
        synchronized (this) {
            if (!ended) {
                ended = true;
                long asked = fetched.values().stream().mapToLong(Long::longValue).sum();
                giveBack(Math.max(0, granted - asked));
            }
        }
    }

    private void giveBack(long rows) {
        if (meter != null && rows > 0) {
            long count = Math.min(rows, counted.count());
            meter.giveBack(new Meter.Rows(counted.day(), count));
            counted = new Meter.Rows(counted.day(), counted.count() - count);
        }
    }
}
