package dev.sfguard.gateway.tunnel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Plain OpenSSH with a certificate is a full agent, and can do nothing else.
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class OpenSshIT {
    @TempDir private Path folder;
    private TestGateway world;
    private String user = "";

    @BeforeEach
    void start() throws Exception {
        assumeThat(Path.of("/usr/bin/ssh")).as("OpenSSH's client is installed").exists();
        var limits =
                SshGatewaySettings.Limits.usual()
                        .withProbe(Duration.ofSeconds(1), Duration.ofSeconds(1));
        world = new TestGateway(limits, Duration.ofMinutes(10));
        run(List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file("id")), "");
        var issued =
                world.authority.issue(
                        TestGateway.ana(), Files.readString(folder.resolve("id.pub")));
        Files.writeString(folder.resolve("id-cert.pub"), issued.openSsh() + "\n");
        user = issued.user();
    }

    @AfterEach
    void stop() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private List<String> ssh(String... options) {
        var command =
                new ArrayList<>(
                        List.of(
                                "ssh",
                                "-F",
                                "none",
                                "-o",
                                "BatchMode=yes",
                                "-o",
                                "StrictHostKeyChecking=no",
                                "-o",
                                "UserKnownHostsFile=" + file("known"),
                                "-o",
                                "ExitOnForwardFailure=yes",
                                "-o",
                                "IdentitiesOnly=yes",
                                "-i",
                                file("id"),
                                "-o",
                                "CertificateFile=" + file("id-cert.pub"),
                                "-p",
                                Integer.toString(world.gateway.port()),
                                "-l",
                                user));
        command.addAll(List.of(options));
        return command;
    }

    private record Ended(int status, String output) {}

    /// Its output goes to a file: reading a pipe has no time-out, and a test must not hang.
    private Ended run(List<String> command, String input) throws Exception {
        var output = Files.createTempFile(folder, "output", ".txt");
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        try {
            process.getOutputStream().write(input.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).as(command.toString()).isTrue();
            return new Ended(process.exitValue(), Files.readString(output));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static Process start(List<String> command) throws IOException {
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Test
    void a_local_forward_carries_requests_and_a_large_result() throws Exception {
        int port = freePort();
        var process = start(ssh("-N", "-L", "127.0.0.1:" + port + ":shop:443", "127.0.0.1"));
        try (var http = HttpClient.newHttpClient()) {
            Await.until("the forward listens", () -> answers(port));
            var base = URI.create("http://127.0.0.1:" + port);
            var who = HttpRequest.newBuilder(base.resolve("/who")).build();
            assertThat(http.send(who, BodyHandlers.ofString()).body())
                    .isEqualTo("ana@shop.example HUMAN shop certified");
            var bytes = HttpRequest.newBuilder(base.resolve("/bytes?50000000")).build();
            var digest = java.security.MessageDigest.getInstance("SHA-256");
            digest.update(http.send(bytes, BodyHandlers.ofByteArray()).body());
            assertThat(java.util.HexFormat.of().formatHex(digest.digest()))
                    .isEqualTo(EchoHandler.hashOfBytes(50_000_000));
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_stream_to_one_connection_works() throws Exception {
        var ended =
                run(
                        ssh("-W", "shop:443", "127.0.0.1"),
                        "GET /who HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(ended.output()).contains("200 OK", "ana@shop.example HUMAN shop certified");
    }

    @Test
    void other_destinations_are_refused() throws Exception {
        for (var target : List.of("169.254.169.254:80", "shop:22", "127.0.0.1:443")) {
            var ended = run(ssh("-W", target, "127.0.0.1"), "");
            assertThat(ended.status()).as(target).isNotZero();
            assertThat(ended.output()).contains("administratively prohibited");
        }
    }

    @Test
    void remote_forwards_shells_commands_and_files_are_refused() throws Exception {
        assertThat(run(ssh("-N", "-R", "0:127.0.0.1:1", "127.0.0.1"), "").status()).isEqualTo(255);
        assertThat(run(ssh("-T", "127.0.0.1"), "").status()).isNotZero();
        var command = run(ssh("127.0.0.1", "id"), "");
        assertThat(command.status()).isNotZero();
        assertThat(command.output()).doesNotContain("uid=");
        assertThat(run(ssh("-s", "127.0.0.1", "sftp"), "").status()).isNotZero();
    }

    @Test
    void another_user_name_or_no_certificate_is_refused() throws Exception {
        String own = user;
        user = "root";
        assertThat(run(ssh("-N", "127.0.0.1"), "").output()).contains("Permission denied");
        user = own;
        Files.delete(folder.resolve("id-cert.pub"));
        assertThat(run(ssh("-N", "127.0.0.1"), "").output()).contains("Permission denied");
    }

    @Test
    void a_frozen_client_is_dropped_and_its_reply_ends() throws Exception {
        var process = start(ssh("-W", "shop:443", "127.0.0.1"));
        try {
            String request = "GET /bytes?1000000000 HTTP/1.1\r\nHost: localhost\r\n\r\n";
            process.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            process.getOutputStream().flush();
            assertThat(process.getInputStream().readNBytes(100_000)).hasSize(100_000);
            run(List.of("kill", "-STOP", Long.toString(process.pid())), "");
            Await.until("the session is dropped", () -> world.gateway.sessions() == 0);
            Await.until("the reply ends", () -> world.handler.aborted.get() == 1);
            assertThat(world.connector.getConnectedEndPoints()).isEmpty();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    @Test
    void a_killed_client_leaves_nothing_behind() throws Exception {
        var process = start(ssh("-W", "shop:443", "127.0.0.1"));
        String request = "GET /bytes?1000000000 HTTP/1.1\r\nHost: localhost\r\n\r\n";
        process.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
        assertThat(process.getInputStream().readNBytes(100_000)).hasSize(100_000);
        process.destroyForcibly().waitFor();
        Await.until("the session is dropped", () -> world.gateway.sessions() == 0);
        Await.until("no endpoint is left", () -> world.connector.getConnectedEndPoints().isEmpty());
        Await.until("the reply ends", () -> world.handler.aborted.get() > 0);
        assertThat(world.handler.aborted.get()).isEqualTo(1);
    }
}
