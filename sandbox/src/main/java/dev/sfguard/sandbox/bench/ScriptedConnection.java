package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.bench.HttpInput.Head;
import dev.sfguard.sandbox.bench.QueryText.Large;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import java.util.regex.Pattern;

/// One client's connection to the scripted server: reads requests, writes what the script says.
final class ScriptedConnection {
    /// MiB in a chunk, near what the real service makes.
    static final int BLOCKS_PER_CHUNK = 8;

    private static final int MAX_BODY = 8 * 1024 * 1024;
    private static final Pattern TOKEN = Pattern.compile("Snowflake Token=\"([^\"]*)\"");
    private static final Pattern CHUNK = Pattern.compile("/chunk/(plain|gzip)/(\\d{1,4})");
    private static final Pattern RESULT = Pattern.compile("/queries/([0-9a-f-]+)/result");
    private static final Pattern ROLE = Pattern.compile("[?&]roleName=([^&]*)");

    private final ScriptedSnowflake server;
    private final String scheme;
    private final HttpInput in;
    private final OutputStream out;

    ScriptedConnection(ScriptedSnowflake server, Socket socket, String scheme) throws IOException {
        this.server = server;
        this.scheme = scheme;
        in = new HttpInput(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /// Answers until the client closes.
    void serve() throws IOException {
        while (true) {
            Head head;
            byte[] body;
            try {
                head = in.head();
                body = in.body(head, MAX_BODY);
            } catch (EOFException e) {
                return;
            } catch (IOException e) {
                out.write(CannedReplies.BAD_REQUEST);
                throw e;
            }
            answer(head, body);
            if (head.header("connection").equalsIgnoreCase("close")) {
                return;
            }
        }
    }

    private void answer(Head head, byte[] body) throws IOException {
        String[] parts = head.firstLine().split(" ", 3);
        String target = parts.length == 3 ? parts[1] : "";
        int question = target.indexOf('?');
        String path = question < 0 ? target : target.substring(0, question);
        switch (path) {
            case "/queries/v1/query-request" -> query(head, body);
            case "/session/v1/login-request" ->
                    out.write(CannedReplies.login(server.newSession(requestedRole(target))));
            case "/session/token-request" -> {
                var session = session(head);
                out.write(
                        session.map(CannedReplies::renewed).orElseGet(CannedReplies::sessionGone));
            }
            case "/session" -> {
                session(head).ifPresent(server::forget);
                out.write(CannedReplies.DONE);
            }
            case "/session/heartbeat",
                    "/telemetry/send",
                    "/telemetry/send/sessionless",
                    "/queries/v1/abort-request" ->
                    out.write(CannedReplies.DONE);
            default -> answerById(head, path);
        }
    }

    private void answerById(Head head, String path) throws IOException {
        var chunk = CHUNK.matcher(path);
        var result = RESULT.matcher(path);
        if (chunk.matches()) {
            chunk(chunk.group(1).equals("gzip"), Integer.parseInt(chunk.group(2)));
        } else if (path.startsWith("/monitoring/queries/")) {
            out.write(CannedReplies.monitoring(path.substring("/monitoring/queries/".length())));
        } else if (path.matches("/queries/[0-9a-f-]+/abort-request")) {
            out.write(CannedReplies.DONE);
        } else if (result.matches()) {
            String queryId = result.group(1);
            out.write(
                    session(head)
                            .map(known -> CannedReplies.oneRow(known, queryId, false))
                            .orElseGet(CannedReplies::sessionGone));
        } else {
            out.write(CannedReplies.NOT_FOUND);
        }
    }

    private void query(Head head, byte[] body) throws IOException {
        ScriptedSession session = session(head).orElse(null);
        if (session == null) {
            out.write(CannedReplies.sessionGone());
            return;
        }
        long number = server.nextQuery();
        String queryId = ScriptedSession.queryId(number);
        var text = QueryText.read(body);
        Optional<Large> large = text.large();
        if (large.isPresent() && !text.describeOnly()) {
            send(session, queryId, large.get(), head.header("host"));
            return;
        }
        switch (text.firstWord()) {
            case "USE" -> {
                text.role().ifPresent(session::useRole);
                out.write(CannedReplies.status(session, queryId, CannedReplies.USE));
            }
            case "ALTER" ->
                    out.write(CannedReplies.status(session, queryId, CannedReplies.ALTER_SESSION));
            case "BEGIN", "COMMIT", "ROLLBACK" ->
                    out.write(CannedReplies.status(session, queryId, CannedReplies.TRANSACTION));
            default ->
                    out.write(
                            text.describeOnly()
                                    ? CannedReplies.oneRow(session, queryId, true)
                                    : session.oneRow(number));
        }
    }

    private void send(ScriptedSession session, String queryId, Large large, String host)
            throws IOException {
        int blocks = large.mebibytes();
        long rows = (long) blocks * CannedRows.ROWS_PER_BLOCK;
        boolean inline = large.shape() == QueryText.Shape.INLINE;
        int inlineBlocks = inline ? blocks : 1;
        String chunks = inline ? "" : chunks(large, host);
        byte[] opening =
                CannedReplies.opening(CannedRows.ROW_TYPE, rows).getBytes(StandardCharsets.UTF_8);
        byte[] closing =
                CannedReplies.closing(session, queryId, CannedReplies.SELECT, chunks)
                        .getBytes(StandardCharsets.UTF_8);
        long rowBytes = (long) inlineBlocks * CannedRows.BYTES_PER_BLOCK - 1;
        out.write(CannedReplies.head(opening.length + rowBytes + closing.length, ""));
        out.write(opening);
        rows(inlineBlocks);
        out.write(closing);
    }

    /// The first MiB stands in the reply, the rest in chunks.
    private String chunks(Large large, String host) {
        String kind = large.shape() == QueryText.Shape.GZIPPED ? "gzip" : "plain";
        var chunks = new ArrayList<String>();
        for (int left = large.mebibytes() - 1; left > 0; left -= BLOCKS_PER_CHUNK) {
            int blocks = Math.min(left, BLOCKS_PER_CHUNK);
            long size = (long) blocks * CannedRows.BYTES_PER_BLOCK - 1;
            long sent = kind.equals("gzip") ? CannedRows.gzipped(blocks).length : size;
            chunks.add(
                    """
                    {"url":"%s://%s/chunk/%s/%d","rowCount":%d,"uncompressedSize":%d,\
                    "compressedSize":%d}"""
                            .formatted(
                                    scheme,
                                    host,
                                    kind,
                                    blocks,
                                    blocks * CannedRows.ROWS_PER_BLOCK,
                                    size,
                                    sent));
        }
        return ",\"chunkHeaders\":{\"X-Bench\":\"1\"},\"chunks\":["
                + String.join(",", chunks)
                + "]";
    }

    private void chunk(boolean gzip, int blocks) throws IOException {
        if (blocks < 1 || blocks > BLOCKS_PER_CHUNK) {
            out.write(CannedReplies.NOT_FOUND);
        } else if (gzip) {
            byte[] bytes = CannedRows.gzipped(blocks);
            out.write(CannedReplies.head(bytes.length, "Content-Encoding: gzip\r\n"));
            out.write(bytes);
        } else {
            out.write(CannedReplies.head((long) blocks * CannedRows.BYTES_PER_BLOCK - 1, ""));
            rows(blocks);
        }
    }

    private void rows(int blocks) throws IOException {
        byte[] block = CannedRows.block();
        for (int i = 1; i <= blocks; i++) {
            // JSON has no comma after the last row.
            out.write(block, 0, i < blocks ? block.length : block.length - 1);
        }
    }

    private Optional<ScriptedSession> session(Head head) {
        var matcher = TOKEN.matcher(head.header("authorization"));
        return matcher.find() ? server.session(matcher.group(1)) : Optional.empty();
    }

    private static String requestedRole(String target) {
        var matcher = ROLE.matcher(target);
        String role = matcher.find() ? matcher.group(1) : "BENCH_ROLE";
        return URLDecoder.decode(role, StandardCharsets.UTF_8).replaceAll("[^A-Za-z0-9_$]", "_");
    }
}
