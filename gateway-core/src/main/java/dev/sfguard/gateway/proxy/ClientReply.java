package dev.sfguard.gateway.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// The one answer to one request. Exactly one of its methods ends it.
final class ClientReply {

    private final Response response;
    private final Callback callback;
    private final String origin;
    private @Nullable HeldOutput streamed;
    private boolean packed;

    /// @param origin scheme and authority by which the client reached us, for addresses of ours
    ClientReply(Response response, Callback callback, String origin) {
        this.response = response;
        this.callback = callback;
        this.origin = origin;
        response.getHeaders().put("Cache-Control", "no-store");
    }

    String origin() {
        return origin;
    }

    /// A whole reply of the protocol: HTTP 200, also for errors. It cuts one that has begun.
    void json(byte[] json) {
        send(200, "application/json", json);
    }

    void text(int status, String text) {
        send(status, "text/plain", (text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void send(int status, String type, byte[] body) {
        if (response.isCommitted()) {
            cut(new IOException("it had begun when it failed"));
            return;
        }
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    /// After this reply the connection ends: what else the client sends on it is not read.
    ClientReply last() {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        return this;
    }

    /// A reply that may grow large; {@link #done} or {@link #cut} must follow.
    HeldOutput stream(String type) {
        return streamed(new HeldOutput(() -> open(type)));
    }

    /// The same, of which more stays here until it is released.
    HeldOutput stream(String type, int kept) {
        return streamed(new HeldOutput(() -> open(type), kept));
    }

    /// The same of bytes that are gzip's already.
    HeldOutput packedStream(String type) {
        packed = true;
        return stream(type);
    }

    /// Whether the client reads gzip.
    boolean takesGzip() {
        return response.getRequest().getHeaders().getQualityCSV(HttpHeader.ACCEPT_ENCODING).stream()
                .anyMatch(encoding -> encoding.equalsIgnoreCase("gzip"));
    }

    private HeldOutput streamed(HeldOutput output) {
        streamed = output;
        return output;
    }

    private OutputStream open(String type) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        tellPacking();
        return Content.Sink.asOutputStream(response);
    }

    private void tellPacking() {
        if (packed) {
            response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
        }
    }

    /// Ends a streamed reply; a small one leaves with its length.
    void done(HeldOutput output) throws ClientGone {
        if (!output.started()) {
            tellPacking();
            json(output.whole());
        } else {
            output.release();
            callback.succeeded();
        }
    }

    /// Breaks the connection, so that what was sent is not taken for a whole reply.
    void cut(Throwable why) {
        abandon();
        callback.failed(new IOException("the reply is cut: " + why.getMessage()));
    }

    /// Ends the sending of a streamed reply, wherever it is; does nothing after {@link #done}.
    void abandon() {
        if (streamed != null) {
            streamed.abandon();
        }
    }
}
