package dev.sfguard.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The player on a real terminal, driven key by key through tmux.
class PlayerIT {
    @TempDir private Path folder;
    private Path socket;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(isThere(), "tmux is not installed");
        socket = folder.resolve("tmux");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        tmux(
                "-f",
                "/dev/null",
                "new-session",
                "-d",
                "-x",
                "150",
                "-y",
                "24",
                "%s --enable-native-access=ALL-UNNAMED -cp '%s' %s replay '%s' --idle-limit 1h; cat"
                        .formatted(
                                java,
                                System.getProperty("java.class.path"),
                                Sfguard.class.getName(),
                                RecordedDay.writeTo(folder)));
    }

    @AfterEach
    void stop() throws Exception {
        if (socket != null) {
            tmux("kill-server");
        }
    }

    private static boolean isThere() throws InterruptedException {
        try {
            return new ProcessBuilder("tmux", "-V").start().waitFor() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    private String tmux(String... args) throws Exception {
        var command = new ArrayList<>(List.of("tmux", "-u", "-S", socket.toString()));
        command.addAll(List.of(args));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }

    private void screenShows(String... texts) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        String screen = tmux("capture-pane", "-p");
        while (!List.of(texts).stream().allMatch(screen::contains)) {
            assertThat(System.nanoTime()).as("the screen was\n%s", screen).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            screen = tmux("capture-pane", "-p");
        }
    }

    @Test
    void keys_pause_jump_search_and_quit() throws Exception {
        screenShows("via JDBC 4.4.1 → prod", "x1.0", "/ 03:30", "space pause");
        tmux("send-keys", "Space");
        screenShows("⏸");
        tmux("send-keys", "n");
        screenShows("#1  SELECT name, ssn");
        tmux("send-keys", "b");
        screenShows("#3  DROP DATABASE shop", "blocked  no-drop", "02:59 / 03:30");
        tmux("send-keys", "+");
        screenShows("x2.0");
        tmux("send-keys", "/", "N", "O", "W", "H", "Enter");
        screenShows("#6  SELECT * FROM nowhere", "… 1,010 more rows");
        tmux("send-keys", "/", "q", "q", "q", "Enter");
        screenShows("\"qqq\" does not come after this");
        tmux("send-keys", "Down", "Down", "Down", "Down");
        screenShows("00:00 / 03:30");
        assertThat(tmux("capture-pane", "-p")).doesNotContain("DROP DATABASE");
        tmux("send-keys", "q");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (tmux("capture-pane", "-p").contains("JDBC")) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }
}
