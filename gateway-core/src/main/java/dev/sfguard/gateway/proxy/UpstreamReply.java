package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.snowflake.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An answer with its first bytes at hand: enough to tell an error, which is always small, from a
/// result, which may be of any size and is then only streamed.
final class UpstreamReply implements AutoCloseable {

    private static final int LOOK = 32_768;

    private static final int SMALL = 4096;

    private final HttpReply http;
    private final byte[] head;
    private final boolean whole;

    private UpstreamReply(HttpReply http, byte[] head, boolean whole) {
        this.http = http;
        this.head = head;
        this.whole = whole;
    }

    /// @throws UpstreamFault.Unknown when the answer breaks off at once
    static UpstreamReply of(HttpReply http) throws UpstreamFault {
        try {
            var head = head(http.body());
            boolean whole = head.length < LOOK;
            if (whole) {
                http.close();
            }
            return new UpstreamReply(http, head, whole);
        } catch (IOException e) {
            closeQuietly(http);
            throw new UpstreamFault.Unknown("Snowflake's answer breaks off", e);
        }
    }

    /// Up to {@link #LOOK} bytes, in little more memory than they take.
    private static byte[] head(InputStream in) throws IOException {
        var head = new byte[SMALL];
        int length = 0;
        int read;
        while (length < LOOK && (read = in.read(head, length, head.length - length)) >= 0) {
            length += read;
            if (length == head.length) {
                head = Arrays.copyOf(head, Math.min(2 * length, LOOK));
            }
        }
        return length == head.length ? head : Arrays.copyOf(head, length);
    }

    /// An answer that the gateway makes itself in place of Snowflake's.
    static UpstreamReply of(byte[] json) {
        return new UpstreamReply(
                HttpReply.plain(200, java.util.Map.of(), InputStream.nullInputStream()),
                json,
                true);
    }

    /// What an answer that says no says: code and message. Errors are small.
    @Nullable String failure() throws UpstreamFault {
        if (!whole) {
            return null;
        }
        var json = json();
        return json.path("success").asBoolean()
                ? null
                : json.path("code").asText("?") + " " + json.path("message").asText();
    }

    InputStream stream() {
        var first = new ByteArrayInputStream(head);
        return whole ? first : new SequenceInputStream(first, http.body());
    }

    /// The session error that the answer is, if it is one: `390…`.
    @Nullable String sessionError() throws UpstreamFault {
        if (!whole || !mentionsSessionError()) {
            return null;
        }
        var json = json();
        var code = json.path("code").asText("");
        return !json.path("success").asBoolean() && code.startsWith("390") ? code : null;
    }

    /// The whole answer, of a call whose answers are small.
    JsonNode json() throws UpstreamFault {
        try {
            var tree = Json.mapper().readTree(whole ? head : stream().readNBytes(4 << 20));
            return tree == null ? Json.mapper().nullNode() : tree;
        } catch (IOException e) {
            throw new UpstreamFault.Unknown("Snowflake's answer is not JSON", e);
        } finally {
            close();
        }
    }

    private boolean mentionsSessionError() {
        for (int i = 0; i + 4 <= head.length; i++) {
            if (head[i] == '"' && head[i + 1] == '3' && head[i + 2] == '9' && head[i + 3] == '0') {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        closeQuietly(http);
    }

    private static void closeQuietly(HttpReply http) {
        try {
            http.close();
        } catch (IOException _) {
            // The connection goes either way.
        }
    }
}
