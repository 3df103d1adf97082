package dev.sfguard.gateway.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// HTTP/1.1 to Snowflake over kept connections, blocking, made for virtual threads.
///
/// It is our own and not the JDK's client for one reason: it knows whether a request's first byte
/// left. Between "nothing was sent" and "it may have run" lies the whole of at-most-once, and the
/// JDK's client does not tell them apart. It never sends anything twice and follows no redirect.
final class UpstreamHttp implements AutoCloseable {

    /// Below the idle limits of Snowflake's load balancers, so that they do not end it first.
    private static final long LONGEST_IDLE_MILLIS = 20_000;

    private static final int MOST_HEADERS = 200;

    private static final Pattern LOOPBACK = Pattern.compile("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");

    private record Origin(boolean tls, String host, int port) {}

    private final Map<Origin, ConcurrentLinkedDeque<HttpWire>> idle = new ConcurrentHashMap<>();
    private final Duration connectTimeout;
    private volatile boolean closed;

    UpstreamHttp(Duration connectTimeout) {
        this.connectTimeout = connectTimeout;
    }

    /// @throws IllegalArgumentException unless it is https, or http to this machine
    static void check(URI url) {
        var host = url.getHost();
        if (host == null) {
            throw new IllegalArgumentException("no host in " + url);
        }
        if ("https".equalsIgnoreCase(url.getScheme())) {
            return;
        }
        if (!"http".equalsIgnoreCase(url.getScheme()) || !isLoopback(host)) {
            throw new IllegalArgumentException(
                    url + ": only https:// goes to another machine, http:// stays on loopback");
        }
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("[::1]") || LOOPBACK.matcher(host).matches();
    }

    /// Sends one request and returns when the response's head is here.
    ///
    /// @param readTimeout the longest silence of the server
    /// @throws UpstreamFault.NotSent when no byte left
    /// @throws UpstreamFault.Unknown when some may have arrived
    HttpReply send(
            String method,
            URI uri,
            Map<String, String> headers,
            byte @Nullable [] body,
            Duration readTimeout)
            throws UpstreamFault {
        try {
            check(uri);
        } catch (IllegalArgumentException e) {
            throw new UpstreamFault.NotSent(String.valueOf(e.getMessage()), e);
        }
        var origin = origin(uri);
        var wire = take(origin);
        try {
            wire.timeout(Math.toIntExact(readTimeout.toMillis()));
            wire.write(head(method, uri, headers, body), body == null ? new byte[0] : body);
            return receive(wire);
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw new UpstreamFault.Unknown(
                    "the connection to " + origin.host() + " broke: " + e.getMessage(), e);
        }
    }

    private static Origin origin(URI uri) {
        boolean tls = "https".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        return new Origin(tls, uri.getHost(), port);
    }

    private HttpWire take(Origin origin) throws UpstreamFault {
        var kept = idle.computeIfAbsent(origin, _ -> new ConcurrentLinkedDeque<>());
        HttpWire wire;
        while ((wire = kept.pollLast()) != null) {
            if (wire.usable(millis(), LONGEST_IDLE_MILLIS)) {
                return wire;
            }
            wire.close();
        }
        return connect(origin, kept);
    }

    private HttpWire connect(Origin origin, ConcurrentLinkedDeque<HttpWire> kept)
            throws UpstreamFault {
        var socket = new Socket();
        try {
            var name = origin.host().replace("[", "").replace("]", "");
            var address = new InetSocketAddress(InetAddress.getByName(name), origin.port());
            socket.setTcpNoDelay(true);
            socket.connect(address, Math.toIntExact(connectTimeout.toMillis()));
            var secured = origin.tls() ? secure(socket, name, origin.port()) : socket;
            return new HttpWire(
                    secured,
                    (wire, reusable) -> {
                        if (reusable && !closed) {
                            wire.idle(millis());
                            kept.addLast(wire);
                        } else {
                            wire.close();
                        }
                    });
        } catch (IOException e) {
            closeQuietly(socket);
            var why =
                    e instanceof UnknownHostException
                            ? "the name does not resolve"
                            : e.getMessage();
            throw new UpstreamFault.NotSent(
                    "cannot reach " + origin.host() + ":" + origin.port() + ": " + why, e);
        }
    }

    private Socket secure(Socket plain, String host, int port) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var secured = (SSLSocket) factory.createSocket(plain, host, port, true);
        var parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(Math.toIntExact(connectTimeout.toMillis()));
        secured.startHandshake();
        return secured;
    }

    private static byte[] head(
            String method, URI uri, Map<String, String> headers, byte @Nullable [] body) {
        var head = new StringBuilder(512);
        var path = uri.getRawPath();
        head.append(method).append(' ').append(path.isEmpty() ? "/" : path);
        if (uri.getRawQuery() != null) {
            head.append('?').append(uri.getRawQuery());
        }
        head.append(" HTTP/1.1\r\nHost: ").append(uri.getRawAuthority()).append("\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(safe(value)).append("\r\n"));
        head.append("Accept-Encoding: gzip\r\n");
        if (body != null) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        return HttpWire.ascii(head.append("\r\n").toString());
    }

    private static String safe(String value) {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a header value with a line break");
        }
        return value;
    }

    private static HttpReply receive(HttpWire wire) throws IOException {
        var status = wire.line();
        // "HTTP/1.1 200 OK"; an interim 100 is followed by the real one.
        while (status.startsWith("HTTP/1.1 1")) {
            while (!wire.line().isEmpty()) {}
            status = wire.line();
        }
        if (!status.startsWith("HTTP/1.") || status.length() < 12) {
            throw new IOException("the answer is not HTTP/1.1");
        }
        int code = Integer.parseInt(status.substring(9, 12));
        var headers = headers(wire);
        var body = body(wire, code, headers);
        return "gzip".equalsIgnoreCase(headers.get("content-encoding"))
                ? HttpReply.gzipped(code, headers, body)
                : HttpReply.plain(code, headers, body);
    }

    private static Map<String, String> headers(HttpWire wire) throws IOException {
        var headers = new HashMap<String, String>();
        for (int i = 0; i < MOST_HEADERS; i++) {
            var line = wire.line();
            if (line.isEmpty()) {
                return headers;
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        throw new IOException("the answer has too many headers");
    }

    private static InputStream body(HttpWire wire, int code, Map<String, String> headers)
            throws IOException {
        boolean ends = "close".equalsIgnoreCase(headers.get("connection"));
        boolean chunked = "chunked".equalsIgnoreCase(headers.get("transfer-encoding"));
        var declared = headers.get("content-length");
        boolean empty = code == 204 || code == 304;
        if (!chunked && declared == null && !empty) {
            // Framed by the connection's end, an answer that was cut looks like one that is whole.
            throw new IOException("the answer does not say where it ends");
        }
        if (ends) {
            wire.endAfterThis();
        }
        return new HttpBody(
                wire, chunked ? -1 : empty ? 0 : Long.parseLong(String.valueOf(declared)));
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException _) {
            // It was never open.
        }
    }

    private static long millis() {
        return System.nanoTime() / 1_000_000;
    }

    @Override
    public void close() {
        closed = true;
        idle.values().forEach(wires -> wires.forEach(HttpWire::close));
        idle.clear();
    }
}
