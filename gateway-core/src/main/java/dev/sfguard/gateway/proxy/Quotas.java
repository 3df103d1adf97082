package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Limits;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.StatementClass;
import dev.sfguard.gateway.sql.StatementSplitter;
import dev.sfguard.gateway.store.StoreFailed;
import dev.sfguard.gateway.store.UsageTable;
import java.time.Clock;
import java.util.ArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Counts what people ask for, and says how many rows their statements may deliver. Only what the
/// policy asks about an identity is counted.
final class Quotas implements AutoCloseable {
    private final Supplier<Policy> policy;
    private final Meters meters;

    Quotas(Supplier<Policy> policy, UsageTable table, Clock clock) {
        this.policy = policy;
        this.meters = new Meters(table, clock);
    }

    /// Counts the request's statements before they are decided. A describe runs none.
    ///
    /// @return the usage of its first statement; each of the others is one statement more
    Usage usage(Policy current, Identity who, String text, boolean describeOnly)
            throws StoreFailed {
        var counted = current.counted(who);
        if (!counted.statements() && !counted.rows()) {
            return Usage.NONE;
        }
        var meter = meters.of(who);
        return counted.statements() && !describeOnly
                ? meter.asked(StatementSplitter.split(text).size())
                : meter.next();
    }

    /// Of a request that was counted when it was asked, for another decision.
    ///
    /// @param ofMinute which statement of its minute its first one was
    Usage again(Policy current, Identity who, long ofMinute) throws StoreFailed {
        var counted = current.counted(who);
        return counted.statements() || counted.rows()
                ? new Usage(ofMinute, meters.of(who).next().rowsToday())
                : Usage.NONE;
    }

    /// Of a statement that was let through.
    RowQuota of(Policy current, Identity who, Judgement judged) throws StoreFailed {
        var meter = meter(current, who);
        var parts = judged.parts();
        if (parts.size() == 1) {
            return of(parts.getFirst(), meter);
        }
        var quotas = new ArrayList<RowQuota>();
        var tightest = Limits.NONE;
        for (var part : parts) {
            quotas.add(of(part, meter));
            tightest = tightest.tighter(limits(part.decision()));
        }
        return RowQuota.ofSeveral(tightest, meter, quotas);
    }

    /// A statement from before a restart has the limits that hold for its session now: what was
    /// decided for it is gone.
    void revive(Session session, StatementRun run) throws StoreFailed {
        if (!run.aftermath().forgotten() || run.quota().isLimited()) {
            return;
        }
        var now = policy.get();
        var who = session.acting(session.facts().identity());
        var agent = who.asAgent();
        var meter = meter(now, who);
        var result = run.result();
        run.quota(
                RowQuota.ofPast(
                        now.rowLimits(who).tighter(now.rowLimits(agent)),
                        meter == null ? meter(now, agent) : meter,
                        result == null ? 0 : result.delivered()));
    }

    private @Nullable Meter meter(Policy current, Identity who) throws StoreFailed {
        return current.counted(who).rows() ? meters.of(who) : null;
    }

    private static RowQuota of(Judgement.Part part, @Nullable Meter meter) {
        var limits = limits(part.decision());
        return answersOneRow(part.analysis())
                ? RowQuota.ofChange(limits, meter)
                : RowQuota.of(limits, meter);
    }

    private static Limits limits(Decision decision) {
        return switch (decision) {
            case Decision.Allow allow -> allow.limits();
            case Decision.Hold hold -> hold.limits();
            case Decision.Deny _ -> Limits.NONE;
        };
    }

    private static boolean answersOneRow(Analysis analysis) {
        return switch (analysis) {
            case Analysis.Opaque _ -> false;
            case Analysis.Understood understood -> answersOneRow(understood.kind());
        };
    }

    private static boolean answersOneRow(StatementClass kind) {
        return switch (kind) {
            case INSERT,
                    UPDATE,
                    DELETE,
                    MERGE,
                    TRUNCATE,
                    CREATE,
                    ALTER,
                    ALTER_SESSION,
                    ALTER_USER,
                    DROP,
                    UNDROP,
                    GRANT,
                    REVOKE,
                    USE,
                    USE_ROLE,
                    SET,
                    UNSET,
                    BEGIN,
                    COMMIT,
                    ROLLBACK,
                    COMMENT ->
                    true;
            case SELECT,
                    COPY_LOAD,
                    COPY_UNLOAD,
                    PUT,
                    GET,
                    LIST,
                    REMOVE,
                    CALL,
                    EXECUTE,
                    SCRIPT,
                    SHOW,
                    DESCRIBE,
                    EXPLAIN,
                    OTHER ->
                    false;
        };
    }

    @Override
    public void close() {
        meters.close();
    }
}
