package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.snowflake.Json;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a client says about why a statement is run: a claim, recorded as one.
///
/// @param waits how many seconds the client waits for an approval; null for as long as it takes
record ClientNote(
        @Nullable String agent,
        @Nullable String model,
        @Nullable String toolCall,
        @Nullable String reason,
        @Nullable String prompt,
        @Nullable Long waits) {

    static final ClientNote NONE = new ClientNote(null, null, null, null, null);
    static final String PREFIX = "SFGUARD_";
    static final String WAIT = "SFGUARD_APPROVAL_WAIT";

    /// In seconds. No request lives longer.
    private static final long LONGEST_WAIT = Duration.ofDays(7).toSeconds();

    private ClientNote(
            @Nullable String agent,
            @Nullable String model,
            @Nullable String toolCall,
            @Nullable String reason,
            @Nullable String prompt) {
        this(agent, model, toolCall, reason, prompt, null);
    }

    /// In UTF-16 units, of one parameter's value.
    static final int LONGEST = 65_536;

    private static final Pattern COMMENT =
            Pattern.compile("\\A\\s*/\\*\\s*sfguard:\\s*(\\{.*?\\})\\s*\\*/", Pattern.DOTALL);

    boolean isEmpty() {
        return equals(NONE);
    }

    boolean namesAgent() {
        return agent != null;
    }

    /// This note with what another says later laid over it.
    ClientNote with(ClientNote later) {
        return new ClientNote(
                later.agent != null ? later.agent : agent,
                later.model != null ? later.model : model,
                later.toolCall != null ? later.toolCall : toolCall,
                later.reason != null ? later.reason : reason,
                later.prompt != null ? later.prompt : prompt,
                later.waits != null ? later.waits : waits);
    }

    /// What of it is for the recording.
    ClientNote told() {
        return new ClientNote(agent, model, toolCall, reason, prompt);
    }

    /// A value of {@link #WAIT}.
    ///
    /// @return empty when it is no whole number of seconds
    static OptionalLong seconds(String value) {
        var text = value.strip();
        return text.matches("[0-9]{1,9}")
                ? OptionalLong.of(Math.min(Long.parseLong(text), LONGEST_WAIT))
                : OptionalLong.empty();
    }

    /// @param name a parameter's name, with its prefix
    /// @return empty when the parameter is none that a client may send
    static Optional<ClientNote> ofParameter(String name, String value) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "SFGUARD_PROMPT" -> Optional.of(new ClientNote(null, null, null, null, value));
            case "SFGUARD_REASON" -> Optional.of(new ClientNote(null, null, null, value, null));
            case "SFGUARD_AGENT" -> Optional.of(agent(value));
            case WAIT -> {
                var seconds = seconds(value);
                yield seconds.isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                new ClientNote(null, null, null, null, null, seconds.getAsLong()));
            }
            default -> Optional.empty();
        };
    }

    /// The note in a statement's leading comment, if it has one.
    static ClientNote ofText(String sql) {
        // Only the beginning is looked at: the search is lazy and would walk a long text.
        var start = sql.length() > LONGEST ? sql.substring(0, LONGEST) : sql;
        if (!start.stripLeading().startsWith("/*")) {
            return NONE;
        }
        var match = COMMENT.matcher(start);
        return match.find() ? json(match.group(1)).map(ClientNote::fields).orElse(NONE) : NONE;
    }

    /// The note in a QUERY_TAG that is a JSON object with a `prompt`.
    static ClientNote ofQueryTag(String tag) {
        if (!tag.startsWith("{")) {
            return NONE;
        }
        return json(tag)
                .filter(t -> t.path("prompt").isTextual())
                .map(ClientNote::fields)
                .orElse(NONE);
    }

    private static ClientNote agent(String value) {
        return json(value)
                .map(ClientNote::fields)
                .map(n -> n.agent == null ? n.with(named("unnamed")) : n)
                .orElseGet(() -> named(value));
    }

    private static ClientNote named(String agent) {
        return new ClientNote(agent, null, null, null, null);
    }

    private static ClientNote fields(JsonNode json) {
        var toolCall = text(json, "tool_call");
        return new ClientNote(
                text(json, "agent"),
                text(json, "model"),
                toolCall != null ? toolCall : text(json, "tool_call_id"),
                text(json, "reason"),
                text(json, "prompt"));
    }

    private static @Nullable String text(JsonNode json, String name) {
        var value = json.path(name);
        return value.isValueNode() && !value.isNull() ? value.asText() : null;
    }

    private static Optional<JsonNode> json(String text) {
        try {
            return Optional.ofNullable(Json.mapper().readTree(text)).filter(JsonNode::isObject);
        } catch (JsonProcessingException _) {
            return Optional.empty();
        }
    }
}
