package dev.sfguard.gateway.proxy;

import java.io.OutputStream;

/// Stands in for a client where a statement goes on while nobody asks for it. What it is given is
/// gone; a client that comes later asks for the result by the statement's id.
enum NoClient implements ClientReply {
    NOBODY;

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
        return new HeldOutput(OutputStream::nullOutputStream);
    }

    @Override
    public HeldOutput stream(String type, int kept) {
        return new HeldOutput(OutputStream::nullOutputStream, kept);
    }

    @Override
    public void done(HeldOutput output) throws ClientGone {
        output.release();
    }

    @Override
    public void cut(Throwable why) {}
}
