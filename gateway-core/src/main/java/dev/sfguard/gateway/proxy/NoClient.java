package dev.sfguard.gateway.proxy;

import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// Stands in for a client where a statement goes on while nobody asks for it. What it is given is
/// gone; a client that comes later asks for the result by the statement's id.
final class NoClient implements ClientReply {

    private @Nullable HeldOutput streamed;

    @Override
    public String origin() {
        return "http://localhost";
    }

    @Override
    public void json(byte[] json) {}

    @Override
    public void text(int status, String text) {}

    @Override
    public ClientReply last() {
        return this;
    }

    @Override
    public HeldOutput stream(String type) {
        return stream(type, HeldOutput.KEPT);
    }

    @Override
    public HeldOutput stream(String type, int kept) {
        var output = new HeldOutput(OutputStream::nullOutputStream, kept);
        streamed = output;
        return output;
    }

    @Override
    public HeldOutput packedStream(String type) {
        return stream(type);
    }

    @Override
    public boolean takesGzip() {
        return false;
    }

    @Override
    public void done(HeldOutput output) throws ClientGone {
        output.release();
    }

    @Override
    public void cut(Throwable why) {
        abandon();
    }

    @Override
    public void abandon() {
        if (streamed != null) {
            streamed.abandon();
        }
    }
}
