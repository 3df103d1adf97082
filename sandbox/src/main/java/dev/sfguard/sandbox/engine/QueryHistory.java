package dev.sfguard.sandbox.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What ran in an account, running or ended: what INFORMATION_SCHEMA's history functions show.
public final class QueryHistory {
    /// Snowflake keeps seven days'.
    private static final int KEPT = 20_000;

    /// One statement.
    ///
    /// @param error null while it runs and when it succeeded
    record Ran(
            String queryId,
            String text,
            long session,
            String user,
            String role,
            String tag,
            Instant started,
            @Nullable Instant ended,
            @Nullable SnowflakeError error) {

        String status() {
            if (ended == null) {
                return "RUNNING";
            }
            return error == null ? "SUCCESS" : "FAILED_WITH_ERROR";
        }
    }

    private final Map<String, Ran> entries =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Ran> eldest) {
                    return size() > KEPT;
                }
            };

    /// A statement begins; its tag is the request's own, or the session's.
    public synchronized void began(Session session, Request request, Instant at) {
        String tag =
                request.parameters()
                        .getOrDefault("QUERY_TAG", session.parameters().text("QUERY_TAG"));
        entries.put(
                request.queryId(),
                new Ran(
                        request.queryId(),
                        request.text(),
                        session.id(),
                        session.user(),
                        session.role(),
                        tag,
                        at,
                        null,
                        null));
    }

    /// A statement of several ran; it has the tag of its request.
    public synchronized void ran(String parent, String queryId, String text, Instant at) {
        Ran of = entries.get(parent);
        if (of != null) {
            entries.put(
                    queryId,
                    new Ran(
                            queryId,
                            text,
                            of.session,
                            of.user,
                            of.role,
                            of.tag,
                            of.started,
                            at,
                            null));
        }
    }

    /// @param error null when it succeeded
    public synchronized void ended(String queryId, @Nullable SnowflakeError error, Instant at) {
        entries.computeIfPresent(
                queryId,
                (_, it) ->
                        new Ran(
                                queryId,
                                it.text,
                                it.session,
                                it.user,
                                it.role,
                                it.tag,
                                it.started,
                                at,
                                error));
    }

    synchronized List<Ran> of(String user) {
        var own = new ArrayList<Ran>();
        for (Ran entry : entries.values()) {
            if (entry.user.equals(user)) {
                own.add(entry);
            }
        }
        return own;
    }
}
