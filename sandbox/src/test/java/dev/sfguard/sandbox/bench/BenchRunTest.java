package dev.sfguard.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BenchRunTest {
    @TempDir Path folder;

    @Test
    void failed_part_is_named_and_the_next_one_runs() throws Exception {
        var run = run("front,idle,seek");
        run.part("front", () -> run.report().add("front", "80 %", "", ""));
        run.part(
                "idle",
                () -> {
                    run.report().add("half of idle", "1", "", "");
                    throw new IOException("no\n  luck");
                });
        assertThat(page())
                .contains("| front | 80 % |", "| half of idle |", "**idle failed**: no luck");
        run.part("seek", () -> run.report().add("seek", "4 ms", "", ""));
        run.part("logins", () -> run.report().add("logins", "1/s", "", ""));

        assertThat(run.finish()).isFalse();
        assertThat(page())
                .startsWith("# Performance\n")
                .contains("| seek | 4 ms |", "Shorter samples (--quick)")
                .doesNotContain("| logins |");
    }

    @Test
    void run_without_a_failure_says_so() throws Exception {
        var run = run("seek");
        run.part("seek", () -> run.report().add("seek", "4 ms", "", ""));
        assertThat(run.finish()).isTrue();
        assertThat(page()).doesNotContain("failed");
    }

    @Test
    void interrupted_run_leaves_what_it_has() throws Exception {
        var process = new ProcessBuilder(interrupted()).redirectErrorStream(true).start();
        try (var reader = process.inputReader()) {
            String line = reader.readLine();
            while (line != null && !line.equals("second part")) {
                line = reader.readLine();
            }
            // Not through the process itself, which would close what it prints.
            process.toHandle().destroy();
            assertThat(reader.lines()).anyMatch(Pattern.compile("interrupted").asPredicate());
        }
        process.waitFor();

        assertThat(page())
                .contains("| first | 1 |", "- **interrupted** during seek")
                .doesNotContain("second");
    }

    @Test
    void live_heap_of_another_process_is_read() throws Exception {
        try (var child = Child.start("java", Map.of(), interrupted())) {
            child.await(Pattern.compile("second part"), Duration.ofSeconds(30));
            assertThat(LiveHeap.of(child.pid())).isBetween(100_000L, 100_000_000L);
        }
    }

    private List<String> interrupted() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Interrupted.class.getName(),
                folder.resolve("page.md").toString());
    }

    /// Started by the test in a process that it ends.
    static final class Interrupted {
        public static void main(String[] arguments) throws Exception {
            var options = BenchOptions.read(new String[] {"--output", arguments[0]}, null);
            var run = new BenchRun(options);
            run.part("idle", () -> run.report().add("first", "1", "", ""));
            try (var child = Child.start("sleep", Map.of(), List.of("sleep", "600"))) {
                run.part(
                        "seek",
                        () -> {
                            System.out.println("second part");
                            child.awaitSuccess(Duration.ofMinutes(10));
                            run.report().add("second", "2", "", "");
                        });
            }
        }
    }

    private BenchRun run(String parts) {
        String[] words = {
            "--quick", "--only", parts, "--output", folder.resolve("page.md").toString()
        };
        return new BenchRun(BenchOptions.read(words, null));
    }

    private String page() throws IOException {
        return Files.readString(folder.resolve("page.md"));
    }
}
