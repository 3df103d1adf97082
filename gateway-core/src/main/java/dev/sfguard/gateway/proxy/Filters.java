package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.masking.Detections;
import dev.sfguard.gateway.masking.Masker;
import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Masks.Detection;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.snowflake.RowFilter;
import dev.sfguard.gateway.sql.Catalog;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.crypto.SecretKey;

/// Which filter the rows of a statement's results go through.
final class Filters {

    /// Of the policies that held since the start; each has a handful.
    private static final int MOST_KEPT = 256;

    private final Supplier<Policy> policy;
    private final SecretKey hashKey;
    private final Map<List<Detection>, Detections> ready = new ConcurrentHashMap<>();

    /// @param hashKey of `with: hash`
    Filters(Supplier<Policy> policy, SecretKey hashKey) {
        this.policy = policy;
        this.hashKey = hashKey;
    }

    /// Of a statement that was let through.
    Supplier<RowFilter> of(Judgement judged) {
        var entries =
                judged.parts().stream()
                        .flatMap(part -> masks(part.decision()).detectors().stream())
                        .distinct()
                        .toList();
        return of(entries);
    }

    /// A statement from before a restart goes through all that may hold for its session now: which
    /// detectors were decided for it is gone.
    void revive(Session session, StatementRun run) {
        if (run.aftermath().forgotten()) {
            var now = policy.get();
            var who = session.acting(session.facts().identity());
            var both = List.of(who, who.asAgent());
            run.aftermath(run.aftermath().guardedBy(new Protection(now, both, Catalog.EMPTY)));
            run.filters(
                    of(
                            both.stream()
                                    .flatMap(each -> now.detections(each).stream())
                                    .distinct()
                                    .toList()));
        }
    }

    private Supplier<RowFilter> of(List<Detection> entries) {
        if (entries.isEmpty()) {
            return () -> RowFilter.NONE;
        }
        if (ready.size() > MOST_KEPT) {
            ready.clear();
        }
        var detections =
                ready.computeIfAbsent(
                        entries, missing -> Detections.of(missing, Optional.of(hashKey)));
        return () -> new ContentFilter(new Masker(detections));
    }

    private static Masks masks(Decision decision) {
        return switch (decision) {
            case Decision.Allow allow -> allow.masks();
            case Decision.Hold hold -> hold.masks();
            case Decision.Deny _ -> Masks.NONE;
        };
    }
}
