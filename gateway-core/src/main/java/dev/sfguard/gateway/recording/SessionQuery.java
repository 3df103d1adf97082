package dev.sfguard.gateway.recording;

import java.time.Instant;
import java.util.Optional;

/// Which sessions to list, newest first.
///
/// @param user what people read or the subject, exactly
/// @param live only those that go on now
/// @param blocked only those in which a statement was blocked
/// @param since started or still going on at or after this time
/// @param until started before this time
/// @param limit how many at most; at least 1
public record SessionQuery(
        Optional<String> user,
        Optional<String> connection,
        boolean live,
        boolean blocked,
        Optional<Instant> since,
        Optional<Instant> until,
        int limit) {

    public SessionQuery {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1, but is " + limit);
        }
    }

    /// The newest sessions, whoever's.
    public static SessionQuery newest(int limit) {
        return new SessionQuery(
                Optional.empty(),
                Optional.empty(),
                false,
                false,
                Optional.empty(),
                Optional.empty(),
                limit);
    }

    boolean matches(SessionSummary summary) {
        return user.map(it -> it.equals(summary.user()) || it.equals(summary.subject()))
                        .orElse(true)
                && connection.map(it -> it.equals(summary.connection())).orElse(true)
                && (!live || summary.state() == SessionSummary.State.LIVE)
                && (!blocked || summary.blocked() > 0)
                && since.map(it -> !summary.ended().isBefore(it)).orElse(true)
                && until.map(it -> summary.started().isBefore(it)).orElse(true);
    }
}
