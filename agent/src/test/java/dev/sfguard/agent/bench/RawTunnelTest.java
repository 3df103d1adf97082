package dev.sfguard.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class RawTunnelTest {
    @TempDir Path folder;

    @Test
    @Timeout(value = 60, unit = TimeUnit.SECONDS)
    void bytes_pass_both_ways_unchanged_and_each_side_may_end_first() throws Exception {
        byte[] question = bytes(1, 3_000_001);
        byte[] answer = bytes(2, 5_000_003);
        try (var server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                var gateway = RawGateway.start(folder, server.getLocalPort());
                var listener = RawAgent.start(folder);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var heard =
                    threads.submit(
                            () -> {
                                try (var peer = server.accept()) {
                                    byte[] all = peer.getInputStream().readAllBytes();
                                    peer.getOutputStream().write(answer);
                                    return all;
                                }
                            });
            try (var client = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
                client.getOutputStream().write(question);
                client.shutdownOutput();
                assertThat(client.getInputStream().readAllBytes()).isEqualTo(answer);
            }
            assertThat(heard.get()).isEqualTo(question);
            assertThat(gateway.sessions()).isEqualTo(1);
        }
    }

    private static byte[] bytes(int seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}
