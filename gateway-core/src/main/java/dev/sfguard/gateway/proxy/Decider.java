package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.snowflake.QueryRequest;
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
    private final Clock clock;

    Decider(Supplier<Policy> policy, Catalogs catalogs, Filters filters, Clock clock) {
        this.policy = policy;
        this.catalogs = catalogs;
        this.filters = filters;
        this.clock = clock;
    }

    Decided decide(Session session, Identity who, StatementRun run, QueryRequest request) {
        var current = policy.get();
        var around = session.surroundings();
        var judged =
                judge.judge(
                        current,
                        who,
                        around,
                        catalogs.of(session),
                        request.sqlText(),
                        clock.instant());
        run.aftermath(
                Aftermath.of(
                        judged,
                        around.scope(),
                        request.describeOnly(),
                        (object, column) -> current.isMasked(who, object, column)));
        run.filters(filters.of(judged));
        return new Decided(judged, current, current.version());
    }
}
