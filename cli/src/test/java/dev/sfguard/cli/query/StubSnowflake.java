package dev.sfguard.cli.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sfguard.gateway.identity.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPInputStream;

/// Just enough of Snowflake's protocol, scripted by the text of a statement: replies are given by
/// tests, and what arrived is kept. It stands where the agent's door stands.
public final class StubSnowflake implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Secret PASSWORD = Secret.of("connection-secret");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, String> replies = new ConcurrentHashMap<>();
    private final Map<String, CountDownLatch> running = new ConcurrentHashMap<>();
    private final List<JsonNode> logins = new CopyOnWriteArrayList<>();
    private final List<String> statements = new CopyOnWriteArrayList<>();
    private final List<String> aborted = new CopyOnWriteArrayList<>();
    private final CountDownLatch sleeping = new CountDownLatch(1);

    public StubSnowflake() {
        try {
            server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /// Answers this statement with a whole reply.
    ///
    /// @param data the reply's `data` for exactly this statement
    public StubSnowflake result(String sql, String data) {
        replies.put(sql, "{\"success\":true,\"code\":null,\"message\":null,\"data\":" + data + "}");
        return this;
    }

    /// Answers this statement with rows.
    ///
    /// @param rowtype as `ID fixed, NAME text`; @param rows a JSON array of arrays of texts
    public StubSnowflake rows(String sql, String rowtype, String rows) {
        var columns = JSON.createArrayNode();
        for (String column : rowtype.split(", ", -1)) {
            String[] parts = column.split(" ", -1);
            columns.addObject()
                    .put("name", parts[0])
                    .put("type", parts[1])
                    .put("nullable", true)
                    .put("scale", parts.length > 2 ? Integer.parseInt(parts[2]) : 0)
                    .put("precision", 38)
                    .put("length", 100);
        }
        var data = JSON.createObjectNode();
        data.put("queryId", id(sql)).put("statementTypeId", 4096).put("queryResultFormat", "json");
        data.set("rowtype", columns);
        data.putRawValue("rowset", new RawValue(rows));
        data.putArray("parameters");
        data.put("finalDatabaseName", "SHOP").put("finalSchemaName", "PUBLIC");
        return result(sql, data.toString());
    }

    public StubSnowflake changes(String sql, int count) {
        return result(
                sql,
                """
                {"queryId":"%s","statementTypeId":12544,"queryResultFormat":"json","parameters":[],
                 "rowtype":[{"name":"number of rows inserted","type":"fixed","scale":0,"precision":19,"nullable":false}],
                 "rowset":[["%d"]],"total":1,"returned":1}"""
                        .formatted(id(sql), count));
    }

    public StubSnowflake error(String sql, String code, String state, String message) {
        replies.put(sql, failure(code, state, message, id(sql)));
        return this;
    }

    public Target target() {
        return new Target("shop", server.getAddress().getPort(), PASSWORD, () -> {});
    }

    public List<JsonNode> logins() {
        return logins;
    }

    public List<String> statements() {
        return statements;
    }

    public List<String> aborted() {
        return aborted;
    }

    /// Waits until a statement that never ends by itself (`sleep`) has arrived.
    public void awaitSleeper() throws InterruptedException {
        sleeping.await();
    }

    /// The query id of a statement's reply.
    public static String id(String sql) {
        return "01b00000-0000-0000-0000-%012x".formatted(sql.hashCode() & 0xffffffffL);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            JsonNode body = body(exchange);
            String reply =
                    switch (exchange.getRequestURI().getPath()) {
                        case "/session/v1/login-request" -> login(body);
                        case "/queries/v1/query-request" ->
                                query(body, parameter(exchange, "requestId"));
                        case "/queries/v1/abort-request" -> abort(body);
                        default ->
                                "{\"success\":true,\"code\":null,\"message\":null,\"data\":null}";
                    };
            byte[] bytes = reply.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private String login(JsonNode body) {
        logins.add(body);
        if (!body.path("data").path("PASSWORD").asText().equals(PASSWORD.reveal())) {
            return failure("390100", "08001", "Incorrect username or password was specified.", "");
        }
        ObjectNode data = JSON.createObjectNode();
        data.put("token", "session").put("masterToken", "master");
        data.put("validityInSeconds", 3600).put("masterValidityInSeconds", 14400);
        data.put("sessionId", 1).put("displayUserName", "SFGUARD").put("serverVersion", "9.1.0");
        data.putArray("parameters").addObject().put("name", "AUTOCOMMIT").put("value", true);
        ObjectNode info = data.putObject("sessionInfo");
        info.put("databaseName", "SHOP").put("schemaName", "PUBLIC");
        info.put("warehouseName", "WH").put("roleName", "ANALYST");
        return "{\"success\":true,\"code\":null,\"message\":null,\"data\":" + data + "}";
    }

    private String query(JsonNode body, String requestId) {
        String sql = body.path("sqlText").asText();
        statements.add(sql);
        if (sql.equals("sleep")) {
            var end = new CountDownLatch(1);
            running.put(requestId, end);
            sleeping.countDown();
            await(end);
            return failure("000604", "57014", "SQL execution canceled", id(sql));
        }
        String reply = replies.get(sql);
        return reply != null
                ? reply
                : failure(
                        "001003", "42000", "SQL compilation error:\nnot scripted: " + sql, id(sql));
    }

    private String abort(JsonNode body) {
        aborted.add(body.path("sqlText").asText());
        var end = running.remove(body.path("requestId").asText());
        if (end != null) {
            end.countDown();
        }
        return "{\"success\":true,\"code\":null,\"message\":null,\"data\":null}";
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String failure(String code, String state, String message, String id) {
        var reply = JSON.createObjectNode();
        reply.put("success", false).put("code", code).put("message", message);
        reply.putObject("data")
                .put("internalError", false)
                .put("errorCode", code)
                .put("sqlState", state)
                .put("queryId", id)
                .put("line", -1)
                .put("pos", -1)
                .put("type", "COMPILATION");
        return reply.toString();
    }

    private static JsonNode body(HttpExchange exchange) throws IOException {
        byte[] raw = exchange.getRequestBody().readAllBytes();
        boolean gzip = raw.length > 2 && raw[0] == 0x1f && (raw[1] & 0xff) == 0x8b;
        byte[] plain =
                gzip ? new GZIPInputStream(new ByteArrayInputStream(raw)).readAllBytes() : raw;
        return plain.length == 0 ? JSON.nullNode() : JSON.readTree(plain);
    }

    private static String parameter(HttpExchange exchange, String name) {
        for (String pair : exchange.getRequestURI().getQuery().split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        return "";
    }

    @Override
    public void close() {
        running.values().forEach(CountDownLatch::countDown);
        server.stop(0);
        threads.shutdownNow();
    }
}
