package dev.sfguard.gateway.admin;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.approval.Approval;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.store.StoredApproval.Revocation;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A held statement as the API gives it out. Its texts were redacted when it was held.
final class RequestView {
    /// Of a statement's first line, in a list.
    private static final int LONGEST_LINE = 200;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private RequestView() {}

    /// A line of the list.
    static ObjectNode line(Approval approval, Identity who, Instant now) {
        var json = head(approval, who, now);
        json.put("statement", firstLine(approval.shown().text()));
        return json;
    }

    /// All that a reviewer needs to decide.
    static ObjectNode whole(
            Approval approval, Optional<Revocation> revocation, Identity who, Instant now) {
        var shown = approval.shown();
        var json = head(approval, who, now);
        json.put("statement", shown.text());
        put(json, "binds", shown.binds());
        json.set("groups", JSON.valueToTree(shown.groups()));
        json.put("context", shown.context());
        json.set("classes", JSON.valueToTree(shown.classes()));
        json.set("effects", JSON.valueToTree(shown.effects()));
        json.set("objects", JSON.valueToTree(shown.objects()));
        put(json, "message", shown.message());
        put(json, "agent", shown.agent());
        put(json, "prompt", shown.prompt());
        put(json, "reason", shown.reason());
        json.put("policy_version", shown.policyVersion());
        json.put("session", approval.stored().session());
        json.put("statement_number", approval.stored().statement());
        var answers = json.putArray("answers");
        for (var vote : approval.stored().votes()) {
            answers.addObject()
                    .put("by", vote.by().name())
                    .put("approves", vote.approves())
                    .put("reason", vote.reason())
                    .put("at", vote.at().toString());
        }
        revocation.ifPresent(
                it ->
                        json.putObject("revoked")
                                .put("by", it.by().name())
                                .put("reason", it.reason())
                                .put("at", it.at().toString()));
        return json;
    }

    private static ObjectNode head(Approval approval, Identity who, Instant now) {
        var stored = approval.stored();
        var shown = approval.shown();
        var json = JSON.createObjectNode();
        json.put("id", approval.id());
        json.put("state", RequestQuery.word(approval.state()));
        json.put("created", stored.created().toString());
        json.put("changed", stored.changed().toString());
        json.put("expires", stored.expires().toString());
        json.put("age_seconds", seconds(stored.created(), now));
        json.put("left_seconds", approval.isOpen() ? seconds(now, stored.expires()) : 0);
        if (stored.until().isAfter(now)) {
            json.put("granted_until", stored.until().toString());
            json.put("granted_seconds", seconds(now, stored.until()));
        }
        json.put("requester", stored.requester().name());
        json.put("kind", shown.kind());
        json.put("application", shown.application());
        json.put("connection", shown.connection());
        json.put("rule", shown.rule());
        json.put("attached", stored.attached());
        json.put("locks", shown.locks());
        json.put("mine", approval.wasAskedBy(who));
        json.put(
                "may_answer",
                approval.isOpen() && approval.mayBeAnsweredBy(who) && !approval.hasAnswered(who));
        var demands = json.putArray("demands");
        for (int i = 0; i < shown.approvers().size(); i++) {
            var demand = shown.approvers().get(i);
            var one = demands.addObject();
            one.put("rule", demand.rule());
            one.set("groups", JSON.valueToTree(demand.groups()));
            one.put("at_least", demand.atLeast());
            one.put("met", Math.min(demand.atLeast(), approval.met(i)));
        }
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static long seconds(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }

    private static String firstLine(String text) {
        var lines = text.lines().filter(line -> !line.isBlank()).limit(2).toList();
        if (lines.isEmpty()) {
            return "";
        }
        String first = lines.getFirst().strip();
        boolean more = lines.size() > 1;
        if (first.length() > LONGEST_LINE) {
            int end = Character.isHighSurrogate(first.charAt(LONGEST_LINE - 1)) ? 1 : 0;
            return first.substring(0, LONGEST_LINE - end) + " …";
        }
        return more ? first + " …" : first;
    }
}
