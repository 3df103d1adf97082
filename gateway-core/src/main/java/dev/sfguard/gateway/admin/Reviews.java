package dev.sfguard.gateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.approval.Answer;
import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.approval.Approvals;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.store.StoreFailed;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;

/// What the API answers about held statements. Reviewers see those that they may answer or have
/// answered, everybody sees their own; to all others there is none.
final class Reviews {
    /// In UTF-16 units: a reason is read by people.
    private static final int LONGEST_REASON = 2_000;

    /// A yes for a time stands for statements that nobody looks at any more.
    private static final Duration LONGEST_GRANT = Duration.ofHours(24);

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Approvals approvals;
    private final LiveSessions sessions;
    private final Clock clock;

    Reviews(Approvals approvals, LiveSessions sessions, Clock clock) {
        this.approvals = approvals;
        this.sessions = sessions;
        this.clock = clock;
    }

    /// Those that the query asks for, newest first, and the step that they are as of.
    ObjectNode list(Identity who, RequestQuery query) throws ApiProblem, StoreFailed {
        if (query.after().isPresent()) {
            await(query.after().get(), query.patience());
        }
        // Before the list: what happens meanwhile counts as later.
        long step = approvals.step();
        var now = clock.instant();
        var json = JSON.createObjectNode().put("step", step);
        var requests = json.putArray("requests");
        approvals.list(query.among(), query.since(), query.until()).stream()
                .filter(it -> query.wants(it.state(), it.stored().until(), now))
                .filter(it -> it.mayBeSeenBy(who) && it.wasAskedBy(who) == query.mine())
                .filter(it -> query.session().filter(id -> !isOf(it, id)).isEmpty())
                .limit(query.limit())
                .forEach(it -> requests.add(RequestView.line(it, who, now)));
        return json;
    }

    /// @param session its id, or the number by which its client knows it
    private boolean isOf(Approval approval, String session) {
        var id = approval.stored().session();
        return id.equals(session)
                || sessions.number(id).stream()
                        .anyMatch(number -> Long.toString(number).equals(session));
    }

    private void await(long step, Duration patience) throws ApiProblem, StoreFailed {
        try {
            approvals.awaitAfter(step, patience);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ApiProblem(503, "stopping", "The gateway is stopping.", "Try again.");
        }
    }

    ObjectNode one(Identity who, String typed) throws ApiProblem, StoreFailed {
        var id = id(typed);
        var found = approvals.find(id).filter(it -> it.mayBeSeenBy(who));
        return whole(found.orElseThrow(() -> unknown(typed)), who);
    }

    private ObjectNode whole(Approval approval, Identity who) throws StoreFailed {
        return RequestView.whole(
                approval, approvals.revocation(approval.id()), who, clock.instant());
    }

    ObjectNode approve(Identity who, String typed, JsonNode body) throws ApiProblem, StoreFailed {
        var grant = grant(body);
        return counted(
                approvals.answer(id(typed), who, true, reason(body, false), grant), typed, who);
    }

    ObjectNode deny(Identity who, String typed, JsonNode body) throws ApiProblem, StoreFailed {
        return counted(
                approvals.answer(id(typed), who, false, reason(body, true), Duration.ZERO),
                typed,
                who);
    }

    ObjectNode revoke(Identity who, String typed, JsonNode body) throws ApiProblem, StoreFailed {
        var revoked = counted(approvals.revoke(id(typed), who, reason(body, true)), typed, who);
        return revoked.put("aborted", sessions.abortUnder(id(typed), who.name()));
    }

    private ObjectNode counted(Answer answer, String typed, Identity who)
            throws ApiProblem, StoreFailed {
        return switch (answer) {
            case Answer.Counted(var approval) -> whole(approval, who);
            case Answer.Refused(var why, var next, boolean known) -> {
                if (!known) {
                    throw unknown(typed);
                }
                throw new ApiProblem(409, "not_counted", why, next);
            }
        };
    }

    /// The same answer for "not there", "not yours" and "no id at all": ids cannot be probed.
    private static ApiProblem unknown(String typed) {
        return ApiProblem.notFound(
                "There is no request %s for you.".formatted(typed),
                "List those that wait for you: sfguard requests, and your own: sfguard requests"
                        + " --mine");
    }

    /// As people type it: without regard to case, and with the letters that look like digits.
    private static String id(String typed) {
        return typed.toUpperCase(Locale.ROOT).replace('O', '0').replaceAll("[IL]", "1");
    }

    /// @param required whether there must be one
    static String reason(JsonNode body, boolean required) throws ApiProblem {
        if (!body.isObject()) {
            throw ApiProblem.badRequest("The request is not JSON.", "Send one JSON object.");
        }
        var reason = body.path("reason");
        if (!reason.isMissingNode() && !reason.isTextual()) {
            throw ApiProblem.badRequest("\"reason\" must be a text.", "");
        }
        String text = reason.asText("").strip();
        if (required && text.isEmpty()) {
            throw ApiProblem.badRequest(
                    "A reason is missing.", "Say why, for the record: --reason TEXT");
        }
        if (text.length() > LONGEST_REASON) {
            throw ApiProblem.badRequest(
                    "The reason has %,d characters; at most %,d are kept."
                            .formatted(text.length(), LONGEST_REASON),
                    "Shorten it, or name a document that holds the rest.");
        }
        return text;
    }

    private static Duration grant(JsonNode body) throws ApiProblem {
        var seconds = body.path("for");
        if (seconds.isMissingNode()) {
            return Duration.ZERO;
        }
        long most = LONGEST_GRANT.toSeconds();
        if (!seconds.isIntegralNumber()
                || !seconds.canConvertToLong()
                || seconds.asLong() < 1
                || seconds.asLong() > most) {
            throw ApiProblem.badRequest(
                    "\"for\" must be a number of seconds from 1 to " + most + ".",
                    "Grant at most 24 hours: --for 24h");
        }
        return Duration.ofSeconds(seconds.asLong());
    }
}
