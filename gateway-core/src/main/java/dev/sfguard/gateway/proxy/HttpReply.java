package dev.sfguard.gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// An answer of the upstream. Closing it gives the connection back when the body was read to its
/// end, and ends it otherwise.
///
/// @param headers by lower-case name
/// @param body decoded: neither chunked nor gzip any more
/// @param packed the same as it came, when it came gzipped; only one of the two may be read
record HttpReply(
        int status, Map<String, String> headers, InputStream body, Optional<InputStream> packed)
        implements AutoCloseable {

    HttpReply {
        headers = Map.copyOf(headers);
    }

    static HttpReply plain(int status, Map<String, String> headers, InputStream body) {
        return new HttpReply(status, headers, body, Optional.empty());
    }

    static HttpReply gzipped(int status, Map<String, String> headers, InputStream packed) {
        return new HttpReply(status, headers, new Unpacked(packed), Optional.of(packed));
    }

    @Nullable String header(String name) {
        return headers.get(name);
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    /// Begins to read when it is read: whoever wants the packed bytes finds them whole.
    private static final class Unpacked extends InputStream {
        private static final int BUFFER = 16_384;

        private final InputStream packed;
        private @Nullable InputStream plain;

        Unpacked(InputStream packed) {
            this.packed = packed;
        }

        private InputStream plain() throws IOException {
            var known = plain;
            if (known == null) {
                known = new GZIPInputStream(packed, BUFFER);
                plain = known;
            }
            return known;
        }

        @Override
        public int read() throws IOException {
            return plain().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return plain().read(target, offset, length);
        }

        @Override
        public void close() throws IOException {
            (plain == null ? packed : plain).close();
        }
    }
}
