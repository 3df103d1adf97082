package dev.sfguard.cli.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.shell.Tmux;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `requests --watch` in a real terminal.
class WatchIT {
    @TempDir private Path folder;

    @Test
    void requests_come_and_go_on_the_screen_and_q_quits() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try (var tmux =
                new Tmux(
                        folder,
                        String.join(
                                " ",
                                java,
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WatchStage.class.getName(),
                                folder + ";",
                                "exec cat"))) {
            String one = tmux.await("7K3M9Q2X");
            assertThat(one)
                    .contains("1 request", "ana@acme.io  shop  orders-writes", "left", "q quit");

            Files.createFile(folder.resolve("second"));
            String two = tmux.await("● 9ZZZZZZZ");
            assertThat(two).contains("2 requests", "  7K3M9Q2X");

            Files.createFile(folder.resolve("gone"));
            tmux.await("No request.");
            tmux.press("q");
            tmux.await("left the watch");
        }
    }
}
