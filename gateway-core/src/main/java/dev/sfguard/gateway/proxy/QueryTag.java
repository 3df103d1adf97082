package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.sfguard.gateway.snowflake.Json;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// The QUERY_TAG that ties a statement in Snowflake's history to the recording, and keeps the
/// client's own inside.
final class QueryTag {

    /// Snowflake's limit, in characters.
    private static final int LONGEST = 2000;

    private QueryTag() {}

    /// @param own the client's tag; one of ours that came back is unwrapped, never nested
    static String of(String session, long statement, @Nullable String own) {
        var client = own == null ? null : unwrapped(own);
        var tag = wrapped(session, statement, client);
        while (client != null && tag.length() > LONGEST) {
            // Escapes make the text longer than the client's: cut by what is too much, and look
            // again.
            int keep = Math.max(0, client.length() - Math.max(1, (tag.length() - LONGEST) / 6));
            if (keep > 0 && Character.isHighSurrogate(client.charAt(keep - 1))) {
                keep--;
            }
            client = client.substring(0, keep);
            tag = wrapped(session, statement, client);
        }
        return tag;
    }

    /// How every tag of a statement begins, whatever the client's own is: no other's begins so.
    static String key(String session, long statement) {
        return "{\"sfguard\":{\"s\":\"" + session + "\",\"q\":" + statement + "}";
    }

    private static String wrapped(String session, long statement, @Nullable String own) {
        var root = Json.mapper().createObjectNode();
        root.putObject("sfguard").put("s", session).put("q", statement);
        if (own != null) {
            root.put("tag", own);
        }
        try {
            return Json.mapper().writeValueAsString(root);
        } catch (JsonProcessingException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static @Nullable String unwrapped(String tag) {
        var inner = tag;
        while (inner != null && inner.startsWith("{\"sfguard\":{")) {
            try {
                var json = Json.mapper().readTree(inner);
                if (!json.path("sfguard").path("s").isTextual()) {
                    return inner;
                }
                inner = json.path("tag").textValue();
            } catch (JsonProcessingException _) {
                return inner;
            }
        }
        return inner;
    }
}
