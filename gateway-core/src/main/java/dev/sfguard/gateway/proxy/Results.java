package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.ReplyRewriter;
import dev.sfguard.gateway.snowflake.ResultBody;
import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.snowflake.RowAllowance;
import dev.sfguard.gateway.snowflake.RowAllowance.Cut;
import dev.sfguard.gateway.snowflake.RowFilter;
import dev.sfguard.gateway.snowflake.SnowflakeError;
import dev.sfguard.gateway.store.StoredResult;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/// Large results by the ids in their parts' addresses. One that a former process of the gateway
/// was serving is asked for again at Snowflake by its query's id, on the session that took the old
/// one's place: neither its addresses nor their keys are ever stored.
final class Results {

    /// What the address and ticket of a part lead to.
    sealed interface Found {
        record Here(Session session, ChunkedResult result) implements Found {}

        /// Not the caller's, or no such result, or its time is over.
        record Refused() implements Found {}

        /// It cannot be had now; later perhaps.
        record NotNow(String why) implements Found {}

        /// It was the caller's, and cannot be had any more.
        record Lost(String why) implements Found {}
    }

    /// Recorded before, and the client has the rows that stand in the reply: only what looks at
    /// those to come has to hear of the columns.
    private static final class SameResult implements ResultSink {
        private final Expectation expected;
        private List<Column> columns = List.of();

        SameResult(Expectation expected) {
            this.expected = expected;
        }

        @Override
        public void columns(List<Column> found) throws Unmasked {
            var alarm = expected.alarm(found);
            if (alarm.isPresent()) {
                throw new Unmasked(alarm.get());
            }
            columns = found;
        }

        @Override
        public void rows(int count, byte[] rows, int offset, int length) {}
    }

    private final Sessions sessions;
    private final Filters filters;
    private final Clock clock;
    private final ReentrantLock reviving = new ReentrantLock();

    Results(Sessions sessions, Filters filters, Clock clock) {
        this.sessions = sessions;
        this.filters = filters;
        this.clock = clock;
    }

    Found find(String id, int part, String ticket, Predicate<SessionFacts> belongs)
            throws IOException {
        var session = sessions.withResult(id);
        if (session.isPresent()) {
            var result = session.get().results().get(id);
            return result != null
                            && belongs.test(session.get().facts())
                            && admits(result, part, ticket)
                    ? new Found.Here(session.get(), result)
                    : new Found.Refused();
        }
        var stored = sessions.store().result(id);
        // Nothing is woken, and Snowflake is not asked, for a ticket that does not fit.
        if (stored.isEmpty() || !admits(stored.get(), ticket)) {
            return new Found.Refused();
        }
        if (sessions.facts(stored.get().session()).filter(belongs).isEmpty()) {
            return new Found.Refused();
        }
        return revive(stored.get(), part);
    }

    private boolean admits(ChunkedResult result, int part, String ticket) {
        return result.has(part)
                && result.admits(ticket)
                && clock.instant().isBefore(result.expires());
    }

    private boolean admits(StoredResult stored, String ticket) {
        return clock.instant().isBefore(stored.expires())
                && MessageDigest.isEqual(
                        stored.ticketHash().getBytes(StandardCharsets.US_ASCII),
                        Tokens.hash(ticket).getBytes(StandardCharsets.US_ASCII));
    }

    private Found revive(StoredResult stored, int part) throws IOException {
        try {
            return switch (sessions.byId(stored.session())) {
                case Sessions.Found.Live(var session) -> revive(session, stored, part);
                case Sessions.Found.Gone(var why) -> new Found.Lost(why);
                case Sessions.Found.Expired _, Sessions.Found.Unknown _ -> new Found.Refused();
            };
        } catch (UpstreamFault fault) {
            return new Found.NotNow(fault.what());
        }
    }

    private Found revive(Session session, StoredResult stored, int part) throws IOException {
        reviving.lock();
        try {
            var known = session.results().get(stored.id());
            if (known == null) {
                var run = session.runs().ofQuery(stored.queryId());
                if (run.isEmpty()) {
                    return lost(session, stored, 0, "its statement is no longer remembered");
                }
                filters.revive(session, run.get());
                var filter = run.get().filter();
                var cut = cut(stored);
                var same = new SameResult(run.get().aftermath().result());
                ResultBody body;
                try {
                    body = fetch(session, stored, same, filter, cut);
                } catch (Unmasked unmasked) {
                    unmasked.raise(session, run.get());
                    var lost = lost(session, stored, run.get().number(), unmasked.withheld());
                    // RESULT_SCAN would show it.
                    sessions.end(session, "a result had to be withheld");
                    return lost;
                }
                if (!(body instanceof ResultBody.Chunks chunks)
                        || !ChunkedResult.shape(chunks).equals(stored.shape())) {
                    return lost(
                            session,
                            stored,
                            run.get().number(),
                            "Snowflake no longer gives the same result for query "
                                    + stored.queryId());
                }
                known = resumed(session, stored, run.get(), same, filter, chunks);
                known.record().cut(cut);
                session.keep(known);
            }
            return known.has(part) ? new Found.Here(session, known) : new Found.Refused();
        } finally {
            reviving.unlock();
        }
    }

    /// What was granted before the restart, and counted.
    private static Optional<Cut> cut(StoredResult stored) {
        return Optional.ofNullable(stored.cutBy()).map(limit -> new Cut(stored.cutAt(), limit));
    }

    private static ResultBody fetch(
            Session session,
            StoredResult stored,
            SameResult same,
            RowFilter filter,
            Optional<Cut> cut)
            throws IOException {
        try (var reply = session.upstream().result(stored.queryId())) {
            return ReplyRewriter.copy(
                            reply.stream(),
                            OutputStream.nullOutputStream(),
                            same,
                            filter,
                            cut.map(RowQuota::cutBefore).orElse(RowAllowance.ALL),
                            _ -> new ReplyRewriter.Links("", "", ""))
                    .body();
        } catch (UpstreamFault | Unmasked told) {
            throw told;
        } catch (IOException broken) {
            throw new UpstreamFault.Unknown("Snowflake's answer breaks off", broken);
        }
    }

    private static ChunkedResult resumed(
            Session session,
            StoredResult stored,
            StatementRun run,
            SameResult same,
            RowFilter filter,
            ResultBody.Chunks chunks) {
        var record = run.result();
        if (record == null) {
            record = new ResultRecord(session.recording(), run.number(), run.part());
            run.result(record);
        }
        record.columns(run.aftermath().result().columns(same.columns));
        record.filteredBy(filter);
        var result =
                new ChunkedResult(
                        stored.id(),
                        stored.ticketHash(),
                        run,
                        record,
                        filter,
                        chunks,
                        stored.expires());
        var before = run.interrupted();
        if (before != null) {
            result.resume(before);
            record.delivered(result.delivered());
        }
        return result;
    }

    private Found lost(Session session, StoredResult stored, long statement, String why)
            throws IOException {
        var error = SnowflakeError.unreachable("the rest of the result cannot be had: " + why);
        sessions.store().drop(stored);
        session.recording()
                .append(
                        new RecordingEvent.Failed(
                                statement,
                                stored.queryId(),
                                error.code(),
                                error.sqlState(),
                                error.message(),
                                0));
        session.recording().commit();
        return new Found.Lost(why);
    }
}
