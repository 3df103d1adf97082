package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.issuer.DevIssuer;
import dev.sfguard.sandbox.issuer.DevIssuerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Measures what sfguard costs and prints a Markdown table.
///
/// Everything runs on this machine over loopback, the load generator and the scripted upstream
/// included, so the absolute figures are pessimistic; what counts are the differences.
public final class Bench {
    /// In memory, so that the gateway's own cost shows and not the disk's.
    private static final Path MEMORY = Path.of("/dev/shm");

    private final BenchOptions options;
    private final Rounds rounds;
    private final Report report = new Report();
    private final ScriptedSnowflake upstream;
    private final DevIssuer issuer;
    private final TlsKeys tls;
    private final Path disk;
    private final Target direct;

    private Bench(
            BenchOptions options,
            ScriptedSnowflake upstream,
            DevIssuer issuer,
            TlsKeys tls,
            Path disk) {
        this.options = options;
        this.upstream = upstream;
        this.issuer = issuer;
        this.tls = tls;
        this.disk = disk;
        rounds = options.rounds();
        direct = Target.direct(upstream.port());
    }

    public static void main(String[] arguments) throws IOException {
        BenchOptions options;
        try {
            options = BenchOptions.read(arguments, System.getenv("PATH"));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + BenchOptions.USAGE);
            System.exit(2);
            return;
        }
        Path disk = Files.createTempDirectory("sfguard-bench");
        // Longer than any run: a login that expired would stop the measuring.
        var users = DevIssuerSettings.demo().withTokenLife(Duration.ofHours(12));
        TlsKeys tls = TlsKeys.make(disk);
        try (var upstream = ScriptedSnowflake.start(Optional.of(tls.context()));
                var issuer = DevIssuer.start(users)) {
            new Bench(options, upstream, issuer, tls, disk).run();
        } finally {
            delete(disk);
        }
    }

    private void run() throws IOException {
        try (var middle = new Neighbours()) {
            if (options.sfguard().isEmpty()) {
                report.note("sfguard was not found on the PATH: only the harness was measured");
                oneRow(middle.plain());
                large(middle.plain(), "");
            } else {
                inMemory(middle);
                onDisk();
            }
        }
        print();
    }

    /// What else can stand in the middle, for comparison.
    private final class Neighbours implements AutoCloseable {
        private final TcpRelay relay = TcpRelay.start(upstream.port());
        private final Optional<Nginx> nginx = Nginx.start(disk, upstream.port());
        private final Optional<OpenSsh> openSsh = OpenSsh.start(disk, upstream.port());

        Neighbours() throws IOException {
            if (nginx.isEmpty()) {
                report.note("nginx is not installed: not compared with (Debian: nginx-light)");
            }
            if (openSsh.isEmpty()) {
                report.note("sshd cannot be started: not compared with (Debian: openssh-server)");
            }
        }

        List<Target> plain() {
            var targets = new ArrayList<>(List.of(direct, direct.through("relay", relay.port())));
            nginx.ifPresent(proxy -> targets.add(direct.through("nginx", proxy.port())));
            return targets;
        }

        List<Target> tunnels() {
            var targets = new ArrayList<>(List.of(direct));
            openSsh.ifPresent(ssh -> targets.addFirst(direct.through("ssh -L", ssh.port())));
            return targets;
        }

        @Override
        public void close() throws IOException {
            relay.close();
            nginx.ifPresent(Nginx::close);
            openSsh.ifPresent(OpenSsh::close);
        }
    }

    private void inMemory(Neighbours middle) throws IOException {
        Path folder = Files.createTempDirectory(Files.isDirectory(MEMORY) ? MEMORY : disk, "bench");
        var settings = new Guard.Settings(folder, "1MiB");
        try (var guard = guard(settings)) {
            Target tunnel = guard.tunnel("sfguard");
            if (options.wants("one-row")) {
                oneRow(with(middle.plain(), tunnel));
            }
            if (options.wants("logins")) {
                new LoginBench(List.of(direct, tunnel), rounds, report).run();
            }
            if (options.wants("large")) {
                large(with(middle.tunnels(), tunnel), "≥ 90 % of the raw tunnel");
            }
            if (options.wants("front")) {
                front(guard, "past the recording cap", "≥ 80 %");
            }
            report.add("peak memory, journal in memory", guard.peakMemory(), "", "VmHWM");
            if (options.wants("start-up")) {
                startUp(guard);
            }
        } finally {
            delete(folder);
        }
    }

    private void onDisk() throws IOException {
        try (var guard = guard(new Guard.Settings(disk.resolve("guard"), "100GiB"))) {
            if (options.wants("durable")) {
                oneRow(List.of(direct, guard.tunnel("sfguard, journal on disk")));
            }
            if (options.wants("front")) {
                front(guard, "all recorded", "≥ 50 %");
            }
            report.add("peak memory, all recorded on disk", guard.peakMemory(), "", "VmHWM");
        }
    }

    private Guard guard(Guard.Settings settings) throws IOException {
        return Guard.start(options.sfguard(), settings, tls, issuer, upstream.port());
    }

    private void oneRow(List<Target> targets) throws IOException {
        new OneRowBench(targets, rounds, report).run();
    }

    private void large(List<Target> targets, String goal) throws IOException {
        var bench = new LargeResultBench(targets, rounds, report);
        bench.run("result in one reply", "inline_" + size(), goal);
        bench.run("result in chunks", "gzipped_" + size(), goal);
    }

    private void front(Guard guard, String recorded, String goal) throws IOException {
        var directTls = Target.directTls(upstream.tlsPort(), tls.context());
        var targets = List.of(directTls, guard.front("sfguard's HTTPS front"));
        var bench = new LargeResultBench(targets, rounds, report);
        bench.run("result in one reply, " + recorded, "inline_" + size(), goal);
        bench.run("result in chunks, " + recorded, "chunked_" + size(), goal);
    }

    private void startUp(Guard guard) throws IOException {
        var bench = new StartUpBench(guard.environment(), options.quick() ? 3 : 20, report);
        bench.run("sfguard --version", "≤ 15 ms", command("--version"));
        bench.run("sfguard sessions, agent running", "≤ 200 ms", command("sessions"));
        bench.run(
                "sfguard exec of one row, agent running",
                "≤ 700 ms",
                command("exec", "bench", "-q", "select 1"));
    }

    private List<String> command(String... arguments) {
        return Stream.concat(options.sfguard().stream(), Stream.of(arguments)).toList();
    }

    private String size() {
        return options.quick() ? "32mb" : "256mb";
    }

    private static List<Target> with(List<Target> targets, Target more) {
        var all = new ArrayList<>(targets);
        all.add(more);
        return all;
    }

    private void print() throws IOException {
        String when = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        String components =
                options.components().isPresent()
                        ? Files.readString(options.components().get())
                        : "";
        String table = report.markdown(Machine.here(), when, components);
        System.out.print(table);
        if (options.output().isPresent()) {
            Files.writeString(options.output().get(), PerformancePage.of(table));
        }
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
