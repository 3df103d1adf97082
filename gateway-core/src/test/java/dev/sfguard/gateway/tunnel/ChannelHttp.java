package dev.sfguard.gateway.tunnel;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.util.net.SshdSocketAddress;

/// One HTTP/1.1 exchange over a channel of its own, as bytes.
final class ChannelHttp {
    private ChannelHttp() {}

    static ChannelDirectTcpip open(ClientSession session, String host, int port) throws Exception {
        var channel =
                session.createDirectTcpipChannel(
                        new SshdSocketAddress("127.0.0.1", 1), new SshdSocketAddress(host, port));
        channel.open().verify(TestGateway.WAIT);
        return channel;
    }

    static ChannelDirectTcpip get(ClientSession session, String host, int port, String path)
            throws Exception {
        var channel = open(session, host, port);
        send(channel, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        return channel;
    }

    static void send(ChannelDirectTcpip channel, String text) throws Exception {
        channel.getInvertedIn().write(text.getBytes(StandardCharsets.ISO_8859_1));
        channel.getInvertedIn().flush();
    }

    /// The body of a reply that ends with the connection.
    static byte[] body(ChannelDirectTcpip channel) throws Exception {
        skipHead(channel.getInvertedOut());
        var body = new ByteArrayOutputStream();
        channel.getInvertedOut().transferTo(body);
        return body.toByteArray();
    }

    static void skipHead(InputStream in) throws Exception {
        int matched = 0;
        while (matched < 4) {
            int c = in.read();
            if (c < 0) {
                throw new java.io.EOFException("no reply");
            }
            boolean wanted = c == (matched % 2 == 0 ? '\r' : '\n');
            matched = wanted ? matched + 1 : c == '\r' ? 1 : 0;
        }
    }

    static String text(ClientSession session, String host, int port, String path) throws Exception {
        return EchoHandler.utf8(body(get(session, host, port, path)));
    }
}
