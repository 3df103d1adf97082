package dev.sfguard.cli.approval;

import dev.sfguard.agent.ApiClient;
import dev.sfguard.agent.forward.Wire;
import dev.sfguard.cli.ApiOpener;
import dev.sfguard.cli.Streams;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A gateway's API that says what a test tells it to, over wires without a network. What nobody
/// scripted is not found.
public final class CannedApi implements ApiOpener {
    private final Map<String, Deque<String>> answers = new HashMap<>();
    private final Map<String, BooleanSupplier> held = new ConcurrentHashMap<>();
    private final List<String> asked = new ArrayList<>();

    /// Scripts one answer to a call.
    ///
    /// @param call `GET /v1/requests?limit=50`; the last answer of a call is given again and again
    public CannedApi answer(String call, String json) {
        return answer(call, 200, json);
    }

    public CannedApi refuse(String call, int status, String message, String next) {
        return answer(
                call,
                status,
                """
                {"error":{"code":"x","message":"%s","next":"%s"}}"""
                        .formatted(message, next));
    }

    private synchronized CannedApi answer(String call, int status, String json) {
        answers.computeIfAbsent(call, _ -> new ArrayDeque<>())
                .add("HTTP/1.1 " + status + " X\r\nContent-Length: %d\r\n\r\n%s");
        answers.get(call)
                .add(
                        answers.get(call)
                                .removeLast()
                                .formatted(json.getBytes(StandardCharsets.UTF_8).length, json));
        return this;
    }

    /// Answers this call only once the condition holds: a long poll.
    public synchronized CannedApi holding(String call, BooleanSupplier until) {
        held.put(call, until);
        return this;
    }

    /// Calls with their bodies: `POST /v1/requests/X/deny {"reason":"no"}`.
    public synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    @Override
    public ApiClient open(Streams streams) {
        return ApiClient.over(() -> new ScriptedWire());
    }

    private String respond(String request) {
        String[] words = request.split(" ", 3);
        String call = words[0] + " " + words[1];
        var until = held.getOrDefault(call, () -> true);
        while (!until.getAsBoolean() && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(10_000_000);
        }
        return respond(call, request);
    }

    private synchronized String respond(String call, String request) {
        String body = request.substring(request.indexOf("\r\n\r\n") + 4);
        asked.add(body.isEmpty() ? call : call + " " + body);
        var scripted = answers.get(call);
        if (scripted == null) {
            return "HTTP/1.1 404 X\r\nContent-Length: 2\r\n\r\n{}";
        }
        return scripted.size() > 1 ? scripted.removeFirst() : scripted.getFirst();
    }

    private final class ScriptedWire implements Wire {
        private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        private final InputStream in =
                new InputStream() {
                    private InputStream response = InputStream.nullInputStream();
                    private boolean answered;

                    @Override
                    public int read() throws IOException {
                        return response().read();
                    }

                    @Override
                    public int read(byte[] into, int offset, int length) throws IOException {
                        return response().read(into, offset, length);
                    }

                    private InputStream response() throws IOException {
                        if (!answered) {
                            answered = true;
                            response =
                                    new ByteArrayInputStream(
                                            respond(sent.toString(StandardCharsets.UTF_8))
                                                    .getBytes(StandardCharsets.UTF_8));
                        }
                        return response;
                    }
                };

        @Override
        public InputStream in() {
            return in;
        }

        @Override
        public OutputStream out() {
            return sent;
        }

        @Override
        public void endOutput() {}

        @Override
        public void close() {}
    }
}
