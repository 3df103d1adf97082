package dev.sfguard.cli.demo;

import dev.sfguard.cli.CliFailure;
import dev.sfguard.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A process of the demo: started apart from the terminal, ready when it has printed its line.
///
/// @param name for people and for its log
record DemoProcess(String name, Process process, Path ready, Path log) {
    /// A cold start on a busy laptop takes ten seconds; past this something is wrong.
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final Duration LOOK = Duration.ofMillis(20);

    /// Starts it so that neither Ctrl-C on the terminal nor the terminal's end reaches it: only
    /// the
    /// demo stops it.
    static DemoProcess start(
            String name, DemoFolder folder, List<String> command, Map<String, String> environment)
            throws IOException {
        var log = folder.log(name);
        var ready = folder.ready(name);
        Files.createDirectories(log.getParent());
        Files.deleteIfExists(ready);
        var words = new ArrayList<>(List.of("/bin/sh", "-c", "trap '' HUP INT; exec \"$@\"", "sh"));
        words.addAll(command);
        var builder =
                new ProcessBuilder(words)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(ready.toFile())
                        .redirectError(log.toFile());
        builder.environment().putAll(environment);
        return new DemoProcess(name, builder.start(), ready, log);
    }

    /// The first line that it prints.
    String awaitReady() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            String printed = Files.readString(ready);
            int end = printed.indexOf('\n');
            if (end >= 0) {
                return printed.substring(0, end);
            }
            if (!process.isAlive()) {
                throw failed("ended with status " + process.exitValue());
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        throw failed("was not ready after " + PATIENCE.toSeconds() + " s");
    }

    private CliFailure failed(String how) throws IOException {
        var lines = Files.readAllLines(log);
        String last = lines.isEmpty() ? "" : lines.getLast();
        return new CliFailure(
                ExitCode.INTERNAL, "The demo's " + name + " " + how + ".", last, "Its log: " + log);
    }

    static void stop(ProcessHandle handle) {
        handle.destroy();
        try {
            handle.onExit().get(10, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException stubborn) {
            handle.destroyForcibly();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            handle.destroyForcibly();
        } catch (java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
