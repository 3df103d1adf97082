package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordedEvent;
import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.StatementSplitter;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoredQuery;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a session's recording tells of it after a restart of the gateway: which requests have
/// been sent, so that none is sent twice, and what they left behind.
final class Past {

    private static final class Request {
        private final RecordingEvent.Asked asked;
        private final List<String> texts = new ArrayList<>();
        private final List<Expectation> expected = new ArrayList<>();
        private boolean tagged;
        private @Nullable Instant sent;
        private @Nullable String queryId;
        private RecordingEvent.@Nullable Failed failed;
        private final Map<Integer, Interrupted> results = new HashMap<>();
        private final Set<Integer> ended = new HashSet<>();

        Request(RecordingEvent.Asked asked) {
            this.asked = asked;
        }

        Interrupted result(int part) {
            return results.computeIfAbsent(part, _ -> new Interrupted());
        }

        void named(int part, String id) {
            if (part <= 1 && !id.isEmpty()) {
                queryId = id;
            }
        }
    }

    private final Analyzer analyzer = new Analyzer();
    private final Map<Long, Request> requests = new LinkedHashMap<>();
    private final HeldEvents heldEvents = new HeldEvents();
    private SessionState state;
    private long statements;
    private @Nullable JsonNode memory;

    private Past(SessionFacts facts) {
        this.state = new SessionState(facts.parameters());
    }

    /// Reads as little as will do: from where the session was remembered last, or all.
    static Past read(Recordings recordings, Store store, String session, SessionFacts facts)
            throws IOException {
        long remembered = store.remembered(session);
        if (remembered > 0) {
            var past = new Past(facts);
            if (past.readFrom(recordings, session, remembered + 1)) {
                return past;
            }
        }
        var past = new Past(facts);
        past.readAll(recordings, session);
        return past;
    }

    private void readAll(Recordings recordings, String session) throws IOException {
        try (var reader = new RecordingReader(recordings.lines(session))) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                add(next.get());
            }
        }
    }

    /// What the memory holds may be older or younger than the few lines before it: they count once
    /// more after it.
    ///
    /// @return false when there is no memory in these lines
    private boolean readFrom(Recordings recordings, String session, long first) throws IOException {
        var before = new ArrayList<RecordedEvent>();
        try (var reader = new RecordingReader(recordings.lines(session, first), first)) {
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                if (memory != null) {
                    add(next.get());
                } else if (next.get().event() instanceof RecordingEvent.Remembered(var found)) {
                    memory = found;
                    state = Memory.state(found);
                    statements = Memory.statements(found);
                    heldEvents.read(Memory.held(found));
                    before.forEach(this::add);
                } else {
                    before.add(next.get());
                }
            }
        }
        return memory != null;
    }

    SessionState state() {
        return state;
    }

    /// What the recording tells of statements that were held.
    HeldEvents heldEvents() {
        return heldEvents;
    }

    /// How a statement ended that was never sent.
    Optional<SnowflakeError> failure(long statement) {
        var request = requests.get(statement);
        if (request == null || request.failed == null) {
            return Optional.empty();
        }
        var failed = request.failed;
        return Optional.of(new SnowflakeError(failed.code(), failed.sqlState(), failed.message()));
    }

    long statements() {
        return statements;
    }

    private void add(RecordedEvent recorded) {
        switch (recorded.event()) {
            case RecordingEvent.Asked asked -> {
                statements = Math.max(statements, asked.statement());
                requests.put(asked.statement(), new Request(asked));
            }
            case RecordingEvent.Decided decided -> {
                var request = requests.get(decided.statement());
                if (request != null) {
                    request.texts.add(decided.text());
                    request.expected.add(Expectation.of(decided));
                }
            }
            case RecordingEvent.Sent sent ->
                    sent(
                            requests.computeIfAbsent(sent.statement(), _ -> askedBefore(sent)),
                            sent,
                            recorded.at());
            case RecordingEvent.LookedUp lookedUp -> {
                var request = requests.get(lookedUp.statement());
                if (request != null) {
                    request.queryId = lookedUp.queryId();
                }
            }
            case RecordingEvent.Ended ended -> {
                var request = requests.get(ended.statement());
                if (request != null) {
                    request.results.remove(ended.part());
                    request.ended.add(ended.part());
                    request.queryId = ended.part() <= 1 ? ended.queryId() : request.queryId;
                }
            }
            case RecordingEvent.Columns columns -> {
                var request = requests.get(columns.statement());
                if (request != null) {
                    request.result(columns.part()).columns();
                    request.named(columns.part(), columns.queryId());
                }
            }
            case RecordingEvent.Rows rows -> {
                var request = requests.get(rows.statement());
                if (request != null) {
                    request.result(rows.part()).rows(rows);
                }
            }
            case RecordingEvent.Fetched fetched -> {
                var request = requests.get(fetched.statement());
                // Of several results nobody knows whose part it was.
                if (request != null && request.results.size() == 1) {
                    request.results.values().forEach(result -> result.fetched(fetched));
                }
            }
            case RecordingEvent.Failed failed -> {
                var request = requests.get(failed.statement());
                if (request != null) {
                    request.failed = failed;
                }
            }
            default -> heldEvents.recorded(recorded.event());
        }
    }

    /// It waited for people while the session was remembered: its request stands before that.
    private static Request askedBefore(RecordingEvent.Sent sent) {
        var asked =
                new RecordingEvent.Asked(
                        sent.statement(),
                        sent.upstreamRequestId(),
                        sent.text(),
                        null,
                        false,
                        false);
        var request = new Request(asked);
        StatementSplitter.split(sent.text()).forEach(part -> request.texts.add(part.text()));
        return request;
    }

    private void sent(Request request, RecordingEvent.Sent sent, Instant at) {
        request.sent = at;
        request.tagged = sent.queryTag() != null;
        if (!request.asked.describeOnly()) {
            for (var text : request.texts) {
                state.sent(analyzer.analyze(new Statement(text, 0)), text);
            }
        }
    }

    /// Makes a repeat of any of these requests find what is known of the first.
    ///
    /// @param queries that Snowflake had named before the restart
    void restore(Runs runs, List<StoredQuery> queries, Recording recording) {
        if (memory != null) {
            Memory.restore(memory, runs);
        }
        var named = new LinkedHashMap<String, String>();
        queries.forEach(query -> named.put(query.requestId(), query.queryId()));
        for (var request : requests.values()) {
            if (!request.asked.describeOnly() && request.sent != null) {
                var id =
                        request.queryId == null
                                ? named.get(request.asked.requestId())
                                : request.queryId;
                var run = run(request, request.sent, id);
                interrupted(run, request, recording);
                run.aftermath(Aftermath.forgotten(request.expected));
                runs.restore(run);
            }
        }
        for (var query : queries) {
            if (query.part() > 1 || runs.ofQuery(query.queryId()).isEmpty()) {
                var child = child(query);
                interrupted(child, requests.get(query.statement()), recording);
                child.aftermath(Aftermath.forgotten(expected(query)));
                runs.restore(child);
            }
        }
    }

    /// Of one statement of a request: none, when it is not known.
    private List<Expectation> expected(StoredQuery query) {
        var request = requests.get(query.statement());
        var all = request == null ? Memory.expected(memory, query.statement()) : request.expected;
        return query.part() >= 1 && query.part() <= all.size()
                ? List.of(all.get(query.part() - 1))
                : List.of();
    }

    private static void interrupted(
            StatementRun run, @Nullable Request request, Recording recording) {
        if (request == null || request.failed != null) {
            return;
        }
        var before = request.results.get(run.part());
        if (before != null) {
            run.resumed(before, new ResultRecord(recording, run.number(), run.part(), before));
        } else if (request.ended.contains(run.part())) {
            run.result(ResultRecord.ended(recording, run.number(), run.part()));
        }
    }

    private static StatementRun run(Request request, Instant sent, @Nullable String queryId) {
        StatementRun.State state;
        if (request.failed != null) {
            var failed = request.failed;
            var error = new SnowflakeError(failed.code(), failed.sqlState(), failed.message());
            state = new StatementRun.State.Ready(SnowflakeReply.of(error, failed.queryId()));
        } else if (queryId != null && !queryId.isEmpty()) {
            state = new StatementRun.State.Elsewhere(queryId);
        } else {
            state = new StatementRun.State.Sent(sent, request.tagged);
        }
        var asked = request.asked;
        var run =
                new StatementRun(
                        asked.requestId(),
                        asked.statement(),
                        1,
                        asked.text(),
                        asked.async(),
                        queryId == null ? asked.requestId() : queryId,
                        state,
                        System.nanoTime());
        if (queryId != null && !queryId.isEmpty()) {
            run.queryId(queryId);
        }
        return run;
    }

    private static StatementRun child(StoredQuery query) {
        var run =
                new StatementRun(
                        query.requestId(),
                        query.statement(),
                        query.part(),
                        "",
                        false,
                        query.queryId(),
                        new StatementRun.State.Elsewhere(query.queryId()),
                        System.nanoTime());
        run.queryId(query.queryId());
        return run;
    }
}
