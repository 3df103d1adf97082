package dev.sfguard.gateway.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.stream.Collectors;

/// What a webhook is sent: redacted texts, and the command to type.
final class NotificationBody {
    /// Slack cuts a block's text at 3,000 characters.
    private static final int LONGEST_CHAT_TEXT = 2_000;

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private NotificationBody() {}

    static byte[] of(Webhook.Format format, Approval approval) {
        try {
            return JSON.writeValueAsBytes(
                    switch (format) {
                        case JSON -> json(approval);
                        case SLACK -> JSON.createObjectNode().put("text", chat(approval));
                    });
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree is always JSON", e);
        }
    }

    private static ObjectNode json(Approval approval) {
        var stored = approval.stored();
        var body = JSON.createObjectNode();
        body.put("id", approval.id());
        body.put("state", word(approval));
        body.put("requester", stored.requester().name());
        body.put("created", stored.created().toString());
        body.put("expires", stored.expires().toString());
        body.put("session", stored.session());
        body.put("statement", stored.statement());
        body.set("request", JSON.valueToTree(approval.shown()));
        var answers = body.putArray("answers");
        for (var vote : stored.votes()) {
            answers.addObject()
                    .put("by", vote.by().name())
                    .put("approves", vote.approves())
                    .put("reason", vote.reason())
                    .put("at", vote.at().toString());
        }
        if (approval.isOpen()) {
            body.put("approve", "sfguard approve " + approval.id());
            body.put("deny", "sfguard deny " + approval.id() + " --reason TEXT");
        }
        return body;
    }

    private static String chat(Approval approval) {
        var shown = approval.shown();
        var head =
                "*%s* %s on *%s* (rule %s, request `%s`)"
                        .formatted(
                                escaped(approval.stored().requester().name()),
                                said(approval),
                                escaped(shown.connection()),
                                escaped(shown.rule()),
                                approval.id());
        var text = new StringBuilder(head);
        text.append("\n```").append(escaped(cut(shown.text()))).append("```");
        if (shown.prompt() != null) {
            text.append("\nPrompt: ").append(escaped(cut(shown.prompt())));
        }
        if (shown.reason() != null) {
            text.append("\nReason: ").append(escaped(cut(shown.reason())));
        }
        if (approval.isOpen()) {
            text.append(
                    "\nAnswer with `sfguard approve %1$s` or `sfguard deny %1$s --reason TEXT`"
                            .formatted(approval.id()));
        }
        return text.toString();
    }

    private static String said(Approval approval) {
        var names =
                approval.stored().votes().stream()
                        .map(vote -> escaped(vote.by().name()))
                        .collect(Collectors.joining(", "));
        return switch (approval.state()) {
            case PENDING -> "asks to run a statement";
            case APPROVED, SENT, DONE, UNKNOWN -> "may run a statement, says " + names + ",";
            case DENIED -> "may not run a statement, says " + names + ",";
            case EXPIRED -> "waited too long for an answer to a statement";
            case WITHDRAWN -> "took back a statement";
        };
    }

    /// The three characters that mean something to Slack, and the fence that ends the block.
    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("```", "'''");
    }

    private static String cut(String text) {
        return text.length() <= LONGEST_CHAT_TEXT
                ? text
                : text.substring(0, LONGEST_CHAT_TEXT) + "…";
    }

    static String word(Approval approval) {
        return approval.state().name().toLowerCase(Locale.ROOT);
    }

    static String idempotencyKey(Approval approval) {
        return approval.id() + ":" + word(approval);
    }
}
