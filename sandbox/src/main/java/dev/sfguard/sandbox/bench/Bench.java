package dev.sfguard.sandbox.bench;

import dev.sfguard.sandbox.issuer.DevIssuer;
import dev.sfguard.sandbox.issuer.DevIssuerSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/// Measures what sfguard costs and prints a Markdown table.
///
/// Everything runs on this machine over loopback, the load generator and the scripted upstream
/// included, so the absolute figures are pessimistic; what counts are the differences.
public final class Bench {
    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        BenchOptions options;
        try {
            options = BenchOptions.read(arguments, System.getenv("PATH"));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + BenchOptions.USAGE);
            System.exit(2);
            return;
        }
        if (options.sfguard().isEmpty()) {
            System.err.println("sfguard was not found on the PATH. Run ./install.sh first.");
            System.exit(2);
            return;
        }
        System.exit(measured(options) ? 0 : 1);
    }

    /// @return whether no part failed
    private static boolean measured(BenchOptions options) throws IOException {
        Path disk = Files.createTempDirectory("sfguard-bench");
        // Longer than any run: a login that expired would stop the measuring.
        var users = DevIssuerSettings.demo().withTokenLife(Duration.ofHours(12));
        TlsKeys tls = TlsKeys.make(disk);
        var run = new BenchRun(options);
        try (var upstream = ScriptedSnowflake.start(Optional.of(tls.context()));
                var issuer = DevIssuer.start(users);
                var world = new BenchWorld(options, upstream, issuer, tls, disk)) {
            new BenchParts(options, world, run).all();
            return run.finish();
        } finally {
            delete(disk);
        }
    }

    static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
