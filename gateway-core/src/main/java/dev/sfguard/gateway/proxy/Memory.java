package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.recording.Provenance;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoreFailed;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a session has come to, put into its recording from time to time: after a restart only what
/// follows has to be read.
final class Memory {

    /// Read in a tenth of a second.
    private static final long EVERY_BYTES = 16 << 20;

    /// A result that nobody has asked for in this time is not waited for.
    private static final Duration ABANDONED = Duration.ofMinutes(10);

    private Memory() {}

    /// Remembers the session when enough was recorded since the last time and nothing is on its
    /// way: all that stands in the recording up to here is in the session's state then.
    ///
    /// @param own the statement that is about to begin
    static void keep(Session session, StatementRun own, Store store) throws IOException {
        long grown = session.recording().grown();
        long last = session.remembered().get();
        if (grown - last < EVERY_BYTES) {
            return;
        }
        long seq = session.recording().lastSeq();
        if (session.runs().remembered().stream().anyMatch(run -> run != own && isOnItsWay(run))
                || !session.remembered().compareAndSet(last, grown)) {
            return;
        }
        session.recording().append(new RecordingEvent.Remembered(of(session)));
        // The store must not know of lines that a crash could still take away.
        session.recording().commit();
        try {
            store.remembered(session.id(), seq);
        } catch (StoreFailed _) {
            // More has to be read, then; no statement fails for that.
            session.remembered().set(last);
        }
    }

    private static boolean isOnItsWay(StatementRun run) {
        var result = run.result();
        boolean open = result != null && !result.hasEnded() && result.delivered() > 0;
        long idle = System.nanoTime() - run.touched();
        return run.driving.isLocked() || (open && idle < ABANDONED.toNanos());
    }

    private static JsonNode of(Session session) {
        var memory = Json.mapper().createObjectNode();
        memory.put("statements", session.statements());
        session.state().write(memory.putObject("state"));
        session.heldEvents().write(memory.putArray("held"));
        var runs = memory.putArray("runs");
        for (var run : session.runs().remembered()) {
            if (!run.isDescribe()) {
                var json = write(run);
                if (json != null) {
                    runs.add(json);
                }
            }
        }
        return memory;
    }

    private static @Nullable ObjectNode write(StatementRun run) {
        var json = Json.mapper().createObjectNode();
        json.put("request_id", run.requestId());
        json.put("statement", run.number());
        json.put("async", run.isAsync());
        var queryId = run.queryId();
        var refusal = run.refusal();
        if (refusal != null && run.sentAt() != null) {
            json.put("code", refusal.code());
            json.put("sql_state", refusal.sqlState());
            json.put("message", refusal.message());
        } else if (queryId != null) {
            json.put("query_id", queryId);
        } else if (run.state() instanceof StatementRun.State.Sent(var at, var tagged)) {
            json.put("sent", at.toString());
            json.put("tagged", tagged);
            json.put("text", run.text());
        } else {
            // Nothing left for Snowflake: a repeat is decided anew.
            return null;
        }
        var expected = json.putArray("expected");
        run.aftermath().parts().forEach(part -> write(part, expected.addObject()));
        return json;
    }

    private static void write(Expectation part, ObjectNode json) {
        if (!part.masks().isEmpty()) {
            var masks = json.putObject("masks");
            part.masks().forEach((mask, columns) -> columns.forEach(masks.putArray(mask)::add));
        }
        if (!part.provenance().columns().isEmpty()) {
            json.set("result", part.provenance().toJson());
        }
    }

    /// What was expected of the results of a request's statements; empty when it is not known.
    private static List<Expectation> expected(JsonNode run) {
        var all = new ArrayList<Expectation>();
        for (var part : run.path("expected")) {
            var masks = new TreeMap<String, Set<String>>();
            for (var mask : part.path("masks").properties()) {
                var columns = new TreeSet<String>();
                mask.getValue().forEach(column -> columns.add(column.asText()));
                masks.put(mask.getKey(), columns);
            }
            all.add(Expectation.remembered(Provenance.fromJson(part.get("result")), masks));
        }
        return all;
    }

    /// The same of the request with this number.
    static List<Expectation> expected(@Nullable JsonNode memory, long statement) {
        List<Expectation> most = List.of();
        if (memory != null) {
            for (var run : memory.path("runs")) {
                var found = expected(run);
                if (run.path("statement").asLong() == statement && found.size() > most.size()) {
                    most = found;
                }
            }
        }
        return most;
    }

    static long statements(JsonNode memory) {
        return memory.path("statements").asLong();
    }

    static JsonNode held(JsonNode memory) {
        return memory.path("held");
    }

    static SessionState state(JsonNode memory) {
        return SessionState.read(memory.path("state"));
    }

    /// Makes repeats of the remembered requests find what is known of them.
    static void restore(JsonNode memory, Runs runs) {
        for (var json : memory.path("runs")) {
            var run = read(json);
            run.aftermath(Aftermath.forgotten(expected(json)));
            runs.restore(run);
        }
    }

    private static StatementRun read(JsonNode json) {
        var requestId = json.path("request_id").asText();
        var queryId = json.path("query_id").textValue();
        StatementRun.State state;
        if (json.has("code")) {
            var error =
                    new SnowflakeError(
                            json.path("code").asText(),
                            json.path("sql_state").textValue(),
                            json.path("message").asText());
            state = new StatementRun.State.Ready(SnowflakeReply.of(error, null));
        } else if (queryId != null) {
            state = new StatementRun.State.Elsewhere(queryId);
        } else {
            state =
                    new StatementRun.State.Sent(
                            Instant.parse(json.path("sent").asText()),
                            json.path("tagged").asBoolean());
        }
        var run =
                new StatementRun(
                        requestId,
                        json.path("statement").asLong(),
                        1,
                        json.path("text").asText(""),
                        json.path("async").asBoolean(),
                        queryId == null ? requestId : queryId,
                        state,
                        System.nanoTime());
        if (queryId != null) {
            run.queryId(queryId);
        }
        return run;
    }
}
