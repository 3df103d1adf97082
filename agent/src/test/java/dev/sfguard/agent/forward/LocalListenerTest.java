package dev.sfguard.agent.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.agent.AgentFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class LocalListenerTest {
    private static final LocalListener.Apology SORRY =
            failure ->
                    ("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n" + failure.getMessage())
                            .getBytes(StandardCharsets.US_ASCII);

    @Test
    void a_client_that_closes_its_side_still_gets_the_whole_answer() throws Exception {
        byte[] answer = new byte[5_000_000];
        new Random(7).nextBytes(answer);
        try (var far = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var listener = LocalListener.open(0, () -> wire(far.getLocalPort()), SORRY);
                var client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            client.getOutputStream().write("request".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            try (var peer = far.accept()) {
                assertThat(peer.getInputStream().readAllBytes()).asString().isEqualTo("request");
                peer.getOutputStream().write(answer);
            }
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
        }
    }

    @Test
    void a_far_end_that_closes_its_side_still_hears_the_client() throws Exception {
        try (var far = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var listener = LocalListener.open(0, () -> wire(far.getLocalPort()), SORRY);
                var client = new Socket(InetAddress.getLoopbackAddress(), listener.port());
                var peer = far.accept()) {
            peer.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            client.getOutputStream().write(42);
            client.shutdownOutput();
            assertThat(peer.getInputStream().read()).isEqualTo(42);
        }
    }

    @Test
    void a_taken_port_is_named() throws Exception {
        try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> LocalListener.open(other.getLocalPort(), () -> wire(1), SORRY))
                    .isInstanceOfSatisfying(
                            AgentFailure.PortInUse.class,
                            taken -> assertThat(taken.port()).isEqualTo(other.getLocalPort()));
        }
    }

    @Test
    void a_client_is_told_why_when_the_tunnel_is_down() throws Exception {
        try (var listener =
                        LocalListener.open(
                                0,
                                () -> {
                                    throw new IOException("down");
                                },
                                SORRY);
                var client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
            client.getOutputStream()
                    .write("POST / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes())
                    .asString()
                    .startsWith("HTTP/1.1 503")
                    .endsWith("down");
        }
    }

    @Test
    void closing_ends_what_runs() throws Exception {
        try (var far = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var listener = LocalListener.open(0, () -> wire(far.getLocalPort()), SORRY);
            try (var client = new Socket(InetAddress.getLoopbackAddress(), listener.port());
                    var peer = far.accept()) {
                client.getOutputStream().write(1);
                assertThat(peer.getInputStream().read()).isEqualTo(1);
                listener.close();
                assertThat(peer.getInputStream().read()).isEqualTo(-1);
            }
        }
    }

    private static Wire wire(int port) throws IOException {
        return new SocketWire(new Socket(InetAddress.getLoopbackAddress(), port));
    }
}
