package dev.sfguard.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shell in a real terminal, typed into as a user would.
class ShellIT {
    private static final String PROMPT = "shop SHOP.PUBLIC>";

    @TempDir private Path folder;

    private Tmux tmux;

    @BeforeEach
    void open() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        tmux =
                new Tmux(
                        folder,
                        String.join(
                                " ",
                                "SFGUARD_HOME=" + folder,
                                "NO_COLOR=1",
                                java,
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ShellStage.class.getName(),
                                "shop;",
                                "exec cat"));
        tmux.await(PROMPT);
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        tmux.close();
    }

    @Test
    void a_statement_takes_several_lines_and_ctrl_d_leaves() throws Exception {
        tmux.type("select 1");
        tmux.await("->");
        tmux.type("as n;");
        assertThat(tmux.await("(1 row")).contains("N\n-\n1\n");
        tmux.press("C-d");
        tmux.await("left with DONE");
    }

    @Test
    void ctrl_c_aborts_the_running_statement_upstream_and_returns_to_the_prompt() throws Exception {
        tmux.type("sleep;");
        tmux.awaitFile(folder.resolve(ShellStage.SLEEPER));
        tmux.press("C-c");
        tmux.await("Aborted, upstream too.");
        tmux.type("select 2;");
        tmux.await("(1 row");
        tmux.begin("select 3");
        tmux.press("C-c");
        tmux.type("exit");
        tmux.await("left with DONE, aborted [sleep");
    }

    @Test
    void a_blocked_statement_explains_itself() throws Exception {
        tmux.type("drop database shop;");
        assertThat(tmux.await("Blocked by rule \"no-drop\"."))
                .contains("Blocked by policy: nothing was sent to Snowflake.");
    }

    @Test
    void a_long_result_opens_a_pager_that_can_be_left() throws Exception {
        tmux.type("select many;");
        tmux.await("\n:");
        tmux.press("q");
        tmux.type("select 2;");
        tmux.await("(1 row");
    }

    @Test
    void tab_completes_keywords_and_table_names() throws Exception {
        tmux.begin("sele");
        tmux.press("Tab");
        tmux.begin("* fro");
        tmux.press("Tab");
        tmux.begin("ord");
        tmux.press("Tab");
        tmux.await("orders");
        tmux.begin("s");
        tmux.press("Tab");
        tmux.await("select * from orders");
        tmux.type(";");
        tmux.await("ORDER_ID");
    }
}
