package dev.sfguard.gateway.proxy;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// The statements of one session, by the client's request ids and by Snowflake's query ids. What
/// has ended long ago is forgotten; what is under way never is.
final class Runs {

    /// More than any driver's retries reach back, and small beside the session itself.
    private static final int REMEMBERED = 500;

    /// Ids that RESULT_SCAN may still name.
    private static final int QUERIES = 5000;

    /// Bytes of replies kept for repeats. Older ones are fetched from Snowflake again.
    private static final int KEPT_BYTES = 262_144;

    private final Map<String, StatementRun> byRequest = new LinkedHashMap<>();
    private final Map<String, StatementRun> byQuery = new LinkedHashMap<>();
    private final ArrayDeque<StatementRun> kept = new ArrayDeque<>();
    private long keptBytes;

    /// The statement of this request: the one that is known, or a new one.
    synchronized StatementRun join(String requestId, Supplier<StatementRun> fresh) {
        var run = byRequest.get(requestId);
        if (run == null) {
            run = fresh.get();
            byRequest.put(requestId, run);
            byQuery.put(run.gatewayId(), run);
            forget(byRequest, REMEMBERED);
            forget(byQuery, QUERIES);
        }
        return run;
    }

    synchronized Optional<StatementRun> ofRequest(String requestId) {
        return Optional.ofNullable(byRequest.get(requestId));
    }

    synchronized Optional<StatementRun> ofQuery(String queryId) {
        return Optional.ofNullable(byQuery.get(queryId));
    }

    /// Snowflake has named the statement.
    synchronized void named(StatementRun run, String queryId) {
        run.queryId(queryId);
        byQuery.putIfAbsent(queryId, run);
        forget(byQuery, QUERIES);
    }

    /// Keeps the reply for a repeat of the request.
    synchronized void keep(StatementRun run, byte[] reply) {
        run.state(new StatementRun.State.Ready(reply));
        kept.addLast(run);
        keptBytes += reply.length;
        while (keptBytes > KEPT_BYTES && kept.size() > 1) {
            drop(kept.removeFirst());
        }
    }

    private void drop(StatementRun run) {
        if (run.state() instanceof StatementRun.State.Ready(var reply)) {
            keptBytes -= reply.length;
            var queryId = run.queryId();
            if (queryId != null) {
                run.state(new StatementRun.State.Elsewhere(queryId));
            } else if (run.sentAt() == null) {
                // An error of ours: nothing to fetch, and nothing was run.
                byRequest.remove(run.requestId(), run);
            }
            // Else nobody knows what became of it: a repeat must find that, and not run it.
        }
    }

    synchronized void restore(StatementRun run) {
        byRequest.put(run.requestId(), run);
        byQuery.put(run.id(), run);
    }

    /// Those whose results were interrupted, by a restart or because the client was gone, and have
    /// not been fetched to their ends.
    synchronized List<StatementRun> interrupted() {
        return byQuery.values().stream().filter(Runs::isInterrupted).distinct().toList();
    }

    private static boolean isInterrupted(StatementRun run) {
        var result = run.result();
        boolean left =
                run.state() instanceof StatementRun.State.Elsewhere
                        && result != null
                        && !result.hasEnded()
                        && !run.isDescribe();
        return left || (run.interrupted() != null && run.refusal() == null);
    }

    /// Those that a repeat of their request would find, oldest first.
    synchronized List<StatementRun> remembered() {
        return List.copyOf(byRequest.values());
    }

    /// Those that wait for people.
    synchronized List<StatementRun> held() {
        return byQuery.values().stream().filter(StatementRun::isHeld).distinct().toList();
    }

    /// Makes a statement known by one more id.
    synchronized void alias(String id, StatementRun run) {
        byQuery.putIfAbsent(id, run);
    }

    synchronized List<StatementRun> underWay() {
        return byQuery.values().stream().filter(StatementRun::isUnderWay).distinct().toList();
    }

    /// Those that are under way and not aborted, and those that somebody is busy with.
    synchronized List<StatementRun> open(Predicate<StatementRun> which) {
        return byQuery.values().stream()
                .filter(which)
                .filter(run -> (run.isUnderWay() && !run.isCancelled()) || run.driving.isLocked())
                .distinct()
                .toList();
    }

    private static void forget(Map<String, StatementRun> runs, int most) {
        if (runs.size() > most) {
            var oldest = runs.values().iterator();
            while (runs.size() > most && oldest.hasNext()) {
                var run = oldest.next();
                if (!run.isUnderWay() && !run.isHeld() && !run.driving.isLocked()) {
                    oldest.remove();
                } else if (runs.size() < 2 * most) {
                    return;
                }
            }
        }
    }
}
