package dev.sfguard.cli.shell;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A terminal that a test can type into and read, on a tmux server of its own.
public final class Tmux implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final Path socket;

    /// Starts a terminal of 100 columns and 30 lines that runs this command.
    public Tmux(Path folder, String command) throws IOException, InterruptedException {
        socket = folder.resolve("tmux");
        run("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", command);
    }

    /// Types this and presses Enter.
    public void type(String text) throws IOException, InterruptedException {
        // tmux takes a semicolon at the end for its own.
        run("send-keys", "-l", "--", text.replaceAll(";$", "\\\\;"));
        run("send-keys", "Enter");
    }

    /// Presses a key by tmux's name: `C-c`, `Tab`.
    public void press(String key) throws IOException, InterruptedException {
        run("send-keys", key);
    }

    /// Types this without Enter.
    void begin(String text) throws IOException, InterruptedException {
        run("send-keys", "-l", "--", text);
    }

    /// Waits until the screen shows this.
    public String await(String text) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        String screen = screen();
        while (!screen.contains(text)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the screen never showed \"" + text + "\":\n" + screen);
            }
            // Each look starts a process; the machine has other work too.
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
            screen = screen();
        }
        return screen;
    }

    /// Waits until what runs in the terminal has made this file.
    void awaitFile(Path file) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Files.notExists(file)) {
            if (System.nanoTime() > end) {
                throw new AssertionError("there never was a file " + file);
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private String screen() throws IOException, InterruptedException {
        return run("capture-pane", "-p", "-S", "-200");
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("tmux", "-S", socket.toString()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("tmux " + String.join(" ", arguments) + ": " + output);
        }
        return output;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        run("kill-server");
    }
}
