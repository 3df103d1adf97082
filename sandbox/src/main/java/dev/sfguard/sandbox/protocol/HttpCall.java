package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;

/// One HTTP request and its answer.
final class HttpCall {
    static final JsonMapper JSON = new JsonMapper();

    /// Snowflake takes statements of 1 MB, and binds come on top; unpacked, since gzip can bomb.
    private static final int MAX_BODY = 128 << 20;

    private static final String TOKEN_PREFIX = "Snowflake Token=\"";

    private final HttpExchange exchange;

    HttpCall(HttpExchange exchange) {
        this.exchange = exchange;
    }

    /// A request that no answer in Snowflake's frame fits.
    static final class Unacceptable extends Exception {
        private static final long serialVersionUID = 1;

        private final int status;
        private final String problem;

        Unacceptable(int status, String message) {
            super(message);
            problem = message;
            this.status = status;
        }

        String problem() {
            return problem;
        }

        int status() {
            return status;
        }
    }

    String method() {
        return exchange.getRequestMethod();
    }

    String path() {
        return exchange.getRequestURI().getPath();
    }

    String query() {
        String query = exchange.getRequestURI().getRawQuery();
        return query == null ? "" : query;
    }

    Optional<String> parameter(String name) {
        for (String pair : query().split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                String value = pair.substring(name.length() + 1);
                return Optional.of(URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        return Optional.empty();
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
    }

    /// The token of `Authorization: Snowflake Token="…"`; empty when there is none.
    String token() {
        String header = header("Authorization").orElse("");
        return header.startsWith(TOKEN_PREFIX) && header.endsWith("\"")
                ? header.substring(TOKEN_PREFIX.length(), header.length() - 1)
                : "";
    }

    /// The body as JSON, unpacked when it is gzip, whatever the header says; missing when empty.
    JsonNode body() throws IOException, Unacceptable {
        byte[] bytes = bounded(exchange.getRequestBody());
        boolean gzip = bytes.length > 2 && bytes[0] == 0x1f && (bytes[1] & 0xff) == 0x8b;
        try {
            byte[] plain =
                    gzip ? bounded(new GZIPInputStream(new ByteArrayInputStream(bytes))) : bytes;
            return plain.length == 0 ? MissingNode.getInstance() : JSON.readTree(plain);
        } catch (JsonProcessingException e) {
            throw new Unacceptable(400, "The body is no JSON: " + e.getOriginalMessage());
        } catch (ZipException | java.io.EOFException e) {
            throw new Unacceptable(400, "The body is no gzip: " + e.getMessage());
        }
    }

    private static byte[] bounded(java.io.InputStream in) throws IOException, Unacceptable {
        byte[] bytes = in.readNBytes(MAX_BODY + 1);
        if (bytes.length > MAX_BODY) {
            throw new Unacceptable(413, "The body is longer than " + MAX_BODY + " bytes");
        }
        return bytes;
    }

    /// Answers JSON with status 200, which is Snowflake's status for errors too.
    void answer(JsonNode answer) throws IOException {
        answer(200, answer);
    }

    void answer(int status, JsonNode answer) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        if (header("Accept-Encoding").orElse("").contains("gzip")) {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            bytes = gzip(bytes);
        }
        send(status, bytes, bytes.length);
    }

    /// Announces the whole answer, sends half of it and ends the connection.
    void cut(JsonNode answer) throws IOException {
        byte[] bytes = JSON.writeValueAsBytes(answer);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        send(200, bytes, bytes.length / 2);
    }

    /// Sends packed bytes; `whole` is false to end the connection in their middle.
    void gzipped(byte[] bytes, boolean whole) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        send(200, bytes, whole ? bytes.length : bytes.length / 2);
    }

    void status(int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
    }

    private void send(int status, byte[] bytes, int length) throws IOException {
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes, 0, length);
    }

    /// Ends the exchange; the connection too, unless the answer was complete.
    void close() {
        exchange.close();
    }

    static byte[] gzip(byte[] bytes) throws IOException {
        var packed = new ByteArrayOutputStream(bytes.length / 4 + 64);
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        }
        return packed.toByteArray();
    }
}
