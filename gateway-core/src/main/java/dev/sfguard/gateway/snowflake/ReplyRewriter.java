package dev.sfguard.gateway.snowflake;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Passes one reply of Snowflake to the client while it reads it: rows stream through in batches,
/// addresses become the gateway's, keys and tickets of Snowflake's stay behind. Memory is one
/// batch, whatever the reply's size.
public final class ReplyRewriter {

    /// The gateway's own addresses for a result's parts.
    ///
    /// @param prefix absolute, ends in a slash; the part's number follows
    public record Links(String prefix, String ticketHeader, String ticket) {}

    /// What the reply turned out to be.
    ///
    /// @param code null on success
    /// @param children ids of a multi-statement's own results, in order
    /// @param context `finalDatabaseName` and its like; empty where the session has none
    public record Summary(
            boolean success,
            @Nullable String code,
            @Nullable String message,
            @Nullable String sqlState,
            @Nullable String queryId,
            ResultBody body,
            boolean hasRows,
            List<String> children,
            Map<String, String> context) {

        /// The statement has not ended: the driver will ask for the result.
        public boolean inProgress() {
            return "333333".equals(code) || "333334".equals(code);
        }
    }

    /// Rows; a part has some MB. No sum of such numbers turns negative.
    private static final long LARGEST_PART = 1_000_000_000_000L;

    private static final Set<String> WAITING = Set.of("chunks", "total", "returned", "parameters");

    private final JsonParser in;
    private final JsonGenerator out;
    private final OutputStream raw;
    private final ReplyInput input;
    private final ResultSink sink;
    private final RowFilter filter;
    private final RowAllowance allowance;
    private final Function<Integer, Links> links;

    private boolean success;
    private @Nullable String code;
    private @Nullable String message;
    private @Nullable String sqlState;
    private @Nullable String queryId;
    private @Nullable String resultUrl;
    private @Nullable String unreadable;
    private boolean columnsTold;
    private boolean hasRows;
    private long inlineRows;
    private long upstreamRows;
    private List<ResultBody.Part> parts = List.of();
    private @Nullable Links own;

    /// What can only be said once it is known how many rows may be delivered.
    private final Map<String, JsonNode> kept = new LinkedHashMap<>();

    private final Map<String, String> partHeaders = new HashMap<>();
    private final List<String> children = new ArrayList<>();
    private final Map<String, String> context = new HashMap<>();

    private ReplyRewriter(
            JsonParser in,
            ReplyInput input,
            OutputStream raw,
            ResultSink sink,
            RowFilter filter,
            RowAllowance allowance,
            Function<Integer, Links> links)
            throws IOException {
        this.in = in;
        this.input = input;
        this.raw = raw;
        this.out = Json.factory().createGenerator(raw);
        this.out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        this.sink = sink;
        this.filter = filter;
        this.allowance = allowance;
        this.links = links;
    }

    /// Copies the reply with all of its rows.
    public static Summary copy(
            InputStream upstream,
            OutputStream client,
            ResultSink sink,
            RowFilter filter,
            Function<Integer, Links> links)
            throws IOException {
        return copy(upstream, client, sink, filter, RowAllowance.ALL, links);
    }

    /// Copies the reply. When the summary's body is unreadable, what was written must not be
    /// delivered.
    ///
    /// @param filter sees every row that may be delivered before the sink and the client do
    /// @param links makes the addresses for so many parts
    /// @throws IOException when the reply breaks off or is no JSON, or the sink, the allowance or
    ///     the client fails
    public static Summary copy(
            InputStream upstream,
            OutputStream client,
            ResultSink sink,
            RowFilter filter,
            RowAllowance allowance,
            Function<Integer, Links> links)
            throws IOException {
        var input = new ReplyInput(upstream);
        try (var parser = Json.factory().createParser(input)) {
            var rewriter = new ReplyRewriter(parser, input, client, sink, filter, allowance, links);
            rewriter.envelope();
            // Gives its buffers back. One that failed is left alone: closing might end the JSON.
            rewriter.out.close();
            return rewriter.summary();
        }
    }

    private Summary summary() {
        ResultBody body;
        if (unreadable != null) {
            body = new ResultBody.Unreadable(unreadable);
        } else if (!parts.isEmpty()) {
            body = new ResultBody.Chunks(inlineRows, parts, partHeaders);
        } else {
            body = new ResultBody.InlineRows(inlineRows);
        }
        return new Summary(
                success,
                code,
                message,
                sqlState,
                queryId,
                body,
                hasRows,
                List.copyOf(children),
                Map.copyOf(context));
    }

    private void envelope() throws IOException {
        if (in.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("Snowflake's reply is not a JSON object");
        }
        out.writeStartObject();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            var name = in.currentName();
            out.writeFieldName(name);
            in.nextToken();
            switch (name) {
                case "data" -> {
                    if (in.currentToken() == JsonToken.START_OBJECT) {
                        data();
                    } else {
                        plain();
                    }
                }
                case "code" -> code = copyText();
                case "message" -> message = copyText();
                case "success" -> {
                    success = in.currentToken() == JsonToken.VALUE_TRUE;
                    out.copyCurrentEvent(in);
                }
                default -> plain();
            }
        }
        if (in.currentToken() != JsonToken.END_OBJECT) {
            throw new IOException("Snowflake's reply breaks off");
        }
        out.writeEndObject();
    }

    private void data() throws IOException {
        out.writeStartObject();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            var name = in.currentName();
            in.nextToken();
            if (isLimited() && WAITING.contains(name)) {
                kept.put(name, tree());
            } else {
                field(name);
            }
        }
        limited();
        if (own != null) {
            out.writeObjectFieldStart("chunkHeaders");
            out.writeStringField(own.ticketHeader(), own.ticket());
            out.writeEndObject();
        }
        if (resultUrl != null) {
            out.writeStringField("getResultUrl", "/queries/" + queryOfResult() + "/result");
        }
        out.writeEndObject();
    }

    private void field(String name) throws IOException {
        switch (name) {
            case "rowtype" -> rowtype();
            case "rowset" -> rowset();
            case "chunks" -> chunks(tree());
            case "chunkHeaders" ->
                    tree().properties()
                            .forEach(e -> partHeaders.put(e.getKey(), e.getValue().asText()));
            case "qrmk" -> resultKey(in.getValueAsString());
            case "getResultUrl" -> resultUrl = in.getValueAsString();
            case "parameters" -> {
                out.writeFieldName(name);
                ClientParameters.writeQuery(out, tree());
            }
            case "stageInfo", "uploadInfo", "presignedUrls", "encryptionMaterial" -> fileTransfer();
            case "rowsetBase64" -> arrow(in.getValueAsString());
            case "queryId" -> queryId = named(name);
            case "sqlState" -> sqlState = named(name);
            case "resultIds" -> children(named(name));
            case "finalDatabaseName", "finalSchemaName", "finalWarehouseName", "finalRoleName" -> {
                // An empty text where there is none: that a session left its schema is news.
                var value = named(name);
                context.put(name, value == null ? "" : value);
            }
            case "queryResultFormat" -> {
                if (!"json".equalsIgnoreCase(named(name))) {
                    unreadable = "the result is not JSON";
                }
            }
            // Tokens that clients would cache on disk.
            case "idToken", "mfaToken" -> in.skipChildren();
            case "queryContext", "metaDataOfBinds", "stats" -> {
                out.writeFieldName(name);
                out.copyCurrentStructure(in);
            }
            default -> {
                out.writeFieldName(name);
                plain();
            }
        }
    }

    /// Numbers and texts of whatever name pass. What holds more could be rows, addresses or keys
    /// that this gateway does not know of, and stays here.
    private void plain() throws IOException {
        if (in.currentToken().isScalarValue()) {
            out.copyCurrentStructure(in);
        } else {
            in.skipChildren();
            out.writeNull();
        }
    }

    private void rowtype() throws IOException {
        out.writeFieldName("rowtype");
        var rowtype = tree();
        out.writeTree(rowtype);
        var columns = new ArrayList<ResultSink.Column>();
        for (var column : rowtype) {
            columns.add(
                    new ResultSink.Column(
                            column.path("name").asText(),
                            column.path("type").asText(),
                            column.path("database").asText(""),
                            column.path("schema").asText(""),
                            column.path("table").asText("")));
        }
        sink.columns(columns);
        filter.columns(List.copyOf(columns));
        columnsTold = true;
    }

    /// The rows pass as bytes: the parser lends its input to a scanner, and goes on behind them.
    private void rowset() throws IOException {
        out.writeFieldName("rowset");
        if (in.currentToken() != JsonToken.START_ARRAY) {
            if (in.currentToken() != JsonToken.VALUE_NULL) {
                in.skipChildren();
                unreadable = "the rows are not an array";
            }
            out.writeNull();
            return;
        }
        hasRows = true;
        out.writeStartArray();
        out.flush();
        var ahead = new ByteArrayOutputStream(2048);
        if (in.releaseBuffered(ahead) < 0) {
            throw new IOException("Snowflake's reply is not in UTF-8");
        }
        input.unread(ahead.toByteArray());
        input.unread(new RowScanner(this::batch).scanArray(input));
        if (in.nextToken() != JsonToken.END_ARRAY) {
            throw new IOException("Snowflake's reply breaks off within its rows");
        }
        out.writeEndArray();
    }

    // "No limit" is that one object.
    @SuppressWarnings("ReferenceEquality")
    private boolean isLimited() {
        return allowance != RowAllowance.ALL;
    }

    /// Writes what waited for the rows: the parts, and what is said of them all.
    private void limited() throws IOException {
        var chunks = kept.get("chunks");
        if (chunks != null) {
            chunks(chunks);
        }
        var cut = allowance.cut();
        for (var name : List.of("total", "returned")) {
            var told = kept.get(name);
            if (told != null) {
                out.writeFieldName(name);
                if (cut.isPresent()) {
                    out.writeNumber(cut.get().rows());
                } else {
                    out.writeTree(told.isValueNode() ? told : Json.mapper().nullNode());
                }
            }
        }
        var parameters = kept.get("parameters");
        if (parameters != null || cut.isPresent()) {
            out.writeFieldName("parameters");
            ClientParameters.writeQuery(
                    out,
                    parameters == null ? Json.mapper().createArrayNode() : parameters,
                    cut.map(it -> (queryId == null ? "" : queryId) + " " + it.note()));
        }
    }

    private void batch(int count, byte[] rows, int offset, int length) throws IOException {
        long first = upstreamRows;
        upstreamRows += count;
        int passing = (int) allowance.pass(first, count);
        if (passing == count) {
            pass(count, rows, offset, length);
        } else if (passing > 0) {
            pass(passing, rows, offset, RowBytes.length(rows, offset, length, passing));
        }
    }

    private void pass(int count, byte[] rows, int offset, int length) throws IOException {
        if (!columnsTold && !filter.equals(RowFilter.NONE)) {
            throw new IOException("Snowflake's reply tells its columns after its rows");
        }
        if (inlineRows > 0) {
            raw.write(',');
        }
        inlineRows += count;
        var filtered = filter.rows(count, rows, offset, length);
        if (filtered.isUnchanged()) {
            sink.rows(count, rows, offset, length);
            raw.write(rows, offset, length);
        } else {
            sink.rows(count, filtered.bytes(), filtered.offset(), filtered.length());
            raw.write(filtered.bytes(), filtered.offset(), filtered.length());
        }
    }

    private void chunks(JsonNode chunks) throws IOException {
        if (!chunks.isArray() || chunks.isEmpty()) {
            out.writeFieldName("chunks");
            out.writeTree(chunks.isArray() ? chunks : Json.mapper().nullNode());
            return;
        }
        var passing = passing(chunks);
        if (passing.isEmpty()) {
            return;
        }
        own = links.apply(passing.size());
        out.writeArrayFieldStart("chunks");
        for (int i = 0; i < passing.size(); i++) {
            var part = passing.get(i);
            out.writeStartObject();
            out.writeStringField("url", own.prefix() + i);
            out.writeNumberField("rowCount", part.rows());
            out.writeNumberField("uncompressedSize", part.uncompressedBytes());
            out.writeNumberField("compressedSize", chunks.path(i).path("compressedSize").asLong());
            out.writeEndObject();
        }
        out.writeEndArray();
        parts = passing;
    }

    /// Of a result that is cut, the last part is perhaps delivered to its middle, and those after
    /// it are not.
    private List<ResultBody.Part> passing(JsonNode chunks) throws IOException {
        var found = new ArrayList<ResultBody.Part>(chunks.size());
        for (var chunk : chunks) {
            long rows = chunk.path("rowCount").asLong();
            if (rows < 0 || rows > LARGEST_PART) {
                throw new IOException("Snowflake's reply has a part of " + rows + " rows");
            }
            long passing = allowance.pass(upstreamRows, rows);
            upstreamRows += rows;
            if (passing == 0 && rows > 0) {
                break;
            }
            found.add(
                    new ResultBody.Part(
                            chunk.path("url").asText(),
                            passing,
                            chunk.path("uncompressedSize").asLong(),
                            rows));
        }
        return found;
    }

    private void resultKey(@Nullable String key) {
        if (key != null) {
            partHeaders.putIfAbsent("x-amz-server-side-encryption-customer-algorithm", "AES256");
            partHeaders.putIfAbsent("x-amz-server-side-encryption-customer-key", key);
        }
    }

    private void fileTransfer() throws IOException {
        if (in.currentToken() != JsonToken.VALUE_NULL) {
            in.skipChildren();
            unreadable = "the answer hands out a stage's credentials";
        }
    }

    private void arrow(@Nullable String rows) {
        if (rows != null && !rows.isEmpty()) {
            unreadable = "the result is Arrow, not JSON";
        }
    }

    private void children(@Nullable String ids) {
        if (ids != null) {
            for (var id : ids.split(",", -1)) {
                children.add(id.strip());
            }
        }
    }

    private String queryOfResult() throws IOException {
        if (queryId != null) {
            return queryId;
        }
        var match = SnowflakeRequest.BY_QUERY.matcher(resultUrl == null ? "" : resultUrl);
        if (!match.matches()) {
            throw new IOException("Snowflake's reply names no query to ask for");
        }
        queryId = match.group(2);
        return match.group(2);
    }

    private JsonNode tree() throws IOException {
        JsonNode tree = Json.mapper().readTree(in);
        return tree == null ? Json.mapper().nullNode() : tree;
    }

    private @Nullable String named(String name) throws IOException {
        out.writeFieldName(name);
        return copyText();
    }

    private @Nullable String copyText() throws IOException {
        var text = in.getValueAsString();
        out.copyCurrentStructure(in);
        return text;
    }
}
