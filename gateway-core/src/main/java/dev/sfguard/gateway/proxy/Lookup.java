package dev.sfguard.gateway.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks Snowflake's query history what became of a statement whose answer was lost, by the tag
/// that it was sent with. It asks on a session of its own: the client's keeps its transaction and
/// its LAST_QUERY_ID.
final class Lookup {

    /// What the history says.
    sealed interface Outcome {

        record Found(String queryId, Status status) implements Outcome {}

        record NotFound() implements Outcome {}

        /// The question could not be put, or its answer could not be read.
        record NotAsked(String why) implements Outcome {}
    }

    enum Status {
        RUNNING("running"),
        SUCCEEDED("succeeded"),
        FAILED("failed");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        /// As the recording says it.
        String word() {
            return word;
        }
    }

    /// A statement that has just arrived may not stand in the history yet.
    private static final int TIMES = 5;

    /// The history answers within seconds; a warehouse may have to start for it.
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /// Around the time of sending, for statements that waited in the gateway or on the way.
    private static final Duration MARGIN = Duration.ofMinutes(10);

    /// The function looks at no more, however many the service user runs.
    private static final int STATEMENTS = 10_000;

    private static final int COMPARED = StatementRun.KEPT_TEXT;

    private final Sessions sessions;
    private final UpstreamSettings settings;
    private final Clock clock;

    Lookup(Sessions sessions, UpstreamSettings settings, Clock clock) {
        this.sessions = sessions;
        this.settings = settings;
        this.clock = clock;
    }

    Outcome find(Session session, StatementRun run, StatementRun.State.Sent sent) {
        if (!sent.tagged()) {
            return new Outcome.NotAsked(
                    "the statement shows the session's own tag, so it carried none of sfguard's to"
                            + " look it up by");
        }
        var upstream = sessions.upstream(session.facts().connection());
        if (upstream.isEmpty()) {
            return new Outcome.NotAsked(
                    "connection " + session.facts().connection() + " is no longer configured");
        }
        return often(upstream.get(), session, run, sent.at());
    }

    private Outcome often(Upstream upstream, Session session, StatementRun run, Instant sentAt) {
        var pause = settings.retryPause();
        UpstreamSession own = null;
        Outcome outcome = new Outcome.NotFound();
        try {
            for (int i = 0; i < TIMES && !(outcome instanceof Outcome.Found); i++) {
                if (i > 0) {
                    Pause.of(pause);
                    pause = pause.multipliedBy(2);
                }
                try {
                    own = own == null ? upstream.login(login(session, run)) : own;
                    outcome = once(own, session, run, sentAt);
                } catch (UpstreamFault fault) {
                    outcome = new Outcome.NotAsked(fault.what());
                }
            }
        } catch (UpstreamFault interrupted) {
            outcome = new Outcome.NotAsked(interrupted.what());
        } finally {
            if (own != null) {
                own.close();
            }
        }
        return outcome;
    }

    private Outcome once(UpstreamSession own, Session session, StatementRun run, Instant sentAt)
            throws UpstreamFault {
        var answer = ask(own, question("", session, run, sentAt));
        var database = own.upstream().connection().database();
        if (!answer.path("success").asBoolean() && database.isPresent()) {
            // Without a database of its own a session has no information schema either.
            var prefix = Upstream.identifier(database.get()) + ".";
            answer = ask(own, question(prefix, session, run, sentAt));
        }
        return read(answer, run.text());
    }

    private static UpstreamLogin login(Session session, StatementRun run) {
        var login = session.facts().login();
        var tag = "{\"sfguard\":{\"lookup\":\"" + session.id() + "/" + run.number() + "\"}}";
        return new UpstreamLogin(
                login.role(),
                login.warehouse(),
                login.database(),
                login.schema(),
                Map.of("QUERY_TAG", TextNode.valueOf(tag)),
                login.driver(),
                login.driverVersion(),
                login.application());
    }

    /// Its times are Snowflake's own, so that the two clocks need not agree.
    private String question(String database, Session session, StatementRun run, Instant sentAt) {
        var ago = Duration.between(sentAt, clock.instant()).plus(MARGIN);
        long seconds = Math.max(MARGIN.toSeconds(), ago.toSeconds());
        return "SELECT QUERY_ID, EXECUTION_STATUS, LEFT(QUERY_TEXT, "
                + COMPARED
                + ") AS STATEMENT FROM TABLE("
                + database
                + "INFORMATION_SCHEMA.QUERY_HISTORY_BY_USER(END_TIME_RANGE_START =>"
                + " DATEADD('second', -"
                + seconds
                + ", CURRENT_TIMESTAMP()), RESULT_LIMIT => "
                + STATEMENTS
                + ")) WHERE STARTSWITH(QUERY_TAG, '"
                + QueryTag.key(session.id(), run.number())
                + "') ORDER BY START_TIME LIMIT 100";
    }

    private static JsonNode ask(UpstreamSession session, String question) throws UpstreamFault {
        long end = System.nanoTime() + LONGEST.toNanos();
        var answer = session.run(question);
        while (answer.path("code").asText("").matches("33333[34]")) {
            if (System.nanoTime() > end) {
                throw new UpstreamFault.NotSent("Snowflake's query history does not answer");
            }
            answer = session.result(answer.path("data").path("queryId").asText("")).json();
        }
        return answer;
    }

    private static Outcome read(JsonNode answer, String text) {
        if (!answer.path("success").asBoolean()) {
            return new Outcome.NotAsked(
                    "Snowflake's query history says "
                            + answer.path("code").asText("?")
                            + ": "
                            + answer.path("message").asText());
        }
        var columns = new HashMap<String, Integer>();
        for (var column : answer.path("data").path("rowtype")) {
            columns.put(column.path("name").asText(), columns.size());
        }
        var id = columns.get("QUERY_ID");
        var status = columns.get("EXECUTION_STATUS");
        var statement = columns.get("STATEMENT");
        if (id == null || status == null || statement == null) {
            return new Outcome.NotAsked(
                    "Snowflake's query history has other columns than expected");
        }
        var found = new ArrayList<JsonNode>();
        answer.path("data").path("rowset").forEach(found::add);
        return whole(found, statement, text)
                .<Outcome>map(
                        row ->
                                new Outcome.Found(
                                        row.path(id).asText(), status(row.path(status).asText())))
                .orElseGet(Outcome.NotFound::new);
    }

    /// The request itself, among the statements that ran for it: those of a procedure and those of
    /// several in one request carry its tag too, and begin after it.
    private static Optional<JsonNode> whole(List<JsonNode> rows, int statement, String text) {
        if (rows.size() < 2) {
            return rows.stream().findFirst();
        }
        var asked = compared(text);
        return rows.stream()
                .filter(row -> compared(row.path(statement).asText()).equals(asked))
                .findFirst();
    }

    private static String compared(String text) {
        return text.substring(0, Math.min(text.length(), COMPARED)).strip();
    }

    private static Status status(@Nullable String word) {
        return switch (String.valueOf(word)) {
            case "SUCCESS" -> Status.SUCCEEDED;
            case "FAILED_WITH_ERROR", "FAILED_WITH_INCIDENT", "FAILED", "ABORTED" -> Status.FAILED;
            // Queued, blocked, resuming a warehouse: it has not ended, and is asked for again.
            default -> Status.RUNNING;
        };
    }
}
