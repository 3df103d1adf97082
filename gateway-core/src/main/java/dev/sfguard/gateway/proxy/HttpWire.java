package dev.sfguard.gateway.proxy;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;

/// One kept connection to the upstream.
final class HttpWire {

    /// A line of a response's head; a presigned redirect is the longest that is seen.
    private static final int LONGEST_LINE = 16_384;

    private final Socket socket;
    private final BufferedInputStream in;
    private final OutputStream out;
    private final BiConsumer<HttpWire, Boolean> whenFree;
    private long idleSince;
    private boolean last;

    /// @param whenFree told the wire, and whether it can serve again
    HttpWire(Socket socket, BiConsumer<HttpWire, Boolean> whenFree) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream(), 16_384);
        this.out = socket.getOutputStream();
        this.whenFree = whenFree;
    }

    InputStream in() {
        return in;
    }

    OutputStream out() {
        return out;
    }

    void timeout(int millis) throws IOException {
        socket.setSoTimeout(millis);
    }

    String line() throws IOException {
        var line = new StringBuilder(80);
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("the connection ended within a response's head");
            }
            if (b == '\n') {
                int last = line.length() - 1;
                if (last >= 0 && line.charAt(last) == '\r') {
                    line.setLength(last);
                }
                return line.toString();
            }
            if (line.length() == LONGEST_LINE) {
                throw new IOException("a line of the response's head is too long");
            }
            line.append((char) b);
        }
    }

    void write(byte[] head, byte[] body) throws IOException {
        // One write for small requests: one packet, and one look at the socket.
        if (body.length <= 8192) {
            var both = new byte[head.length + body.length];
            System.arraycopy(head, 0, both, 0, head.length);
            System.arraycopy(body, 0, both, head.length, body.length);
            out.write(both);
        } else {
            out.write(head);
            out.write(body);
        }
        out.flush();
    }

    void idle(long now) {
        idleSince = now;
    }

    /// Whether the server has not ended the connection while it lay here.
    ///
    /// @param now in milliseconds, as given to {@link #idle}
    boolean usable(long now, long longestIdle) {
        long idle = now - idleSince;
        if (idle > longestIdle || socket.isClosed()) {
            return false;
        }
        // A busy connection is not asked: the look costs a millisecond.
        return idle < 1000 || quiet();
    }

    private boolean quiet() {
        try {
            socket.setSoTimeout(1);
            in.read();
            // Neither an end nor unasked bytes make a connection to trust.
            return false;
        } catch (SocketTimeoutException _) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    /// The server will end the connection after this answer.
    void endAfterThis() {
        last = true;
    }

    void release(boolean reusable) {
        whenFree.accept(this, reusable && !last);
    }

    void close() {
        try {
            socket.close();
        } catch (IOException _) {
            // It is gone either way.
        }
    }

    static byte[] ascii(String head) {
        return head.getBytes(StandardCharsets.ISO_8859_1);
    }
}
