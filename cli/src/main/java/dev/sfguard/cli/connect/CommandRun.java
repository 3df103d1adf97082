package dev.sfguard.cli.connect;

import dev.sfguard.cli.Streams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;

/// Runs a program with settings that point at a local port, in files and in the environment. Both
/// end with it.
record CommandRun(Settings settings, List<String> command) {
    /// What shells answer for a command that is not there.
    private static final int NOT_FOUND = 127;

    int run(Streams streams) throws IOException, InterruptedException {
        streams.out().flush();
        Path folder = Files.createTempDirectory("sfguard-run-");
        var removal = new Thread(() -> remove(folder));
        // Ctrl-C reaches us too, and may end us first.
        Runtime.getRuntime().addShutdownHook(removal);
        try {
            write(folder);
            return start(streams, folder);
        } finally {
            remove(folder);
            forget(removal);
        }
    }

    private int start(Streams streams, Path folder) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).inheritIO();
        builder.environment().clear();
        builder.environment().putAll(streams.environment());
        builder.environment().putAll(settings.environment(folder.toString()));
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            streams.err().println("sfguard: cannot run " + command.getFirst() + ".");
            return NOT_FOUND;
        }
        return process.waitFor();
    }

    /// The temporary folder is 0700 by itself; the file must be 0600 or Snowflake's tools warn.
    private void write(Path folder) throws IOException {
        var file = folder.resolve("connections.toml");
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, settings.connectionsToml());
    }

    private static void forget(Thread removal) {
        try {
            Runtime.getRuntime().removeShutdownHook(removal);
        } catch (IllegalStateException stopping) {
            // It runs already, and finds nothing left to do.
            return;
        }
    }

    private static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var path : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
