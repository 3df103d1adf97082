package dev.sfguard.sandbox;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Remembers every request and statement, and writes each as a line of JSON when asked to.
public final class Witness implements AutoCloseable {
    /// Enough for every test; a long run keeps its history in the log file.
    private static final int KEPT = 100_000;

    private final JsonMapper json = new JsonMapper();
    private final List<ReceivedStatement> statements = new ArrayList<>();
    private final List<ReceivedRequest> requests = new ArrayList<>();
    private final Optional<Writer> log;

    /// @throws IOException when the log cannot be written
    Witness(SandboxSettings settings) throws IOException {
        log =
                settings.log().isEmpty()
                        ? Optional.empty()
                        : Optional.of(
                                Files.newBufferedWriter(
                                        settings.log().get(),
                                        StandardCharsets.UTF_8,
                                        StandardOpenOption.CREATE,
                                        StandardOpenOption.APPEND));
    }

    public synchronized void received(ReceivedStatement statement) {
        keep(statements, statement);
        ObjectNode line = json.createObjectNode().put("type", "statement");
        line.put("session", statement.session());
        line.put("user", statement.user());
        line.put("role", statement.role());
        line.put("text", statement.text());
        line.put("query_tag", statement.queryTag());
        line.putPOJO("binds", statement.binds());
        line.put("describe_only", statement.describeOnly());
        line.put("query_id", statement.queryId());
        line.put("at", statement.at().toString());
        write(line);
    }

    public synchronized void received(ReceivedRequest request) {
        keep(requests, request);
        write(
                json.createObjectNode()
                        .put("type", "request")
                        .put("method", request.method())
                        .put("path", request.path())
                        .put("at", request.at().toString()));
    }

    public synchronized List<ReceivedStatement> statements() {
        return List.copyOf(statements);
    }

    public synchronized List<ReceivedRequest> requests() {
        return List.copyOf(requests);
    }

    public synchronized void forget() {
        statements.clear();
        requests.clear();
    }

    private static <T> void keep(List<T> list, T item) {
        if (list.size() == KEPT) {
            list.removeFirst();
        }
        list.add(item);
    }

    private void write(ObjectNode line) {
        if (log.isEmpty()) {
            return;
        }
        try {
            log.get().write(json.writeValueAsString(line) + "\n");
            log.get().flush();
        } catch (IOException e) {
            // A witness that misses something is none: the request fails.
            throw new UncheckedIOException("the sandbox's log cannot be written", e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (log.isPresent()) {
            log.get().close();
        }
    }
}
