package dev.sfguard.gateway.recording;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One thing that happened in a session, as it is kept: one JSON object a line. `statement` numbers
/// the requests of a session from 1; `part` numbers the statements of one request's text from 1.
public sealed interface RecordingEvent {

    /// The first event of a recording.
    ///
    /// @param group ties the logins of one pool together: identity, connection, tunnel and
    ///     application
    /// @param subject the identity's subject; `user` is what people read
    /// @param kind `human`, `agent` or `workload`
    record Opened(
            String session,
            String group,
            String user,
            String subject,
            String issuer,
            String kind,
            Set<String> groups,
            String application,
            String driver,
            String driverVersion,
            String connection,
            String role,
            String policyVersion)
            implements RecordingEvent {
        public Opened {
            groups = Set.copyOf(groups);
        }
    }

    /// What led to a statement, as the client tells it: a claim, not a proof.
    record Prompt(
            long statement,
            @Nullable String agent,
            @Nullable String model,
            @Nullable String toolCall,
            @Nullable String reason,
            @Nullable String text)
            implements RecordingEvent {}

    /// A request to run or describe SQL, before anything is decided. Text and binds are raw.
    record Asked(
            long statement,
            String requestId,
            String text,
            @Nullable JsonNode binds,
            boolean describeOnly,
            boolean async)
            implements RecordingEvent {}

    /// A describe that was let through; it executes nothing.
    record Described(long statement, @Nullable String queryId) implements RecordingEvent {}

    /// The policy's answer to one statement of the request's text.
    ///
    /// @param statementClass as in a policy, or `OPAQUE`
    /// @param why set for an opaque statement
    /// @param verdict `allow`, `approve` (a person must say yes first) or `block`
    /// @param masks columns that are masked in it, `DATABASE.SCHEMA.TABLE.COLUMN`, by the mask's
    ///     name; under an empty name where an older recording does not tell it
    /// @param result what that means for the columns of its result
    record Decided(
            long statement,
            int part,
            String text,
            String statementClass,
            Set<String> effects,
            @Nullable String why,
            String verdict,
            String rule,
            @Nullable String message,
            String policyVersion,
            Map<String, Set<String>> masks,
            Provenance result)
            implements RecordingEvent {
        public static final String BLOCK = "block";
        public static final String APPROVE = "approve";

        public Decided {
            effects = Set.copyOf(effects);
            masks = copy(masks);
        }

        private static Map<String, Set<String>> copy(Map<String, Set<String>> masks) {
            var copy = new TreeMap<String, Set<String>>();
            masks.forEach((mask, columns) -> copy.put(mask, Set.copyOf(columns)));
            return Collections.unmodifiableMap(copy);
        }

        /// Columns that are masked in it, by whatever mask.
        public Set<String> masked() {
            var all = new TreeSet<String>();
            masks.values().forEach(all::addAll);
            return all;
        }

        /// With nothing masked.
        public Decided(
                long statement,
                int part,
                String text,
                String statementClass,
                Set<String> effects,
                @Nullable String why,
                String verdict,
                String rule,
                @Nullable String message,
                String policyVersion) {
            this(
                    statement,
                    part,
                    text,
                    statementClass,
                    effects,
                    why,
                    verdict,
                    rule,
                    message,
                    policyVersion,
                    Map.of(),
                    Provenance.NONE);
        }
    }

    /// A rule holds the statement: it waits for people.
    ///
    /// @param request what they answer to
    /// @param groups of whom somebody must say yes
    record Held(long statement, String request, String rule, Set<String> groups, Instant expires)
            implements RecordingEvent {
        public Held {
            groups = Set.copyOf(groups);
        }
    }

    /// One person's yes.
    ///
    /// @param by as people read it; `subject` and `issuer` name the person for certain
    /// @param reason empty when none was given
    /// @param given when; it may have been recorded later
    /// @param decides whether no more is needed
    record Approved(
            long statement,
            String request,
            String by,
            String subject,
            String issuer,
            String reason,
            Instant given,
            boolean decides)
            implements RecordingEvent {}

    /// One person's no, which is enough.
    record Denied(
            long statement,
            String request,
            String by,
            String subject,
            String issuer,
            String reason,
            Instant given)
            implements RecordingEvent {}

    /// Nobody answered in time, or the client did not come for the answer.
    record Expired(long statement, String request) implements RecordingEvent {}

    /// The request is taken back and can never run.
    ///
    /// @param by whom or what: `client`, or the gateway with its reason
    record Withdrawn(long statement, String request, String by) implements RecordingEvent {}

    /// Durable before the bytes leave for Snowflake.
    record Sent(long statement, String text, String upstreamRequestId, @Nullable String queryTag)
            implements RecordingEvent {}

    record Columns(long statement, int part, String queryId, List<Column> columns)
            implements RecordingEvent {
        public Columns {
            columns = List.copyOf(columns);
        }
    }

    /// @param masks names of those that stand before it, in the statement
    /// @param certain false: they may stand before it, it cannot be told
    record Column(String name, String type, Set<String> masks, boolean certain) {
        public Column {
            masks = Set.copyOf(masks);
        }

        /// With nothing masked.
        public Column(String name, String type) {
            this(name, type, Set.of(), true);
        }
    }

    /// Rows as delivered. Past a statement's limit they are left out of the recording.
    ///
    /// @param first the number of the first of them in the result, from 0
    /// @param count how many
    /// @param json a JSON array of rows, each an array of texts and nulls: the bytes that the
    ///     client got
    /// The bytes are written once and never compared: a copy per batch would double a result's
    /// memory.
    @SuppressWarnings("ArrayRecordComponent")
    record Rows(long statement, int part, long first, int count, byte[] json)
            implements RecordingEvent {}

    /// A poll or a chunk left for the client, so that a reader's pause shows.
    record Fetched(long statement, String what, long bytes) implements RecordingEvent {}

    /// The answer to a statement that had been sent was lost, so the gateway asked Snowflake's
    /// query history what became of it.
    ///
    /// @param found `running`, `succeeded` or `failed`; `not found`; `not asked` when the question
    ///     itself failed or could not be put
    /// @param why set unless it was found
    record LookedUp(long statement, String found, @Nullable String queryId, @Nullable String why)
            implements RecordingEvent {}

    /// The result is whole. The last byte of the reply leaves after this is durable.
    ///
    /// @param rows delivered
    /// @param recordedRows of them in this recording; the recording itself puts in the right number
    /// @param sha256 of the delivered rows' bytes, in order, as hex; empty when the gateway was
    ///     restarted meanwhile: the lines' own chain vouches for the rows then
    /// @param masked what of it was masked
    /// @param totalMicros from the request's arrival to now
    /// @param upstreamMicros of it spent waiting for Snowflake
    /// @param cut set when a limit let no more rows pass
    record Ended(
            long statement,
            int part,
            String queryId,
            long rows,
            long recordedRows,
            long bytes,
            String sha256,
            CellCounts masked,
            long totalMicros,
            long upstreamMicros,
            @Nullable Cut cut)
            implements RecordingEvent {

        /// Of a result that is whole, and where nobody counted who masked.
        public Ended(
                long statement,
                int part,
                String queryId,
                long rows,
                long recordedRows,
                long bytes,
                String sha256,
                Map<String, Long> maskedCells,
                long totalMicros,
                long upstreamMicros) {
            this(
                    statement,
                    part,
                    queryId,
                    rows,
                    recordedRows,
                    bytes,
                    sha256,
                    new CellCounts(maskedCells, Map.of(), Map.of()),
                    totalMicros,
                    upstreamMicros,
                    null);
        }

        Ended withRecordedRows(long recorded) {
            return new Ended(
                    statement,
                    part,
                    queryId,
                    rows,
                    recorded,
                    bytes,
                    sha256,
                    masked,
                    totalMicros,
                    upstreamMicros,
                    cut);
        }
    }

    /// @param rows that could be had of the result
    /// @param limit by its name in the policy
    record Cut(long rows, String limit) {

        /// For people.
        public String note() {
            return "cut at %d rows by limit \"%s\"".formatted(rows, limit);
        }
    }

    /// Masked cells of a result.
    ///
    /// @param cells by column; one that two have masked counts once
    /// @param masks by column and the name of the mask that stood before it in the statement
    /// @param detectors by column and the detector that found something in them
    record CellCounts(
            Map<String, Long> cells,
            Map<String, Map<String, Long>> masks,
            Map<String, Map<String, Long>> detectors) {
        public CellCounts {
            cells = Collections.unmodifiableMap(new TreeMap<>(cells));
            masks = copy(masks);
            detectors = copy(detectors);
        }

        private static Map<String, Map<String, Long>> copy(Map<String, Map<String, Long>> counts) {
            var copy = new TreeMap<String, Map<String, Long>>();
            counts.forEach(
                    (column, of) ->
                            copy.put(column, Collections.unmodifiableMap(new TreeMap<>(of))));
            return Collections.unmodifiableMap(copy);
        }

        public long sum() {
            return cells.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /// A result was withheld: Snowflake says that one of its columns comes from where a mask should
    /// have stood, and none was put there.
    ///
    /// @param origin `DATABASE.SCHEMA.TABLE`
    /// @param mask its name; empty where the whole table was not expected
    /// @param message what the client was told
    record Alarm(
            long statement, int part, String column, String origin, String mask, String message)
            implements RecordingEvent {}

    /// @param code Snowflake's or ours (`098011`…)
    /// @param sqlState as in the error frame
    record Failed(
            long statement,
            @Nullable String queryId,
            String code,
            @Nullable String sqlState,
            String message,
            long totalMicros)
            implements RecordingEvent {}

    record Cancelled(long statement, String by) implements RecordingEvent {}

    /// The session's context after a USE, an ALTER SESSION or a reply that says it changed.
    record Context(
            long statement,
            @Nullable String database,
            @Nullable String schema,
            @Nullable String role,
            @Nullable String warehouse)
            implements RecordingEvent {}

    /// A request that is not let in: an unknown endpoint, a foreign id, a forged host.
    record Refused(String method, String path, String why) implements RecordingEvent {}

    /// A client came back after the gateway was restarted, or the upstream session was replaced.
    record Resumed(String why) implements RecordingEvent {}

    /// What the gateway needs to know of the session so far to go on with it after a restart, so
    /// that it need not read what came before. Nothing that happened; only the gateway reads it.
    record Remembered(JsonNode memory) implements RecordingEvent {}

    record Killed(String by, String reason) implements RecordingEvent {}

    record Closed(String why) implements RecordingEvent {}

    /// Only ever read: an event of a version that knows more than this one. It stays in the chain.
    record Unknown(String type) implements RecordingEvent {}
}
