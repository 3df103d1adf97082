package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.ReplyRewriter;
import dev.sfguard.gateway.snowflake.ResultBody;
import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.snowflake.RowAllowance.Cut;
import dev.sfguard.gateway.snowflake.RowFilter;
import dev.sfguard.gateway.snowflake.RowMemory;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.snowflake.SnowflakeReply;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoredQuery;
import dev.sfguard.gateway.store.StoredResult;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Brings one answer of Snowflake to the client, recording it on the way. The last byte leaves
/// after the end of the recording is durable.
final class Delivery {

    /// More than Snowflake ever puts into a reply itself.
    private static final int WHOLE = 32 << 20;

    static final String TICKET = "X-Sfguard-Ticket";

    /// As long as Snowflake's own presigned addresses live.
    private static final Duration TICKET_LIFE = Duration.ofHours(6);

    /// How an answer ended, for whoever keeps the session.
    enum Outcome {
        DELIVERED,
        /// The answer shows a role that the session must not have.
        WRONG_ROLE,
        /// The result is not for this client's eyes, and Snowflake keeps it for the session.
        WITHHELD,
        /// It broke off. Nothing is recorded of that yet, and the client's reply is not ended.
        BROKEN
    }

    private final Session session;
    private final StatementRun run;
    private final ClientReply client;
    private final Store store;
    private final Clock clock;
    private final Secret ticket = Tokens.fresh();
    private final String resultId = Tokens.name();
    private final ResultRecord record;
    private final RowFilter filter;
    private final RowQuota quota;
    private final HeldRows heldRows = new HeldRows(WHOLE / 2);
    private long position;
    private boolean passed;
    private IOException broken = new IOException("it did not break off");

    Delivery(Session session, StatementRun run, ClientReply client, Store store, Clock clock) {
        this.session = session;
        this.run = run;
        this.client = client;
        this.store = store;
        this.clock = clock;
        var known = run.result();
        this.record =
                known == null
                        ? new ResultRecord(session.recording(), run.number(), run.part())
                        : known;
        run.result(record);
        this.filter = run.filter();
        record.filteredBy(filter);
        this.quota = run.quota();
    }

    /// @param describe nothing was executed, so there is no result to record
    Outcome deliver(UpstreamReply reply, boolean describe) throws RecordingFailed {
        // What may still have to be taken back stays here whole: Snowflake puts no more into a
        // reply.
        var held =
                run.aftermath().masked() || quota.mayRefuse()
                        ? client.stream("application/json", WHOLE)
                        : client.stream("application/json");
        try {
            var summary =
                    ReplyRewriter.copy(
                            reply.stream(),
                            held,
                            new Sink(),
                            filter,
                            quota.allowance(),
                            _ -> links());
            return settle(summary, held, describe);
        } catch (ClientGone gone) {
            lost(gone);
            return Outcome.DELIVERED;
        } catch (Unmasked unmasked) {
            alarm(held, unmasked);
            return Outcome.WITHHELD;
        } catch (SessionKilled killed) {
            withhold(held, killed.error());
            return Outcome.DELIVERED;
        } catch (RowMemory.Exhausted full) {
            withhold(held, SnowflakeError.limit(String.valueOf(full.getMessage())));
            return Outcome.DELIVERED;
        } catch (RecordingFailed failed) {
            if (!held.started()) {
                throw failed;
            }
            if (run.queryId() != null) {
                Failure.owe(session, run, SnowflakeError.resultNotRecorded());
            }
            later();
            client.cut(failed);
            return Outcome.DELIVERED;
        } catch (IOException broken) {
            this.broken = broken;
            passed = held.started();
            return Outcome.BROKEN;
        }
    }

    private void alarm(HeldOutput held, Unmasked unmasked) throws RecordingFailed {
        try {
            unmasked.raise(session, run);
            refuse(held, SnowflakeError.blocked(unmasked.withheld()));
        } catch (RecordingFailed failed) {
            throw failed;
        } catch (IOException broken) {
            client.cut(broken);
        }
    }

    private void withhold(HeldOutput held, SnowflakeError error) throws RecordingFailed {
        try {
            refuse(held, error);
        } catch (RecordingFailed failed) {
            throw failed;
        } catch (IOException broken) {
            client.cut(broken);
        }
    }

    private ReplyRewriter.Links links() {
        return new ReplyRewriter.Links(
                client.origin() + "/chunks/" + resultId + "/", TICKET, ticket.reveal());
    }

    private Outcome settle(ReplyRewriter.Summary summary, HeldOutput held, boolean describe)
            throws IOException {
        if (summary.queryId() != null) {
            session.runs().named(run, summary.queryId());
        }
        SessionKilled.check(session);
        if (summary.inProgress()) {
            running(held);
            return Outcome.DELIVERED;
        }
        var actual = UpstreamSession.scopeOf(summary.context());
        var role = summary.context().getOrDefault("finalRoleName", "");
        session.upstream().runsOn(summary.context().get("finalWarehouseName"));
        if (run.isUnderWay()) {
            session.footing().landed(run, summary.success(), actual, role);
            if (!summary.success() && run.aftermath().inSteps()) {
                session.state().doubt();
            }
        }
        if (!summary.success()) {
            failed(summary, held);
            return Outcome.DELIVERED;
        }
        if (summary.body() instanceof ResultBody.Unreadable(var why)) {
            refuse(
                    held,
                    SnowflakeError.blocked(
                            why
                                    + ", and what the gateway cannot read does not pass. File"
                                    + " transfers (PUT, GET) do not go through sfguard."));
            return Outcome.DELIVERED;
        }
        if (!role.isEmpty() && !session.mayBe(role)) {
            refuse(
                    held,
                    SnowflakeError.sessionGone(
                            "Snowflake answered under the role "
                                    + role
                                    + " instead of "
                                    + session.facts().role()
                                    + ", so the session is ended. Connect again."));
            return Outcome.WRONG_ROLE;
        }
        if (elsewhere(actual)) {
            refuse(
                    held,
                    SnowflakeError.blocked(
                            "the present schema changed while the statement was on its way, so its"
                                    + " names may have meant other tables than those that were"
                                    + " masked; the session is ended. Connect again; statements that"
                                    + " run side by side in one session should not change the"
                                    + " schema."));
            return Outcome.WITHHELD;
        }
        var limit = quota.isLimited() ? quota.refusal() : Optional.<String>empty();
        if (limit.isPresent()) {
            refuse(held, SnowflakeError.limit(limit.get()));
            return Outcome.DELIVERED;
        }
        succeeded(summary, held, describe);
        return Outcome.DELIVERED;
    }

    /// Whether that is not where the decision was made for.
    private boolean elsewhere(Optional<NameScope> actual) {
        var aftermath = run.aftermath();
        return aftermath.masked()
                && aftermath.scope().isPresent()
                && actual.isPresent()
                && !actual.equals(aftermath.scope());
    }

    private void running(HeldOutput held) throws IOException {
        var queryId = run.id();
        remember(List.of(new StoredQuery(queryId, run.requestId(), run.number(), run.part())));
        session.recording()
                .append(
                        new RecordingEvent.Fetched(
                                run.number(), "still running " + queryId, held.written()));
        run.state(new StatementRun.State.Running(queryId));
        client.done(held);
    }

    private void failed(ReplyRewriter.Summary summary, HeldOutput held) throws IOException {
        if (!run.aftermath().maySay(String.valueOf(summary.message()))) {
            refuse(
                    held,
                    new SnowflakeError(
                            String.valueOf(summary.code()),
                            summary.sqlState(),
                            "sfguard: Snowflake answered error "
                                    + summary.code()
                                    + ". "
                                    + Aftermath.WITHHELD));
            return;
        }
        session.recording()
                .append(
                        new RecordingEvent.Failed(
                                run.number(),
                                summary.queryId(),
                                String.valueOf(summary.code()),
                                summary.sqlState(),
                                String.valueOf(summary.message()),
                                run.totalMicros(System.nanoTime())));
        record.failed();
        finish(held);
    }

    private void succeeded(ReplyRewriter.Summary summary, HeldOutput held, boolean describe)
            throws IOException {
        var queryId = summary.queryId() == null ? "" : summary.queryId();
        heldRows.release(record);
        granted(summary.body());
        children(summary.children());
        context(summary.context());
        if (describe) {
            session.recording().append(new RecordingEvent.Described(run.number(), queryId));
        } else if (summary.body() instanceof ResultBody.Chunks chunks) {
            record.flush(queryId);
            chunked(queryId, chunks);
        } else {
            record.end(queryId, run.totalMicros(System.nanoTime()), run.upstreamMicros());
        }
        finish(held);
    }

    private void granted(ResultBody body) throws IOException {
        quota.told();
        record.cut(quota.cut());
        switch (body) {
            case ResultBody.InlineRows(long rows) -> quota.fetching(0, rows);
            case ResultBody.Chunks chunks -> quota.fetching(0, chunks.inlineRows());
            case ResultBody.Unreadable _ -> {}
        }
    }

    private void chunked(String queryId, ResultBody.Chunks chunks) throws IOException {
        var expires = clock.instant().plus(TICKET_LIFE);
        var ticketHash = Tokens.hash(ticket.reveal());
        if (!queryId.isEmpty()) {
            store.keep(
                    new StoredResult(
                            resultId,
                            session.id(),
                            ticketHash,
                            queryId,
                            ChunkedResult.shape(chunks),
                            expires,
                            quota.cut().map(Cut::rows).orElse(-1L),
                            quota.cut().map(Cut::limit).orElse(null)),
                    clock.instant());
        }
        var result = new ChunkedResult(resultId, ticketHash, run, record, filter, chunks, expires);
        session.keep(result);
    }

    /// The results of several statements in one request are fetched one by one.
    private void children(List<String> ids) throws IOException {
        var stored = new ArrayList<StoredQuery>();
        for (int i = 0; i < ids.size(); i++) {
            var id = ids.get(i);
            var child =
                    new StatementRun(
                            run.requestId() + "/" + (i + 1),
                            run.number(),
                            i + 1,
                            "",
                            false,
                            id,
                            new StatementRun.State.Elsewhere(id),
                            System.nanoTime());
            child.queryId(id);
            child.filters(run.filters());
            child.quota(quota.ofPart(i));
            child.aftermath(run.aftermath().ofPart(i + 1));
            session.runs().restore(child);
            stored.add(new StoredQuery(id, child.requestId(), run.number(), i + 1));
        }
        if (!stored.isEmpty()) {
            remember(stored);
        }
    }

    private void remember(List<StoredQuery> queries) throws RecordingFailed {
        try {
            store.remember(session.id(), queries);
        } catch (IOException e) {
            throw new RecordingFailed("the store cannot be written", e);
        }
    }

    private void context(Map<String, String> context) throws RecordingFailed {
        if (session.moved(context)) {
            session.recording()
                    .append(
                            new RecordingEvent.Context(
                                    run.number(),
                                    named(context, "finalDatabaseName"),
                                    named(context, "finalSchemaName"),
                                    named(context, "finalRoleName"),
                                    named(context, "finalWarehouseName")));
        }
    }

    private static @Nullable String named(Map<String, String> context, String name) {
        var value = context.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    /// Makes all durable, keeps the reply for a repeat, and lets its last byte go.
    private void finish(HeldOutput held) throws IOException {
        session.recording().commit();
        if (held.started() || held.written() > HeldOutput.KEPT) {
            later();
        } else {
            session.runs().keep(run, held.whole());
        }
        try {
            client.done(held);
        } catch (ClientGone gone) {
            client.cut(gone);
        }
    }

    private void refuse(HeldOutput held, SnowflakeError error) throws IOException {
        recordFailure(error);
        session.recording().commit();
        var reply = SnowflakeReply.of(error, run.id());
        session.runs().keep(run, reply);
        if (held.started()) {
            client.cut(new IOException(error.message()));
        } else {
            client.json(reply);
        }
    }

    /// Whether bytes of an answer that broke off have left for the client.
    boolean passed() {
        return passed;
    }

    /// Why the answer broke off.
    IOException broken() {
        return broken;
    }

    private void recordFailure(SnowflakeError error) throws RecordingFailed {
        session.recording().append(Failure.event(run, error));
        record.failed();
    }

    /// The client is gone in the middle of a large reply: the rest waits at Snowflake.
    private void lost(ClientGone gone) {
        later();
        client.cut(gone);
    }

    private void later() {
        var id = run.queryId();
        if (id != null) {
            run.state(new StatementRun.State.Elsewhere(id));
        } else {
            var error =
                    SnowflakeError.outcomeUnknown(
                            "the reply was cut before Snowflake named the query, so its result"
                                    + " cannot be fetched again. The statement ran.");
            Failure.owe(session, run, error);
            record.failed();
            session.runs().keep(run, SnowflakeReply.of(error, run.id()));
        }
    }

    private final class Sink implements ResultSink {
        @Override
        public void columns(List<Column> columns) throws IOException {
            var expected = run.aftermath().result();
            var alarm = expected.alarm(columns);
            if (alarm.isPresent()) {
                throw new Unmasked(alarm.get());
            }
            record.columns(expected.columns(columns));
        }

        @Override
        public void rows(int count, byte[] rows, int offset, int length) throws IOException {
            SessionKilled.check(session);
            // A result that is fetched again is recorded once, as far as it had come.
            if (position + count > record.delivered()) {
                if (quota.mayRefuse()) {
                    if (heldRows.add(record, position, count, rows, offset, length)) {
                        quota.leaving();
                    }
                } else {
                    record.rows(position, count, rows, offset, length);
                }
            }
            position += count;
        }
    }
}
