package dev.sfguard.gateway.tunnel;

import dev.sfguard.gateway.identity.Caller;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// Says who asks (`/who`) and on what thread it runs (`/thread`), sends bytes (`/bytes?n`), hashes
/// what it gets (`/hash`).
final class EchoHandler extends Handler.Abstract {
    static final byte[] BLOCK = new byte[64 * 1024];

    static {
        new Random(1).nextBytes(BLOCK);
    }

    final AtomicInteger aborted = new AtomicInteger();

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPath();
        switch (path) {
            case "/who" -> Content.Sink.write(response, true, who(request), callback);
            case "/thread" -> {
                String kind = Thread.currentThread().isVirtual() ? "virtual" : "real";
                Content.Sink.write(response, true, kind, callback);
            }
            case "/bytes" -> bytes(request, response, callback);
            case "/hash" -> {
                var digest = MessageDigest.getInstance("SHA-256");
                try (var in = Content.Source.asInputStream(request)) {
                    byte[] buffer = new byte[65_536];
                    for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                        digest.update(buffer, 0, n);
                    }
                }
                String hash = HexFormat.of().formatHex(digest.digest());
                Content.Sink.write(response, true, hash, callback);
            }
            default -> Response.writeError(request, response, callback, 404);
        }
        return true;
    }

    private static String who(Request request) {
        var endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        return endPoint.getTransport() instanceof Caller caller
                ? "%s %s %s %s"
                        .formatted(
                                caller.identity().name(),
                                caller.identity().kind(),
                                caller.virtualHost(),
                                caller.isEnrolling() ? "enrolling" : "certified")
                : "nobody";
    }

    private void bytes(Request request, Response response, Callback callback) {
        long left = Long.parseLong(request.getHttpURI().getQuery());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, left);
        try (var out = Content.Sink.asOutputStream(response)) {
            while (left > 0) {
                int part = (int) Math.min(left, BLOCK.length);
                out.write(BLOCK, 0, part);
                left -= part;
            }
        } catch (IOException e) {
            aborted.incrementAndGet();
            callback.failed(e);
            return;
        }
        callback.succeeded();
    }

    static String hashOfBytes(long count) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (long left = count; left > 0; left -= BLOCK.length) {
            digest.update(BLOCK, 0, (int) Math.min(left, BLOCK.length));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static String utf8(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
