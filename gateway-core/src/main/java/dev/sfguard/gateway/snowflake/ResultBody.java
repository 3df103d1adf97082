package dev.sfguard.gateway.snowflake;

import java.util.List;
import java.util.Map;

/// How a result comes: whole in the reply, with parts to fetch, or in a form we cannot read.
public sealed interface ResultBody {

    record InlineRows(long rows) implements ResultBody {}

    /// @param inlineRows those that stand in the reply itself, before the parts
    /// @param headers to be sent with each fetch, as the reply says
    record Chunks(long inlineRows, List<Part> parts, Map<String, String> headers)
            implements ResultBody {
        public Chunks {
            parts = List.copyOf(parts);
            headers = Map.copyOf(headers);
        }
    }

    /// Arrow, or the addresses and keys of a file transfer: not readable here, so never passed
    /// on.
    record Unreadable(String why) implements ResultBody {}

    /// @param url Snowflake's own, presigned: it never reaches the client
    /// @param rows that the client may have of it, from the first on
    /// @param upstreamRows that Snowflake put into it
    record Part(String url, long rows, long uncompressedBytes, long upstreamRows) {
        public Part(String url, long rows, long uncompressedBytes) {
            this(url, rows, uncompressedBytes, rows);
        }

        @Override
        public String toString() {
            return "Part[rows=" + rows + ", uncompressedBytes=" + uncompressedBytes + "]";
        }
    }
}
