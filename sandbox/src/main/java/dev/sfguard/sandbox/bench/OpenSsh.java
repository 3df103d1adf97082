package dev.sfguard.sandbox.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `ssh -L` to an `sshd`, both OpenSSH's: the tunnel that people would otherwise build.
final class OpenSsh implements AutoCloseable {
    private static final Path SSHD = Path.of("/usr/sbin/sshd");

    /// Where sshd's unprivileged half is locked in; it does not start without.
    private static final Path PRIVILEGE_SEPARATION = Path.of("/run/sshd");

    private final Child server;
    private final Child client;
    private final int port;

    private OpenSsh(Child server, Child client, int port) {
        this.server = server;
        this.client = client;
        this.port = port;
    }

    /// Opens a tunnel to the upstream; empty when there is no sshd to start.
    static Optional<OpenSsh> start(Path folder, int upstreamPort) throws IOException {
        if (!Files.isExecutable(SSHD) || !Files.isDirectory(PRIVILEGE_SEPARATION)) {
            return Optional.empty();
        }
        Path home =
                Files.createDirectories(
                        folder.resolve("openssh"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
        key(home.resolve("host"));
        key(home.resolve("user"));
        int sshPort = Ports.free();
        int port = Ports.free();
        Files.writeString(home.resolve("sshd_config"), configuration(home, sshPort));
        var server =
                Child.start(
                        "sshd",
                        Map.of(),
                        List.of(
                                SSHD.toString(),
                                "-D",
                                "-e",
                                "-f",
                                home.resolve("sshd_config").toString()));
        Ports.await(sshPort, Duration.ofSeconds(10));
        var client = Child.start("ssh", Map.of(), tunnel(home, sshPort, port, upstreamPort));
        Ports.await(port, Duration.ofSeconds(10));
        return Optional.of(new OpenSsh(server, client, port));
    }

    int port() {
        return port;
    }

    private static void key(Path file) throws IOException {
        var keygen = List.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file.toString());
        try (var child = Child.start("ssh-keygen", Map.of(), keygen)) {
            child.awaitSuccess(Duration.ofSeconds(10));
        }
    }

    private static String configuration(Path home, int port) {
        return """
        ListenAddress 127.0.0.1:%1$d
        HostKey %2$s/host
        AuthorizedKeysFile %2$s/user.pub
        PidFile none
        UsePAM no
        StrictModes no
        PasswordAuthentication no
        """
                .formatted(port, home);
    }

    private static List<String> tunnel(Path home, int sshPort, int port, int upstreamPort) {
        return List.of(
                "ssh",
                "-N",
                "-F",
                "none",
                "-i",
                home.resolve("user").toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "StrictHostKeyChecking=no",
                "-o",
                "UserKnownHostsFile=" + home.resolve("known"),
                "-o",
                "BatchMode=yes",
                "-L",
                "127.0.0.1:" + port + ":127.0.0.1:" + upstreamPort,
                "-p",
                String.valueOf(sshPort),
                System.getProperty("user.name") + "@127.0.0.1");
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
