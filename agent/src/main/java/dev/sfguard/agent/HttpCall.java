package dev.sfguard.agent;

import dev.sfguard.agent.forward.Wire;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One HTTP/1.1 request and its response over a wire of its own (RFC 9112). The JDK's client speaks
/// to TCP ports only.
final class HttpCall {
    /// A gateway's response heads have some hundred bytes.
    private static final int LONGEST_HEAD = 64 * 1024;

    /// @param body ends where the response does; a response that is cut off throws
    ///     {@link EOFException}
    record Response(int status, InputStream body) {}

    private HttpCall() {}

    static Response send(Wire wire, String method, String path, Optional<byte[]> body)
            throws IOException {
        var head =
                new StringBuilder(method)
                        .append(' ')
                        .append(path)
                        .append(" HTTP/1.1\r\nHost: api\r\nConnection: close\r\n")
                        .append("Accept: application/json\r\n");
        body.ifPresent(
                bytes ->
                        head.append("Content-Type: application/json\r\nContent-Length: ")
                                .append(bytes.length)
                                .append("\r\n"));
        head.append("\r\n");
        var out = wire.out();
        var all = new ByteArrayOutputStream();
        all.writeBytes(head.toString().getBytes(StandardCharsets.US_ASCII));
        body.ifPresent(all::writeBytes);
        out.write(all.toByteArray());
        out.flush();
        return receive(wire.in());
    }

    private static Response receive(InputStream in) throws IOException {
        int left = LONGEST_HEAD;
        while (true) {
            String statusLine = line(in, left);
            int status = status(statusLine);
            var headers = new HashMap<String, String>();
            left -= statusLine.length();
            for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
                left -= line.length();
                int colon = line.indexOf(':');
                if (colon < 1) {
                    throw new IOException("the response has a malformed header");
                }
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
            // 1xx responses come before the real one.
            if (status >= 200) {
                return new Response(status, body(status, headers, in));
            }
        }
    }

    private static int status(String line) throws IOException {
        if (!line.matches("HTTP/1\\.[01] [1-5][0-9]{2}( .*)?")) {
            throw new IOException("the response is not HTTP/1.1");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private static InputStream body(int status, Map<String, String> headers, InputStream in)
            throws IOException {
        if (status == 204 || status == 304) {
            return InputStream.nullInputStream();
        }
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            return new HttpBody(in, 0, true);
        }
        String length = headers.get("content-length");
        if (length == null) {
            return in;
        }
        if (!length.matches("[0-9]{1,18}")) {
            throw new IOException("the response has a malformed length");
        }
        return new HttpBody(in, Long.parseLong(length), false);
    }

    /// A line without its end; bytes are read one by one, so `in` should be buffered.
    static String line(InputStream in, int longest) throws IOException {
        var line = new ByteArrayOutputStream();
        while (true) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the gateway closed the connection before it answered");
            }
            if (next == '\n') {
                String text = line.toString(StandardCharsets.ISO_8859_1);
                return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
            }
            if (line.size() >= longest) {
                throw new IOException("the response's head is too long");
            }
            line.write(next);
        }
    }
}
