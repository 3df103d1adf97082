package dev.sfguard.gateway.admin;

import dev.sfguard.gateway.recording.SessionQuery;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import org.eclipse.jetty.util.Fields;

/// The query of `GET /v1/sessions`. An unknown or malformed parameter is refused, since a filter
/// that is ignored shows too much.
final class SessionRequest {
    private static final Set<String> KNOWN =
            Set.of("user", "connection", "live", "blocked", "since", "until", "limit");
    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 10_000;

    private SessionRequest() {}

    static SessionQuery parse(Fields fields) throws ApiProblem {
        for (String name : fields.getNames()) {
            if (!KNOWN.contains(name)) {
                throw malformed(name, "unknown");
            }
        }
        return new SessionQuery(
                text(fields, "user"),
                text(fields, "connection"),
                truth(fields, "live"),
                truth(fields, "blocked"),
                time(fields, "since"),
                time(fields, "until"),
                limit(fields));
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

    private static Optional<String> text(Fields fields, String name) {
        return Optional.ofNullable(fields.getValue(name)).filter(value -> !value.isEmpty());
    }

    private static boolean truth(Fields fields, String name) throws ApiProblem {
        return switch (text(fields, name).orElse("false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw malformed(name, "true or false");
        };
    }

    private static Optional<Instant> time(Fields fields, String name) throws ApiProblem {
        var text = text(fields, name);
        try {
            return text.map(Instant::parse);
        } catch (DateTimeParseException wrong) {
            throw malformed(name, "a time such as 2026-11-23T14:02:11Z");
        }
    }

    private static int limit(Fields fields) throws ApiProblem {
        String text = text(fields, "limit").orElse(Integer.toString(DEFAULT_LIMIT));
        if (!text.matches("[0-9]{1,5}") || text.matches("0+")) {
            throw malformed("limit", "a number from 1 to " + MOST);
        }
        return Math.min(Integer.parseInt(text), MOST);
    }

    private static ApiProblem malformed(String name, String expected) {
        return expected.equals("unknown")
                ? ApiProblem.badRequest(
                        "The parameter \"" + name + "\" is not known.",
                        "Is the sfguard command newer than the gateway?")
                : ApiProblem.badRequest(
                        "The parameter \"" + name + "\" must be " + expected + ".", "");
    }
}
