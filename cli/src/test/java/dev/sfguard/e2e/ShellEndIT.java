package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.cli.Sfguard;
import dev.sfguard.cli.shell.Tmux;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shell of a user who leaves, in a real terminal and through a whole gateway.
class ShellEndIT {
    @TempDir Path folder;

    @Test
    void ctrl_d_leaves_with_0_and_closes_the_session() throws Exception {
        try (var stage = Stage.raise(folder);
                var tmux = new Tmux(folder, shell(stage))) {
            tmux.await("shop SHOP.PUBLIC>");
            tmux.type("select 'from the shell' as said;");
            tmux.await("(1 row");
            assertThat(ended(stage)).isEmpty();

            tmux.press("C-d");

            tmux.await("left with 0");
            Await.until(() -> !ended(stage).isEmpty());
            assertThat(ended(stage))
                    .singleElement()
                    .satisfies(closed -> assertThat(closed.path("why").asText()).isNotBlank());
            assertThat(Recorded.sessions(stage))
                    .singleElement()
                    .satisfies(
                            session ->
                                    assertThat(session.path("state").asText()).isEqualTo("closed"));
        }
    }

    private static List<JsonNode> ended(Stage stage) throws Exception {
        return Recorded.events(stage).stream()
                .filter(event -> event.path("type").asText().equals("closed"))
                .toList();
    }

    private static String shell(Stage stage) {
        return String.join(
                " ",
                "SFGUARD_HOME=" + stage.ana().home().folder(),
                "NO_COLOR=1",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Sfguard.class.getName(),
                "shell",
                "shop;",
                "echo left with $?;",
                "exec cat");
    }
}
