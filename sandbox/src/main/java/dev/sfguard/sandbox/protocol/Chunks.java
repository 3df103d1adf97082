package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The later rows of large results, packed, each set behind a ticket, as cloud storage would hold
/// them.
final class Chunks {
    static final String TICKET_HEADER = "X-Sandbox-Ticket";

    /// Bounds memory: the oldest results go first.
    private static final int RESULTS_KEPT = 50;

    private final URI server;
    private final int rowsEach;
    private final Map<String, Stored> results =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Stored> eldest) {
                    return size() > RESULTS_KEPT;
                }
            };

    private static final class Chunk {
        private final byte[] gzip;
        private final int rows;
        private final int plainSize;

        Chunk(byte[] gzip, int rows, int plainSize) {
            this.gzip = gzip;
            this.rows = rows;
            this.plainSize = plainSize;
        }
    }

    private record Stored(String ticket, List<Chunk> chunks) {}

    Chunks(URI server, int rowsEach) {
        this.server = server;
        this.rowsEach = rowsEach;
    }

    /// Stores rows and tells the client where: absolute URLs and the headers to send.
    void describe(ObjectNode data, String queryId, List<@Nullable String[]> rows)
            throws IOException {
        Stored stored;
        synchronized (results) {
            stored = results.get(queryId);
        }
        if (stored == null) {
            stored = new Stored(UUID.randomUUID().toString(), pack(rows));
            synchronized (results) {
                results.put(queryId, stored);
            }
        }
        ArrayNode list = data.putArray("chunks");
        for (int i = 0; i < stored.chunks().size(); i++) {
            Chunk chunk = stored.chunks().get(i);
            list.addObject()
                    .put("url", server + "/chunks/" + queryId + "/" + i)
                    .put("rowCount", chunk.rows)
                    .put("uncompressedSize", chunk.plainSize)
                    .put("compressedSize", chunk.gzip.length);
        }
        data.putObject("chunkHeaders").put(TICKET_HEADER, stored.ticket());
    }

    private List<Chunk> pack(List<@Nullable String[]> rows) throws IOException {
        var chunks = new ArrayList<Chunk>();
        for (int from = 0; from < rows.size(); from += rowsEach) {
            var part = rows.subList(from, Math.min(rows.size(), from + rowsEach));
            byte[] plain = plain(part).getBytes(StandardCharsets.UTF_8);
            chunks.add(new Chunk(HttpCall.gzip(plain), part.size(), plain.length));
        }
        return chunks;
    }

    /// Rows with commas between them and no brackets around.
    private static String plain(List<@Nullable String[]> rows) throws IOException {
        var text = new StringBuilder();
        for (@Nullable String[] row : rows) {
            text.append(text.isEmpty() ? "" : ",").append(HttpCall.JSON.writeValueAsString(row));
        }
        return text.toString();
    }

    /// A chunk, for who has its ticket.
    Optional<byte[]> chunk(String queryId, int index, String ticket) {
        Stored stored;
        synchronized (results) {
            stored = results.get(queryId);
        }
        boolean admitted =
                stored != null
                        && stored.ticket().equals(ticket)
                        && index >= 0
                        && index < stored.chunks().size();
        return admitted && stored != null
                ? Optional.of(stored.chunks().get(index).gzip)
                : Optional.empty();
    }
}
