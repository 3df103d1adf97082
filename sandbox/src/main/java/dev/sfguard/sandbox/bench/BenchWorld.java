package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.issuer.DevIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is measured and what it is compared with; each is started when the first part needs it.
final class BenchWorld implements AutoCloseable {
    /// In memory, so that the gateway's own cost shows and not the disk's.
    private static final Path MEMORY = Path.of("/dev/shm");

    private final BenchOptions options;
    private final ScriptedSnowflake upstream;
    private final DevIssuer issuer;
    private final TlsKeys tls;
    private final Path disk;
    private final Path memory;
    private @Nullable Sfguard inMemory;
    private @Nullable Sfguard onDisk;
    private @Nullable TcpRelay relay;
    private @Nullable Nginx nginx;
    private @Nullable OpenSsh openSsh;
    private @Nullable OwnTunnel ownTunnel;

    /// A gateway with an agent before it.
    record Sfguard(Guard guard, Target tunnel) {}

    BenchWorld(
            BenchOptions options,
            ScriptedSnowflake upstream,
            DevIssuer issuer,
            TlsKeys tls,
            Path disk)
            throws IOException {
        this.options = options;
        this.upstream = upstream;
        this.issuer = issuer;
        this.tls = tls;
        this.disk = disk;
        memory = Files.createTempDirectory(Files.isDirectory(MEMORY) ? MEMORY : disk, "bench");
    }

    Path disk() {
        return disk;
    }

    Target direct() {
        return Target.direct(upstream.port());
    }

    Target directTls() {
        return Target.directTls(upstream.tlsPort(), tls.context());
    }

    /// Recordings in memory, of each statement the first MiB of rows.
    Sfguard inMemory() throws IOException {
        if (inMemory == null) {
            inMemory = start("sfguard, journal in memory", memory, "1MiB");
        }
        return inMemory;
    }

    /// Recordings on the disk, of all rows.
    Sfguard onDisk() throws IOException {
        if (onDisk == null) {
            onDisk = start("sfguard, durable", disk.resolve("guard"), "100GiB");
        }
        return onDisk;
    }

    private Sfguard start(String name, Path folder, String limit) throws IOException {
        var settings = new Guard.Settings(folder, limit);
        var guard = Guard.start(options.sfguard(), settings, tls, issuer, upstream.port());
        try {
            return new Sfguard(guard, guard.tunnel(name));
        } catch (IOException e) {
            guard.close();
            throw e;
        }
    }

    Target relay() throws IOException {
        if (relay == null) {
            relay = TcpRelay.start(upstream.port());
        }
        return direct().through("relay", relay.port());
    }

    Optional<Target> nginx(Report report) throws IOException {
        if (nginx == null) {
            nginx = Nginx.start(disk, upstream.port()).orElse(null);
        }
        if (nginx == null) {
            report.note("nginx is not installed: not compared with (Debian: nginx-light)");
            return Optional.empty();
        }
        return Optional.of(direct().through("nginx", nginx.port()));
    }

    Optional<Target> openSsh(Report report) throws IOException {
        if (openSsh == null) {
            openSsh = OpenSsh.start(disk, upstream.port()).orElse(null);
        }
        if (openSsh == null) {
            report.note(
                    "sshd cannot be started: not compared with `ssh -L` (Debian: openssh-server)");
            return Optional.empty();
        }
        return Optional.of(direct().through("`ssh -L`", openSsh.port()));
    }

    Target rawTunnel() throws IOException {
        if (ownTunnel == null) {
            ownTunnel = OwnTunnel.start(disk, upstream.port());
        }
        return direct().through("raw tunnel", ownTunnel.port(), ownTunnel.footprint());
    }

    @Override
    public void close() throws IOException {
        close(inMemory);
        close(onDisk);
        if (ownTunnel != null) {
            ownTunnel.close();
        }
        if (nginx != null) {
            nginx.close();
        }
        if (openSsh != null) {
            openSsh.close();
        }
        if (relay != null) {
            relay.close();
        }
        Bench.delete(memory);
    }

    private static void close(@Nullable Sfguard sfguard) {
        if (sfguard != null) {
            sfguard.guard().close();
        }
    }
}
