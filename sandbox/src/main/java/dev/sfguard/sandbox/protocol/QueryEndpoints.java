package dev.sfguard.sandbox.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.sandbox.Faults;
import dev.sfguard.sandbox.ReceivedStatement;
import dev.sfguard.sandbox.SandboxSettings;
import dev.sfguard.sandbox.Witness;
import dev.sfguard.sandbox.engine.Bind;
import dev.sfguard.sandbox.engine.Request;
import dev.sfguard.sandbox.engine.Result;
import dev.sfguard.sandbox.engine.Session;
import dev.sfguard.sandbox.engine.SnowflakeError;
import dev.sfguard.sandbox.sql.Splitter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Runs statements for drivers: asks, polls, aborts, monitors.
final class QueryEndpoints {
    private final SandboxSettings settings;
    private final Witness witness;
    private final Faults faults;
    private final ResultBody bodies;
    private final Map<String, Query> queries = new ConcurrentHashMap<>();
    private final Map<String, List<Query>> children = new ConcurrentHashMap<>();

    QueryEndpoints(SandboxSettings settings, Witness witness, Faults faults, Chunks chunks) {
        this.settings = settings;
        this.witness = witness;
        this.faults = faults;
        bodies = new ResultBody(chunks, settings.inlineRows(), settings.clock());
    }

    void ask(HttpCall call, OpenSession open) throws IOException, HttpCall.Unacceptable {
        if (faults.takeUnavailable()) {
            call.status(503);
            return;
        }
        JsonNode body = call.body();
        if (!body.path("sqlText").isTextual()) {
            throw new HttpCall.Unacceptable(400, "The body has no sqlText");
        }
        Query query = open.query(call.parameter("requestId"), () -> start(open.session(), body));
        String text = body.path("sqlText").asText();
        if (faults.takeCutQuery(text)) {
            // The connection ends with the exchange; the statement runs on.
            return;
        }
        if (faults.takeDropQuery(text)) {
            await(query, Duration.ofMinutes(10));
            return;
        }
        if (body.path("asyncExec").asBoolean()) {
            call.answer(Answer.running(query.id(), true));
        } else {
            answer(call, query);
        }
    }

    private Query start(Session session, JsonNode body) {
        String id = newId();
        String text = body.path("sqlText").asText();
        var request =
                new Request(
                        text,
                        binds(body.path("bindings")),
                        parameters(body.path("parameters")),
                        body.path("describeOnly").asBoolean(),
                        id);
        var tag =
                request.parameters()
                        .getOrDefault("QUERY_TAG", session.parameters().text("QUERY_TAG"));
        witness.received(
                new ReceivedStatement(
                        session.id(),
                        session.user(),
                        session.role(),
                        text,
                        tag,
                        texts(request.binds()),
                        request.describeOnly(),
                        id,
                        settings.clock().instant()));
        var query = new Query(id, session, text, settings.clock().instant());
        queries.put(id, query);
        session.account().history().began(session, request, settings.clock().instant());
        query.start(request, this::keep);
        return query;
    }

    /// Before anyone can see that it ended: its children and its rows are where they look for them.
    private void keep(Query query) {
        var history = query.session().account().history();
        var now = settings.clock().instant();
        if (!(query.ending() instanceof Query.Outcome.Done(Result result))) {
            history.ended(
                    query.id(),
                    query.ending() instanceof Query.Outcome.Failed(SnowflakeError error)
                            ? error
                            : null,
                    now);
            return;
        }
        query.session().keep(query.id(), result);
        var list = new ArrayList<Query>();
        for (Result child : result.children()) {
            var part = new Query(newId(), query.session(), query.text(), query.started());
            part.ended(child);
            queries.put(part.id(), part);
            query.session().keep(part.id(), child);
            list.add(part);
            history.ran(query.id(), part.id(), text(query, list.size(), result), now);
        }
        children.put(query.id(), list);
        history.ended(query.id(), null, now);
    }

    /// The text of one statement of several.
    private static String text(Query query, int number, Result several) {
        List<String> texts = Splitter.split(query.text());
        return texts.size() == several.children().size() ? texts.get(number - 1) : query.text();
    }

    void poll(HttpCall call, OpenSession open, String id) throws IOException {
        Optional<Query> query = owned(open, id);
        if (query.isPresent()) {
            answer(call, query.get());
        } else {
            call.answer(Answer.failure(SnowflakeError.noSuchStatement(id), id));
        }
    }

    private void answer(HttpCall call, Query query) throws IOException {
        Optional<Query.Outcome> outcome = await(query, settings.hold());
        if (outcome.isEmpty()) {
            call.answer(Answer.running(query.id(), false));
            return;
        }
        ObjectNode answer =
                switch (outcome.get()) {
                    case Query.Outcome.Failed(SnowflakeError error) ->
                            Answer.failure(error, query.id());
                    case Query.Outcome.Done(Result result) ->
                            Answer.success(
                                    bodies.data(
                                            query,
                                            result,
                                            children.getOrDefault(query.id(), List.of())));
                };
        if (faults.takeCutResult(query.text())) {
            call.cut(answer);
        } else {
            call.answer(answer);
        }
    }

    private static Optional<Query.Outcome> await(Query query, Duration atMost) throws IOException {
        try {
            return query.await(atMost);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("The sandbox is closing", e);
        }
    }

    void abortByRequest(HttpCall call, OpenSession open) throws IOException, HttpCall.Unacceptable {
        String requestId = call.body().path("requestId").asText();
        answerAbort(call, open.byRequest(requestId), requestId);
    }

    void abort(HttpCall call, OpenSession open, String id) throws IOException {
        answerAbort(call, owned(open, id), id);
    }

    private static void answerAbort(HttpCall call, Optional<Query> query, String id)
            throws IOException {
        if (query.isPresent() && query.get().cancel()) {
            call.answer(Answer.success());
            return;
        }
        var idle =
                SnowflakeError.of(
                        "000605", "57014", "Identified SQL statement is not currently executing.");
        call.answer(Answer.failure(idle, id));
    }

    void monitor(HttpCall call, OpenSession open, String id) throws IOException {
        ObjectNode data = Answer.NODES.objectNode();
        var list = data.putArray("queries");
        owned(open, id).ifPresent(query -> list.add(Monitoring.describe(query)));
        call.answer(Answer.success(data));
    }

    /// A user's queries are open to the user's other sessions, and to nobody else.
    private Optional<Query> owned(OpenSession open, String id) {
        return Optional.ofNullable(queries.get(id))
                .filter(query -> query.session().user().equals(open.session().user()));
    }

    /// Cancels everything, for the end of the server.
    void close() {
        queries.values().forEach(Query::cancel);
    }

    private static Map<String, Bind> binds(JsonNode bindings) {
        var binds = new HashMap<String, Bind>();
        bindings.properties()
                .forEach(
                        bind -> {
                            JsonNode value = bind.getValue().path("value");
                            var values = new ArrayList<@Nullable String>();
                            if (value.isArray()) {
                                value.forEach(item -> values.add(text(item)));
                            } else {
                                values.add(text(value));
                            }
                            String type = bind.getValue().path("type").asText("TEXT");
                            binds.put(bind.getKey(), new Bind(type, values, value.isArray()));
                        });
        return binds;
    }

    private static Map<String, String> parameters(JsonNode parameters) {
        var map = new HashMap<String, String>();
        parameters
                .properties()
                .forEach(
                        parameter ->
                                map.put(
                                        parameter.getKey().toUpperCase(Locale.ROOT),
                                        parameter.getValue().asText()));
        return map;
    }

    private static Map<String, String> texts(Map<String, Bind> binds) {
        var texts = new HashMap<String, String>();
        binds.forEach(
                (position, bind) ->
                        texts.put(
                                position,
                                bind.array()
                                        ? bind.values().toString()
                                        : String.valueOf(bind.values().getFirst())));
        return texts;
    }

    private static @Nullable String text(JsonNode value) {
        return value.isNull() || value.isMissingNode() ? null : value.asText();
    }

    /// Snowflake's ids are UUIDs whose first part counts time.
    private static String newId() {
        return "01b" + UUID.randomUUID().toString().substring(3);
    }
}
