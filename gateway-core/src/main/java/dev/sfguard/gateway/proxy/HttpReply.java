package dev.sfguard.gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An answer of the upstream. Closing it gives the connection back when the body was read to its
/// end, and ends it otherwise.
///
/// @param headers by lower-case name
/// @param body decoded: neither chunked nor gzip any more
record HttpReply(int status, Map<String, String> headers, InputStream body)
        implements AutoCloseable {

    HttpReply {
        headers = Map.copyOf(headers);
    }

    @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public void close() throws IOException {
        body.close();
    }
}
