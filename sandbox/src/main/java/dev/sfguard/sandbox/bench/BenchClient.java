package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.bench.HttpInput.Head;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// A Snowflake client of the least effort: one kept connection, one session, no driver whose cost
/// would be measured with the rest.
final class BenchClient implements AutoCloseable {
    /// A statement's whole result.
    ///
    /// @param bytes of all bodies, without HTTP's framing
    record Result(long rows, long bytes) {}

    private static final int MAX_REPLY = 16 * 1024 * 1024;

    /// Enough of a reply's end to hold `success` and what went wrong.
    private static final int TAIL = 512;

    private static final Pattern TOKEN = Pattern.compile("\"token\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern TOTAL = Pattern.compile("\"total\"\\s*:\\s*(\\d+)");
    private static final Pattern CHUNK_URL = Pattern.compile("\"url\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern CHUNK_HEADERS =
            Pattern.compile("\"chunkHeaders\"\\s*:\\s*\\{([^}]*)\\}");
    private static final Pattern PAIR = Pattern.compile("\"([^\"]+)\"\\s*:\\s*\"([^\"]*)\"");

    private final Target target;
    private final Socket socket;
    private final HttpInput in;
    private final OutputStream out;
    private final long idPrefix = ThreadLocalRandom.current().nextLong();
    private long count;
    private String token = "";

    private BenchClient(Target target, Socket socket) throws IOException {
        this.target = target;
        this.socket = socket;
        in = new HttpInput(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /// Connects and logs in.
    static BenchClient open(Target target) throws IOException {
        var client = new BenchClient(target, connect(target));
        try {
            client.login();
        } catch (IOException e) {
            client.socket.close();
            throw e;
        }
        return client;
    }

    private static Socket connect(Target target) throws IOException {
        var address = new InetSocketAddress(target.host(), target.port());
        Socket socket =
                target.tls().isPresent()
                        ? target.tls().get().getSocketFactory().createSocket()
                        : new Socket();
        socket.setTcpNoDelay(true);
        socket.connect(address, 10_000);
        // Longer than a poll is held; a server that died must not hang the benchmark.
        socket.setSoTimeout(60_000);
        return socket;
    }

    private void login() throws IOException {
        String reply =
                text(post("/session/v1/login-request?requestId=" + nextId(), target.loginBody()));
        var matcher = TOKEN.matcher(reply);
        if (!matcher.find() || !reply.contains("\"success\":true")) {
            throw new IOException(target.name() + " refused the login: " + cut(reply));
        }
        token = matcher.group(1);
    }

    /// Runs a statement whose reply is small, and checks that it succeeded.
    void query(String sql) throws IOException {
        byte[] reply = in.body(send(sql), MAX_REPLY);
        if (!endsWell(reply, reply.length)) {
            throw new IOException(target.name() + " failed a statement: " + cut(text(reply)));
        }
    }

    /// Runs a statement and reads all its rows, those in chunks too, keeping none.
    Result download(String sql) throws IOException {
        Head head = send(sql);
        var reply = new Ends();
        long bytes = in.body(head, reply::take);
        String said = reply.start() + reply.end();
        if (!said.contains("\"success\":true")) {
            throw new IOException(target.name() + " failed a statement: " + cut(said));
        }
        var total = TOTAL.matcher(said);
        long rows = total.find() ? Long.parseLong(total.group(1)) : -1;
        for (String url : chunkUrls(said)) {
            bytes += chunk(url, chunkHeaders(said));
        }
        return new Result(rows, bytes);
    }

    private Head send(String sql) throws IOException {
        String body =
                "{\"sqlText\":\""
                        + sql.replace("\"", "\\\"")
                        + "\",\"asyncExec\":false,\"sequenceId\":"
                        + (count + 1)
                        + "}";
        write("POST", "/queries/v1/query-request?requestId=" + nextId(), tokenHeader(), body);
        return okay();
    }

    private long chunk(String url, String headers) throws IOException {
        var uri = URI.create(url);
        if (!uri.getAuthority().equals(target.authority())) {
            throw new IOException("A chunk lies at another server: " + uri.getAuthority());
        }
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        // As every driver does: parts of results are stored gzipped.
        write("GET", uri.getRawPath() + query, headers + "Accept-Encoding: gzip\r\n", "");
        return in.body(okay(), (_, _, _) -> {});
    }

    private static List<String> chunkUrls(String reply) {
        var urls = new ArrayList<String>();
        var matcher = CHUNK_URL.matcher(reply);
        while (matcher.find()) {
            urls.add(matcher.group(1).replace("\\/", "/"));
        }
        return urls;
    }

    private static String chunkHeaders(String reply) {
        var matcher = CHUNK_HEADERS.matcher(reply);
        var headers = new StringBuilder();
        if (matcher.find()) {
            var pairs = PAIR.matcher(matcher.group(1));
            while (pairs.find()) {
                headers.append(pairs.group(1)).append(": ").append(pairs.group(2)).append("\r\n");
            }
        }
        return headers.toString();
    }

    private byte[] post(String path, String body) throws IOException {
        write("POST", path, token.isEmpty() ? "" : tokenHeader(), body);
        return in.body(okay(), MAX_REPLY);
    }

    private String tokenHeader() {
        return "Authorization: Snowflake Token=\"" + token + "\"\r\n";
    }

    private void write(String method, String path, String headers, String body) throws IOException {
        byte[] payload = body.getBytes(StandardCharsets.UTF_8);
        String head =
                method
                        + " "
                        + path
                        + " HTTP/1.1\r\nHost: "
                        + target.authority()
                        + "\r\nUser-Agent: sfguard-bench\r\nAccept: application/snowflake\r\n"
                        + "Content-Type: application/json\r\nContent-Length: "
                        + payload.length
                        + "\r\n"
                        + headers
                        + "\r\n";
        byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[start.length + payload.length];
        System.arraycopy(start, 0, whole, 0, start.length);
        System.arraycopy(payload, 0, whole, start.length, payload.length);
        out.write(whole);
    }

    private Head okay() throws IOException {
        Head head = in.head();
        if (!head.firstLine().startsWith("HTTP/1.1 200")) {
            String body = text(in.body(head, MAX_REPLY));
            throw new IOException(
                    target.name() + " answered " + head.firstLine() + ": " + cut(body));
        }
        return head;
    }

    private String nextId() {
        count++;
        return new UUID(idPrefix, count).toString();
    }

    private static boolean endsWell(byte[] reply, int length) {
        int from = Math.max(0, length - TAIL);
        return new String(reply, from, length - from, StandardCharsets.ISO_8859_1)
                        .contains("\"success\":true")
                || new String(reply, 0, Math.min(length, TAIL), StandardCharsets.ISO_8859_1)
                        .contains("\"success\":true");
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static String cut(String text) {
        return text.length() <= 300 ? text : text.substring(0, 300) + "...";
    }

    /// Ends the session and the connection.
    @Override
    public void close() throws IOException {
        try (socket) {
            post("/session?delete=true&requestId=" + nextId(), "");
        }
    }
}
