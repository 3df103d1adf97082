package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.snowflake.RowFilter;
import dev.sfguard.gateway.snowflake.RowMemory;
import dev.sfguard.gateway.snowflake.RowScanner;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;

/// Serves a part of a large result: fetched from where Snowflake put it, recorded as it streams,
/// with one batch of rows in memory.
final class ChunkFlow {

    private static final String TYPE = "application/octet-stream";

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
        } catch (RowMemory.Exhausted full) {
            // Drivers ask for a part again after this.
            client.text(503, "sfguard: " + full.getMessage());
        } catch (IOException e) {
            client.cut(e);
        }
    }

    private static void stream(
            Session session, ChunkedResult result, int part, HttpReply reply, ClientReply client)
            throws IOException {
        var packed = reply.packed();
        boolean asItCame = packed.isPresent() && client.takesGzip() && isWhole(result, part);
        var held = asItCame ? client.packedStream(TYPE) : client.stream(TYPE);
        long rows =
                asItCame
                        ? passPacked(session, result, part, packed.orElseThrow(), held)
                        : pass(session, result, part, reply.body(), held);
        long expected = result.body().parts().get(part).upstreamRows();
        if (rows != expected) {
            throw new IOException("a part has " + rows + " rows, and was said to have " + expected);
        }
        ended(session, result, part, held.written());
        client.done(held);
    }

    /// Whether the client may have all of it, unchanged.
    private static boolean isWhole(ChunkedResult result, int part) {
        var body = result.body().parts().get(part);
        return result.filter().equals(RowFilter.NONE) && body.rows() == body.upstreamRows();
    }

    private static long pass(
            Session session, ChunkedResult result, int part, InputStream plain, HeldOutput held)
            throws IOException {
        var passed = new PartRows(result, part, held);
        new RowScanner(
                        (count, rows, offset, length) -> {
                            SessionKilled.check(session);
                            passed.rows(count, rows, offset, length);
                        })
                .scan(plain);
        return passed.count();
    }

    /// The client gets Snowflake's own bytes: unpacking them is needed for the recording alone.
    private static long passPacked(
            Session session, ChunkedResult result, int part, InputStream packed, HeldOutput held)
            throws IOException {
        var passed = new PartRows(result, part, OutputStream.nullOutputStream());
        try (var in = new PackedPart(packed, held)) {
            new RowScanner(
                            (count, rows, offset, length) -> {
                                SessionKilled.check(session);
                                boolean first = passed.count() == 0;
                                passed.rows(count, rows, offset, length);
                                in.recorded(first ? length : 1 + length);
                            })
                    .scan(in);
            in.release();
        }
        return passed.count();
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
