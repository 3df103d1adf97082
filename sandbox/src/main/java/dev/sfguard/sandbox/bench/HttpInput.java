package dev.sfguard.sandbox.bench;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// Reads HTTP/1.1 messages from one connection: just what both ends of a benchmark need, so that
/// the time measured is not ours.
final class HttpInput {
    /// A message's first line and its headers, names in lower case.
    record Head(String firstLine, Map<String, String> headers) {
        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /// Takes a body as it arrives.
    interface Sink {
        void take(byte[] buffer, int from, int length) throws IOException;
    }

    private static final int MAX_LINE = 16 * 1024;
    private static final int MAX_HEADERS = 100;

    /// Large enough that a big result is not read in crumbs.
    private static final int BUFFER = 64 * 1024;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int from;
    private int to;

    HttpInput(InputStream in) {
        this.in = in;
    }

    /// Reads the next message's head.
    ///
    /// @throws EOFException when the peer closed the connection before a first byte
    Head head() throws IOException {
        String firstLine = line();
        var headers = new HashMap<String, String>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon < 1 || headers.size() == MAX_HEADERS) {
                throw new IOException("malformed header");
            }
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Head(firstLine, headers);
    }

    /// Reads the body that belongs to the head.
    ///
    /// @return its length in bytes, without the framing
    long body(Head head, Sink sink) throws IOException {
        if (head.header("transfer-encoding").equalsIgnoreCase("chunked")) {
            return chunked(sink);
        }
        long length = number(head.headers().getOrDefault("content-length", "0"), 10);
        pass(length, sink);
        return length;
    }

    /// Reads a body into memory.
    ///
    /// @throws IOException when it is longer than `limit` bytes
    byte[] body(Head head, int limit) throws IOException {
        var collected =
                new Object() {
                    byte[] bytes = new byte[1024];
                    int length;
                };
        body(
                head,
                (bytes, start, length) -> {
                    if (collected.length + length > limit) {
                        throw new IOException("body longer than " + limit + " bytes");
                    }
                    if (collected.length + length > collected.bytes.length) {
                        collected.bytes =
                                Arrays.copyOf(collected.bytes, 2 * (collected.length + length));
                    }
                    System.arraycopy(bytes, start, collected.bytes, collected.length, length);
                    collected.length += length;
                });
        return Arrays.copyOf(collected.bytes, collected.length);
    }

    private long chunked(Sink sink) throws IOException {
        long total = 0;
        while (true) {
            String size = line();
            int semicolon = size.indexOf(';');
            long length = number((semicolon < 0 ? size : size.substring(0, semicolon)).strip(), 16);
            if (length == 0) {
                while (!line().isEmpty()) {
                    // Trailers say nothing to us.
                }
                return total;
            }
            pass(length, sink);
            total += length;
            if (!line().isEmpty()) {
                throw new IOException("malformed chunk");
            }
        }
    }

    private void pass(long length, Sink sink) throws IOException {
        long left = length;
        while (left > 0) {
            if (from == to) {
                fill();
            }
            int part = (int) Math.min(left, to - from);
            sink.take(buffer, from, part);
            from += part;
            left -= part;
        }
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        while (line.length() < MAX_LINE) {
            if (from == to) {
                fill();
            }
            int end = from;
            while (end < to && buffer[end] != '\n') {
                end++;
            }
            line.append(new String(buffer, from, end - from, StandardCharsets.ISO_8859_1));
            boolean whole = end < to;
            from = whole ? end + 1 : end;
            if (whole) {
                int length = line.length();
                boolean carriage = length > 0 && line.charAt(length - 1) == '\r';
                return carriage ? line.substring(0, length - 1) : line.toString();
            }
        }
        throw new IOException("line longer than " + MAX_LINE + " bytes");
    }

    private void fill() throws IOException {
        int read = in.read(buffer, 0, buffer.length);
        if (read < 0) {
            throw new EOFException("the peer closed the connection");
        }
        from = 0;
        to = read;
    }

    private static long number(String text, int radix) throws IOException {
        try {
            long number = Long.parseLong(text, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Answered below, as a negative one is.
        }
        throw new IOException("malformed length");
    }
}
