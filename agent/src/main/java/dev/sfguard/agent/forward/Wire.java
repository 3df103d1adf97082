package dev.sfguard.agent.forward;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// A stream of bytes in each direction: a socket, or a channel of the tunnel.
public interface Wire extends AutoCloseable {

    InputStream in();

    OutputStream out();

    /// Says that no more bytes will be written; reading goes on.
    void endOutput() throws IOException;

    /// Ends both directions at once. Never throws.
    @Override
    void close();

    /// Opens a wire to the other end.
    @FunctionalInterface
    interface Opener {
        Wire open() throws IOException;
    }
}
