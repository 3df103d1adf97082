package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.snowflake.QueryRequest;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.store.StoreFailed;
import java.time.Clock;
import java.util.function.Supplier;

/// Judges requests by the policy that holds now, and readies the statement for what was decided:
/// what its rows go through and what to look at when Snowflake answers.
final class Decider {

    /// @param version of the policy that decided
    record Decided(Judgement judgement, Policy policy, String version) {}

    private final Judge judge = new Judge();
    private final Supplier<Policy> policy;
    private final Catalogs catalogs;
    private final Filters filters;
    private final Quotas quotas;
    private final Clock clock;

    Decider(
            Supplier<Policy> policy,
            Catalogs catalogs,
            Filters filters,
            Quotas quotas,
            Clock clock) {
        this.policy = policy;
        this.catalogs = catalogs;
        this.filters = filters;
        this.quotas = quotas;
        this.clock = clock;
    }

    /// The statement stands on the session's {@link Footing} from now on, until it leaves it.
    ///
    /// @throws StoreFailed when what the policy wants counted cannot be counted
    Decided decide(Session session, Identity who, StatementRun run, QueryRequest request)
            throws StoreFailed {
        var current = policy.get();
        var usage = quotas.usage(current, who, request.sqlText(), request.describeOnly());
        run.ofMinute(usage.statementsThisMinute());
        return decide(session, who, run, request, current, usage);
    }

    /// Once more, of a statement that was counted when it was asked: it is no statement of the
    /// minute in which people have answered.
    Decided decideAgain(Session session, Identity who, StatementRun run, QueryRequest request)
            throws StoreFailed {
        var current = policy.get();
        var usage = quotas.again(current, who, run.ofMinute());
        return decide(session, who, run, request, current, usage);
    }

    private Decided decide(
            Session session,
            Identity who,
            StatementRun run,
            QueryRequest request,
            Policy current,
            Usage usage)
            throws StoreFailed {
        var around = session.surroundings(run);
        var judged =
                judge.judge(
                        current,
                        who,
                        around,
                        catalogs.of(session),
                        request.sqlText(),
                        usage,
                        clock.instant());
        run.aftermath(aftermath(session, who, current, around, request, judged));
        run.filters(filters.of(judged));
        run.quota(quotas.of(current, who, judged));
        return new Decided(judged, current, current.version());
    }

    private static Aftermath aftermath(
            Session session,
            Identity who,
            Policy current,
            Surroundings around,
            QueryRequest request,
            Judgement judged) {
        var own =
                Aftermath.of(
                        judged,
                        around.scope(),
                        request.describeOnly(),
                        catalog -> new Protection(current, who, catalog));
        return ResultScan.of(session, request.sqlText())
                .map(StatementRun::aftermath)
                .map(scanned -> own.showing(scanned, new Protection(current, who, Catalog.EMPTY)))
                .orElse(own);
    }
}
