package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sfguard.gateway.snowflake.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// A Snowflake that does as a test's script says, and remembers every call: the witness of what
/// reached it.
final class ScriptedSnowflake implements AutoCloseable {

    /// One call as it came.
    record Call(
            String method, String path, String query, Map<String, String> headers, JsonNode body) {
        String sql() {
            return body.path("sqlText").asText();
        }

        String requestId() {
            return parameter("requestId");
        }

        String parameter(String name) {
            var match = Pattern.compile("(?:^|&)" + name + "=([^&]*)").matcher(query);
            return match.find() ? match.group(1) : "";
        }
    }

    /// Answers one call: returns the body, or writes to the exchange itself and returns null.
    @FunctionalInterface
    interface Script {
        byte[] answer(Call call, HttpExchange exchange) throws Exception;
    }

    final List<Call> calls = new CopyOnWriteArrayList<>();
    final List<JsonNode> logins = new CopyOnWriteArrayList<>();
    final Map<String, Script> statements = new ConcurrentHashMap<>();
    final Map<String, Script> paths = new ConcurrentHashMap<>();
    final Set<String> tokens = ConcurrentHashMap.newKeySet();
    final Set<String> masters = ConcurrentHashMap.newKeySet();
    volatile String role = "ANALYST_RO";
    volatile String schema = "PUBLIC";
    private final AtomicInteger counter = new AtomicInteger();
    private HttpServer server;
    private int port;

    ScriptedSnowflake() throws IOException {
        start(0);
    }

    private void start(int on) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
        port = server.getAddress().getPort();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + port);
    }

    void stop() {
        server.stop(0);
    }

    void restart() throws IOException {
        start(port);
    }

    /// Every statement that arrived, in order, without the gateway's own set-up.
    List<String> received() {
        return calls.stream()
                .filter(call -> call.path().equals("/queries/v1/query-request"))
                .map(Call::sql)
                .filter(sql -> !sql.startsWith("USE ROLE") && !sql.startsWith("USE SECONDARY"))
                .filter(sql -> !sql.contains("QUERY_HISTORY_BY_USER"))
                .toList();
    }

    Call lastQuery() {
        return calls.stream()
                .filter(call -> call.path().equals("/queries/v1/query-request"))
                .reduce((_, last) -> last)
                .orElseThrow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            var raw = exchange.getRequestBody().readAllBytes();
            var uri = exchange.getRequestURI();
            var headers = new ConcurrentHashMap<String, String>();
            exchange.getRequestHeaders()
                    .forEach(
                            (k, v) ->
                                    headers.put(
                                            k.toLowerCase(java.util.Locale.ROOT), v.getFirst()));
            var call =
                    new Call(
                            exchange.getRequestMethod(),
                            uri.getPath(),
                            String.valueOf(uri.getRawQuery()),
                            headers,
                            raw.length == 0
                                    ? Json.mapper().createObjectNode()
                                    : Json.mapper().readTree(raw));
            calls.add(call);
            var answer = answer(call, exchange);
            if (answer != null) {
                exchange.sendResponseHeaders(200, answer.length);
                exchange.getResponseBody().write(answer);
            }
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private byte[] answer(Call call, HttpExchange exchange) throws Exception {
        for (var entry : paths.entrySet()) {
            if (call.path().matches(entry.getKey())) {
                return entry.getValue().answer(call, exchange);
            }
        }
        if (call.path().equals("/session/v1/login-request")) {
            logins.add(call.body().path("data"));
            return login();
        }
        if (call.path().equals("/session/token-request")) {
            return renew(call);
        }
        if (!tokens.contains(token(call))) {
            return error("390112", "Your session has expired. Please login again.", null);
        }
        if (call.path().equals("/queries/v1/query-request")) {
            return query(call, exchange);
        }
        return bytes(ok(null));
    }

    static String token(Call call) {
        var match =
                Pattern.compile("Snowflake Token=\"(.*)\"")
                        .matcher(call.headers().getOrDefault("authorization", ""));
        return match.matches() ? match.group(1) : "";
    }

    private byte[] login() throws IOException {
        int n = counter.incrementAndGet();
        tokens.add("upstream-session-" + n);
        masters.add("upstream-master-" + n);
        var data = Json.mapper().createObjectNode();
        data.put("token", "upstream-session-" + n);
        data.put("masterToken", "upstream-master-" + n);
        data.put("serverVersion", "9.9.9 scripted");
        data.putArray("parameters")
                .addObject()
                .put("name", "CLIENT_TELEMETRY_ENABLED")
                .put("value", true);
        data.putObject("sessionInfo")
                .put("databaseName", "SHOP")
                .put("schemaName", "PUBLIC")
                .put("roleName", role);
        return bytes(ok(data));
    }

    private byte[] renew(Call call) throws IOException {
        if (!masters.contains(token(call))) {
            return error("390114", "Authentication token has expired.", null);
        }
        int n = counter.incrementAndGet();
        tokens.add("upstream-session-" + n);
        masters.add("upstream-master-" + n);
        return bytes(
                ok(
                        Json.mapper()
                                .createObjectNode()
                                .put("sessionToken", "upstream-session-" + n)
                                .put("masterToken", "upstream-master-" + n)));
    }

    private byte[] query(Call call, HttpExchange exchange) throws Exception {
        for (var entry : statements.entrySet()) {
            if (call.sql().contains(entry.getKey())) {
                return entry.getValue().answer(call, exchange);
            }
        }
        return bytes(ok(rows(new String[] {"1"})));
    }

    /// A finished result of text columns `C1`, `C2` …
    ObjectNode rows(String[]... rows) {
        var data = Json.mapper().createObjectNode();
        var rowtype = data.putArray("rowtype");
        int columns = rows.length == 0 ? 1 : rows[0].length;
        for (int i = 1; i <= columns; i++) {
            rowtype.addObject()
                    .put("name", "C" + i)
                    .put("type", "text")
                    .put("length", 100)
                    .put("byteLength", 400)
                    .put("nullable", true)
                    .putNull("precision")
                    .putNull("scale");
        }
        var rowset = data.putArray("rowset");
        for (var row : rows) {
            var array = rowset.addArray();
            for (var cell : row) {
                array.add(cell);
            }
        }
        data.put("total", rows.length).put("returned", rows.length);
        data.put("queryId", queryId());
        data.put("finalDatabaseName", "SHOP").put("finalSchemaName", schema);
        data.put("finalRoleName", role).putNull("finalWarehouseName");
        data.put("numberOfBinds", 0).put("arrayBindSupported", false);
        data.put("statementTypeId", 4096).put("version", 1);
        data.put("queryResultFormat", "json");
        return data;
    }

    static String queryId() {
        return "01b" + UUID.randomUUID().toString().substring(3);
    }

    static ObjectNode ok(JsonNode data) {
        var root = Json.mapper().createObjectNode();
        root.set("data", data);
        root.putNull("code").putNull("message").put("success", true);
        return root;
    }

    static byte[] running(String queryId, String code) throws IOException {
        var data = Json.mapper().createObjectNode();
        data.put("getResultUrl", "/queries/" + queryId + "/result");
        data.put("queryId", queryId).put("queryAbortsAfterSecs", 300);
        return bytes(ok(data).put("code", code).put("message", "Query execution in progress."));
    }

    static byte[] error(String code, String message, String sqlState) throws IOException {
        var root = Json.mapper().createObjectNode();
        root.putObject("data")
                .put("errorCode", code)
                .put("sqlState", sqlState)
                .put("queryId", queryId());
        root.put("code", code).put("message", message).put("success", false);
        return bytes(root);
    }

    static byte[] bytes(JsonNode json) throws IOException {
        return Json.mapper().writeValueAsBytes(json);
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static Script once(Script first, Consumer<Call> counted) {
        return (call, exchange) -> {
            counted.accept(call);
            return first.answer(call, exchange);
        };
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
