package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.sql.NameScope;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where a session stands at Snowflake: the schema in which it looks up names, and its role.
///
/// Decisions rest on it. So a statement that moves the session waits until those that were decided
/// before it are answered, and until its own answer is here nobody knows where the session is.
/// Only the first answer to a statement is news of where the session is; a result that is fetched
/// later tells where it was.
final class Footing {

    /// @param scope NONE where it is not certain: then only full names mean anything
    /// @param roles all that the session may have; never empty
    /// @param doubt names this one time of not knowing where the session is; empty where it is
    // known
    record Place(NameScope scope, Set<String> roles, String doubt) {
        Place {
            roles = Set.copyOf(roles);
        }

        /// Whether a decision that was made for this place holds for the other one too.
        boolean covers(Place now) {
            return (scope.equals(NameScope.NONE) || scope.equals(now.scope))
                    && roles.containsAll(now.roles);
        }

        /// The same for what people approved: one unknown place is not another one.
        boolean holds(Place now, boolean approved) {
            return approved ? equals(now) : covers(now);
        }
    }

    /// A statement that is being decided or is on its way, and moves nothing.
    private static final class Stand {
        /// Its answer tells where the session is: nothing moved it meanwhile.
        private boolean tells;

        Stand(boolean tells) {
            this.tells = tells;
        }
    }

    /// A statement that moves the session and is on its way.
    private static final class Move {
        /// Another one was on its way at the same time: whose answer is the last nobody knows.
        private boolean overlapped;

        Move(boolean overlapped) {
            this.overlapped = overlapped;
        }
    }

    private final Map<StatementRun, Stand> standing = new HashMap<>();
    private final Map<StatementRun, Move> moving = new HashMap<>();
    private NameScope scope;
    private final Set<String> roles = new HashSet<>();

    /// Another process, or another session, has doubts of its own.
    private final String doubter = Tokens.name();

    /// How often it became unknown where the session is.
    private long doubts;

    Footing(NameScope scope, String role) {
        this.scope = scope;
        this.roles.add(role);
    }

    /// A statement is about to be decided: until it leaves, no other one moves the session.
    ///
    /// @return what it is to be decided for
    synchronized Place enter(StatementRun run) {
        prune();
        standing.put(run, new Stand(moving.isEmpty()));
        var place = place();
        run.place(place);
        return place;
    }

    /// Whether a statement that moves the session is on its way.
    synchronized boolean isMoving() {
        prune();
        return !moving.isEmpty();
    }

    /// A statement that was decided is about to be sent. One that moves the session waits for its
    /// turn.
    ///
    /// @return false when the decision no longer holds, because the session is elsewhere or its
    ///     turn does not come
    synchronized boolean go(StatementRun run, Duration patience) throws InterruptedException {
        prune();
        if (!run.aftermath().moves()) {
            standing.computeIfAbsent(run, _ -> new Stand(moving.isEmpty()));
            return run.place().holds(place(), run.isApproved());
        }
        standing.remove(run);
        notifyAll();
        long end = System.nanoTime() + patience.toNanos();
        while (!standing.isEmpty() || !run.place().holds(place(), run.isApproved())) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            wait(left);
            prune();
        }
        boolean overlaps = !moving.isEmpty();
        moving.values().forEach(move -> move.overlapped = true);
        moving.put(run, new Move(overlaps));
        doubts++;
        return true;
    }

    /// The first whole answer to the statement is here.
    ///
    /// @param success what it did was done; else what moves in steps may have gone some of the way
    /// @param actual where Snowflake looks up names now, if it says so
    /// @param role empty when it does not say
    synchronized void landed(
            StatementRun run, boolean success, Optional<NameScope> actual, String role) {
        var stand = standing.get(run);
        var move = moving.remove(run);
        if (move != null) {
            boolean alone = !move.overlapped && moving.isEmpty();
            boolean stayed = !success && !run.aftermath().inSteps();
            if (alone && success && actual.isPresent() && !role.isEmpty()) {
                stands(actual, role);
            } else if (!alone || !stayed) {
                doubt(run);
            }
        } else if (stand != null && stand.tells && success) {
            stands(actual, role);
        }
        notifyAll();
    }

    /// The statement's first answer was here, or it was not sent at all.
    synchronized void leave(StatementRun run) {
        standing.remove(run);
        if (run.sentAt() == null) {
            moving.remove(run);
        }
        prune();
        notifyAll();
    }

    /// Another session at Snowflake took the place of the one that was.
    ///
    /// @return false when it stands somewhere else than decisions were made for
    synchronized boolean replaced(NameScope begins, String role) {
        if (!place().covers(new Place(begins, Set.of(role), ""))) {
            return false;
        }
        scope = begins;
        roles.clear();
        roles.add(role);
        standing.values().forEach(stand -> stand.tells = false);
        moving.forEach((run, move) -> move.overlapped |= !run.driving.isHeldByCurrentThread());
        return true;
    }

    private void stands(Optional<NameScope> actual, String role) {
        actual.ifPresent(now -> scope = now);
        if (!role.isEmpty()) {
            roles.clear();
            roles.add(role);
        }
    }

    private void doubt(StatementRun run) {
        scope = NameScope.NONE;
        doubts++;
        roles.addAll(run.aftermath().takes());
    }

    /// What ended without an answer may have moved the session.
    private void prune() {
        moving.keySet()
                .removeIf(
                        run -> {
                            boolean ended = run.sentAt() != null && run.isOver();
                            if (ended) {
                                doubt(run);
                            }
                            return ended;
                        });
    }

    private Place place() {
        var all = new HashSet<>(roles);
        moving.keySet().forEach(run -> all.addAll(run.aftermath().takes()));
        var seen = moving.isEmpty() ? scope : NameScope.NONE;
        boolean unknown = seen.equals(NameScope.NONE) || all.size() > 1;
        return new Place(seen, all, unknown && doubts > 0 ? doubter + " " + doubts : "");
    }
}
