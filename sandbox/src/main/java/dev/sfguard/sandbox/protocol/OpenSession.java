package dev.sfguard.sandbox.protocol;

import dev.sfguard.sandbox.engine.Session;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// A login as the protocol sees it: the account's session and the queries it asked for.
final class OpenSession {
    private static final int QUERIES_KEPT = 500;

    private final Session session;
    private final Map<String, Query> byRequest = new LinkedHashMap<>();
    private boolean closed;

    OpenSession(Session session) {
        this.session = session;
    }

    Session session() {
        return session;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    /// The query of a request: a repeated request joins the one that runs or ran.
    synchronized Query query(Optional<String> requestId, Supplier<Query> start) {
        if (requestId.isEmpty()) {
            return start.get();
        }
        Query known = byRequest.get(requestId.get());
        if (known != null) {
            return known;
        }
        Query query = start.get();
        byRequest.put(requestId.get(), query);
        if (byRequest.size() > QUERIES_KEPT) {
            byRequest.remove(byRequest.keySet().iterator().next());
        }
        return query;
    }

    synchronized Optional<Query> byRequest(String requestId) {
        return Optional.ofNullable(byRequest.get(requestId));
    }

    /// Cancels what runs and ends the session; asynchronous queries end with it too.
    void close() {
        List<Query> running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = List.copyOf(byRequest.values());
        }
        running.forEach(Query::cancel);
        session.close();
    }
}
