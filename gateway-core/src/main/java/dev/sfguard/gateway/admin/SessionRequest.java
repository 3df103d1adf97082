package dev.sfguard.gateway.admin;

import dev.sfguard.gateway.recording.SessionQuery;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.util.Fields;

/// The query of `GET /v1/sessions`.
final class SessionRequest {
    private static final Set<String> KNOWN =
            Set.of("user", "connection", "live", "blocked", "since", "until", "limit");
    private static final int DEFAULT_LIMIT = 50;

    private SessionRequest() {}

    static SessionQuery parse(Fields fields) throws ApiProblem {
        var query = new QueryFields(fields, KNOWN);
        return new SessionQuery(
                query.text("user"),
                query.text("connection"),
                query.truth("live"),
                query.truth("blocked"),
                query.time("since"),
                query.time("until"),
                query.limit(DEFAULT_LIMIT));
    }

    /// The same, for one person's sessions only.
    static SessionQuery of(SessionQuery query, String subject) {
        return new SessionQuery(
                Optional.of(subject),
                query.connection(),
                query.live(),
                query.blocked(),
                query.since(),
                query.until(),
                query.limit());
    }
}
