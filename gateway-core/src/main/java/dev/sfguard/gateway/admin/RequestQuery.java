package dev.sfguard.gateway.admin;

import dev.sfguard.gateway.store.StoredApproval.State;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.eclipse.jetty.util.Fields;

/// The query of `GET /v1/requests`.
///
/// @param mine the asker's own, instead of those that wait for the asker's answer
/// @param session only of this session
/// @param after answer when something has happened since this step
/// @param patience or when this is over
record RequestQuery(
        Set<State> states,
        boolean granted,
        boolean mine,
        Optional<String> session,
        Instant since,
        Instant until,
        int limit,
        Optional<Long> after,
        Duration patience) {
    private static final Set<String> KNOWN =
            Set.of("state", "mine", "session", "since", "until", "limit", "after", "wait");
    private static final int DEFAULT_LIMIT = 50;

    /// Under every idle limit on the way.
    private static final long LONGEST_WAIT = 30;

    /// Not a state of its own: what `approve --for` granted and is not over.
    private static final String GRANTED = "granted";

    private static final String ALL = "all";
    private static final Instant END = Instant.ofEpochMilli(Long.MAX_VALUE);

    static RequestQuery parse(Fields fields) throws ApiProblem {
        var query = new QueryFields(fields, KNOWN);
        var words = Set.of(query.text("state").orElse("pending").split(",", -1));
        boolean granted = words.contains(GRANTED);
        return new RequestQuery(
                states(words),
                granted,
                query.truth("mine"),
                query.text("session"),
                query.time("since").orElse(Instant.EPOCH),
                query.time("until").orElse(END),
                query.limit(DEFAULT_LIMIT),
                query.text("after").isEmpty()
                        ? Optional.empty()
                        : Optional.of(query.number("after", 0, 0, Long.MAX_VALUE)),
                Duration.ofSeconds(query.number("wait", LONGEST_WAIT, 0, LONGEST_WAIT)));
    }

    private static Set<State> states(Set<String> words) throws ApiProblem {
        var states = EnumSet.noneOf(State.class);
        for (String word : words) {
            switch (word) {
                case ALL -> states.addAll(EnumSet.allOf(State.class));
                case GRANTED -> {}
                default -> states.add(state(word));
            }
        }
        return states;
    }

    private static State state(String word) throws ApiProblem {
        for (var state : State.values()) {
            if (word(state).equals(word)) {
                return state;
            }
        }
        throw QueryFields.malformed(
                "state",
                "one or several of "
                        + Arrays.stream(State.values())
                                .map(RequestQuery::word)
                                .collect(Collectors.joining(", "))
                        + ", granted, all");
    }

    static String word(State state) {
        return state.name().toLowerCase(Locale.ROOT);
    }

    /// The states to look among.
    Set<State> among() {
        return granted ? EnumSet.allOf(State.class) : states;
    }

    /// Whether one in this state, granted until this moment, is asked for.
    boolean wants(State state, Instant grantedUntil, Instant now) {
        return states.contains(state) || (granted && grantedUntil.isAfter(now));
    }
}
