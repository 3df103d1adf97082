package dev.sfguard.gateway.proxy;

import java.io.IOException;

/// The client's connection broke. What it asked for goes on: it may come back.
final class ClientGone extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGone(IOException cause) {
        super("the client's connection broke", cause);
    }
}
