package dev.sfguard.gateway.proxy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/// The answer to an HTTP request.
final class HttpClientReply implements ClientReply {

    private final Response response;
    private final Callback callback;
    private final String origin;

    /// Of what is streamed.
    private String type = "application/json";

    private boolean packed;
    private @Nullable HeldOutput streamed;

    /// @param origin scheme and authority by which the client reached us, for addresses of ours
    HttpClientReply(Response response, Callback callback, String origin) {
        this.response = response;
        this.callback = callback;
        this.origin = origin;
        response.getHeaders().put("Cache-Control", "no-store");
    }

    @Override
    public String origin() {
        return origin;
    }

    @Override
    public void json(byte[] json) {
        send(200, "application/json", json);
    }

    @Override
    public void text(int status, String text) {
        send(status, "text/plain", (text + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void send(int status, String type, byte[] body) {
        // What was handed over to be sent may be on its way already.
        if (response.isCommitted() || (streamed != null && streamed.started())) {
            cut(new IOException("it had begun when it failed"));
            return;
        }
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }

    @Override
    public ClientReply last() {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        return this;
    }

    @Override
    public HeldOutput stream(String type) {
        return stream(type, HeldOutput.KEPT);
    }

    @Override
    public HeldOutput stream(String type, int kept) {
        this.type = type;
        var output = new HeldOutput(() -> open(type), kept);
        streamed = output;
        return output;
    }

    @Override
    public HeldOutput packedStream(String type) {
        packed = true;
        return stream(type);
    }

    @Override
    public boolean takesGzip() {
        return response.getRequest().getHeaders().getQualityCSV(HttpHeader.ACCEPT_ENCODING).stream()
                .anyMatch(encoding -> encoding.equalsIgnoreCase("gzip"));
    }

    private void tellPacking() {
        if (packed) {
            response.getHeaders().put(HttpHeader.CONTENT_ENCODING, "gzip");
        }
    }

    private OutputStream open(String type) {
        response.setStatus(200);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
        tellPacking();
        return Content.Sink.asOutputStream(response);
    }

    @Override
    public void done(HeldOutput output) throws ClientGone {
        if (!output.started()) {
            tellPacking();
            send(200, type, output.whole());
        } else {
            output.release();
            callback.succeeded();
        }
    }

    @Override
    public void cut(Throwable why) {
        abandon();
        callback.failed(new IOException("the reply is cut: " + why.getMessage()));
    }

    @Override
    public void abandon() {
        if (streamed != null) {
            streamed.abandon();
        }
    }
}
