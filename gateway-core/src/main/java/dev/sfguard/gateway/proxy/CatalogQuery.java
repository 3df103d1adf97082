package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.snowflake.ReplyRewriter;
import dev.sfguard.gateway.snowflake.ResultBody;
import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.snowflake.RowFilter;
import dev.sfguard.gateway.snowflake.RowScanner;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Runs one query of the gateway's own and reads its rows as they come, also those that Snowflake
/// puts elsewhere.
final class CatalogQuery {

    /// Takes the cells of one row, by the names of their columns; a NULL is null.
    @FunctionalInterface
    interface Rows {
        void row(Function<String, @Nullable String> cells) throws CatalogFailed;
    }

    /// Object does not exist, or the role may not see it: Snowflake says the same of both.
    private static final Set<String> NOT_SEEN = Set.of("002003", "002043", "003001");

    private final UpstreamSession session;
    private final long deadline;

    /// @param deadline by System.nanoTime
    CatalogQuery(UpstreamSession session, long deadline) {
        this.session = session;
        this.deadline = deadline;
    }

    /// @return false when the role does not see what the query reads
    /// @throws UpstreamFault when Snowflake cannot be asked
    boolean run(String sql, Rows rows) throws UpstreamFault, CatalogFailed {
        var body = Json.mapper().createObjectNode();
        body.put("sqlText", sql);
        body.put("describeOnly", false);
        var reader = new Reader(rows);
        var summary =
                reader.read(session.query(UUID.randomUUID().toString(), Upstream.bytes(body)));
        while (summary.inProgress()) {
            var queryId = summary.queryId();
            if (System.nanoTime() > deadline || queryId == null) {
                throw new CatalogFailed("Snowflake takes too long over it");
            }
            summary = reader.read(session.result(queryId));
        }
        if (!summary.success()) {
            if (NOT_SEEN.contains(String.valueOf(summary.code()))) {
                return false;
            }
            throw new CatalogFailed(
                    "Snowflake answers %s: %s".formatted(summary.code(), summary.message()));
        }
        switch (summary.body()) {
            case ResultBody.InlineRows _ -> {}
            case ResultBody.Chunks chunks -> parts(chunks, reader);
            case ResultBody.Unreadable(var why) -> throw new CatalogFailed(why);
        }
        return true;
    }

    private void parts(ResultBody.Chunks chunks, Reader reader)
            throws UpstreamFault, CatalogFailed {
        for (var part : chunks.parts()) {
            if (System.nanoTime() > deadline) {
                throw new CatalogFailed("its parts take too long to come");
            }
            try (var reply =
                    session.upstream().part(URI.create(part.url()), chunks.headers())) {
                new RowScanner(reader::rows).scan(reply.body());
            } catch (Stopped stopped) {
                throw stopped.why;
            } catch (UpstreamFault fault) {
                throw fault;
            } catch (IOException broken) {
                throw new CatalogFailed("a part of it breaks off", broken);
            }
        }
    }

    /// Carries a CatalogFailed through code that only throws IOException.
    private static final class Stopped extends IOException {
        private static final long serialVersionUID = 1L;
        private final transient CatalogFailed why;

        Stopped(CatalogFailed why) {
            super(why.getMessage(), why);
            this.why = why;
        }
    }

    private static final class Reader implements ResultSink {
        private final Rows target;
        private final Map<String, Integer> positions = new HashMap<>();

        Reader(Rows target) {
            this.target = target;
        }

        ReplyRewriter.Summary read(UpstreamReply reply) throws CatalogFailed {
            try (reply) {
                return ReplyRewriter.copy(
                        reply.stream(),
                        OutputStream.nullOutputStream(),
                        this,
                        RowFilter.NONE,
                        _ -> new ReplyRewriter.Links("", "", ""));
            } catch (Stopped stopped) {
                throw stopped.why;
            } catch (IOException broken) {
                throw new CatalogFailed("Snowflake's answer breaks off", broken);
            }
        }

        @Override
        public void columns(List<Column> columns) {
            positions.clear();
            for (int i = 0; i < columns.size(); i++) {
                positions.put(columns.get(i).name(), i);
            }
        }

        @Override
        public void rows(int count, byte[] rows, int offset, int length) throws IOException {
            JsonNode all;
            try {
                all =
                        Json.mapper()
                                .readTree(
                                        "["
                                                + new String(
                                                        rows,
                                                        offset,
                                                        length,
                                                        StandardCharsets.UTF_8)
                                                + "]");
            } catch (JsonProcessingException broken) {
                throw new IOException("a row is not JSON", broken);
            }
            try {
                for (var row : all) {
                    target.row(column -> cell(row, column));
                }
            } catch (CatalogFailed failed) {
                throw new Stopped(failed);
            }
        }

        private @Nullable String cell(JsonNode row, String column) {
            var position = positions.get(column);
            return position == null ? null : row.path(position).textValue();
        }
    }
}
