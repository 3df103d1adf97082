package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.RowScanner;
import java.io.IOException;
import java.net.URI;

/// Serves a part of a large result: fetched from where Snowflake put it, recorded as it streams,
/// with one batch of rows in memory.
final class ChunkFlow {

    private final ProxySettings settings;

    ChunkFlow(ProxySettings settings) {
        this.settings = settings;
    }

    void serve(Session session, ChunkedResult result, int part, ClientReply client) {
        result.run().touch(System.nanoTime());
        // The way to the part is opened before its turn: the wait for one covers the wait for the
        // other.
        try (var reply =
                session.upstream()
                        .upstream()
                        .part(
                                URI.create(result.body().parts().get(part).url()),
                                result.body().headers())) {
            result.begin(part, settings.turn());
            try {
                result.fetching(part);
                stream(session, result, part, reply, client);
            } finally {
                result.end(part);
            }
        } catch (UpstreamFault fault) {
            client.text(503, "sfguard: " + fault.what());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            client.text(503, "sfguard: the gateway is stopping");
        } catch (IOException e) {
            client.cut(e);
        }
    }

    private static void stream(
            Session session, ChunkedResult result, int part, HttpReply reply, ClientReply client)
            throws IOException {
        var held = client.stream("application/octet-stream");
        var passed = new PartRows(result, part, held);
        new RowScanner(
                        (count, rows, offset, length) -> {
                            SessionKilled.check(session);
                            passed.rows(count, rows, offset, length);
                        })
                .scan(reply.body());
        long expected = result.body().parts().get(part).upstreamRows();
        if (passed.count() != expected) {
            throw new IOException(
                    "a part has " + passed.count() + " rows, and was said to have " + expected);
        }
        ended(session, result, part, held.written());
        client.done(held);
    }

    private static void ended(Session session, ChunkedResult result, int part, long bytes)
            throws RecordingFailed {
        var run = result.run();
        session.recording()
                .append(new RecordingEvent.Fetched(run.number(), "part " + (part + 1), bytes));
        if (result.delivered(part)) {
            result.record().end(run.id(), run.totalMicros(System.nanoTime()), run.upstreamMicros());
        }
        session.recording().commit();
    }
}
