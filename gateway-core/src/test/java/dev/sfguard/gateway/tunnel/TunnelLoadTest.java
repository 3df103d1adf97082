package dev.sfguard.gateway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.channel.ChannelDirectTcpip;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The endpoint rests on inner parts of two libraries; these tests are to fail first when either
/// changes.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TunnelLoadTest {
    private TestGateway world;

    @BeforeEach
    void start() throws Exception {
        world = TestGateway.usual();
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    @Test
    void parallel_downloads_arrive_whole() throws Exception {
        String expected = EchoHandler.hashOfBytes(10_000_000);
        try (var session = world.certified();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var hashes = new ArrayList<java.util.concurrent.Future<String>>();
            for (int i = 0; i < 4; i++) {
                hashes.add(
                        threads.submit(
                                () -> {
                                    var channel =
                                            ChannelHttp.get(
                                                    session, "shop", 443, "/bytes?10000000");
                                    return hash(ChannelHttp.body(channel));
                                }));
            }
            for (var hash : hashes) {
                assertThat(hash.get()).isEqualTo(expected);
            }
        }
    }

    private static String hash(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void an_upload_past_the_window_arrives_whole() throws Exception {
        int length = 20_000_000;
        try (var session = world.certified()) {
            var channel = ChannelHttp.open(session, "shop", 443);
            String head = "POST /hash HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
            ChannelHttp.send(channel, head + "Content-Length: " + length + "\r\n\r\n");
            var out = channel.getInvertedIn();
            for (int left = length; left > 0; left -= EchoHandler.BLOCK.length) {
                out.write(EchoHandler.BLOCK, 0, Math.min(left, EchoHandler.BLOCK.length));
            }
            out.flush();
            assertThat(EchoHandler.utf8(ChannelHttp.body(channel)))
                    .isEqualTo(EchoHandler.hashOfBytes(length));
        }
    }

    @Test
    void a_client_that_ends_its_side_first_gets_the_whole_answer() throws Exception {
        try (var session = world.certified()) {
            var channel = ChannelHttp.get(session, "shop", 443, "/bytes?10000000");
            channel.getInvertedIn().close();
            assertThat(ChannelHttp.body(channel)).hasSize(10_000_000);
        }
    }

    /// Half a gigabyte waits for readers that do not read. In-memory pipes would hold all of it.
    @Test
    void readers_that_stall_cost_little_memory_and_hold_up_nobody() throws Exception {
        try (var session = world.certified()) {
            var stalled = new ArrayList<ChannelDirectTcpip>();
            long before = usedMemory();
            for (int i = 0; i < 4; i++) {
                stalled.add(ChannelHttp.get(session, "shop", 443, "/bytes?128000000"));
            }
            assertThat(ChannelHttp.text(session, "shop", 443, "/who")).contains("shop");
            for (var channel : stalled) {
                ChannelHttp.skipHead(channel.getInvertedOut());
            }
            assertThat(ChannelHttp.body(ChannelHttp.get(session, "shop", 443, "/bytes?20000000")))
                    .hasSize(20_000_000);
            // 4 windows of 2 MiB at the client, 4 writes of 256 KiB here, and the test's own 20 MB.
            assertThat(usedMemory() - before).isLessThan(100_000_000);
        }
    }

    private static long usedMemory() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @Test
    void connections_that_come_and_go_leave_nothing() throws Exception {
        try (var session = world.certified()) {
            for (int i = 0; i < 300; i++) {
                assertThat(ChannelHttp.text(session, "shop", 443, "/who")).contains("ana");
            }
        }
        Await.until("no endpoint is left", () -> world.connector.getConnectedEndPoints().isEmpty());
        Await.until("no session is left", () -> world.gateway.sessions() == 0);
        assertThat(world.handler.aborted.get()).isZero();
    }

    @Test
    void silent_connections_are_closed_and_limited_per_address() throws Exception {
        var limits = SshGatewaySettings.Limits.usual().withLogin(50, 5, Duration.ofSeconds(3));
        try (var small = new TestGateway(limits, Duration.ofMinutes(1))) {
            var silent = new ArrayList<Socket>();
            for (int i = 0; i < 12; i++) {
                silent.add(new Socket(InetAddress.getLoopbackAddress(), small.gateway.port()));
            }
            for (var socket : silent) {
                assertThat(endsByItself(socket)).isTrue();
            }
            Await.until("no session is left", () -> small.gateway.sessions() == 0);
            assertThat(ChannelHttp.text(small.certified(), "shop", 443, "/who")).contains("ana");
        }
    }

    private static boolean endsByItself(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        try (socket) {
            return socket.getInputStream().readAllBytes().length < 4_000;
        } catch (java.net.SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
