package dev.sfguard.sandbox.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {
    private static final Rounds SHORT = new Rounds(Duration.ZERO, 1, Duration.ofSeconds(1));

    private final Report report = new Report();

    @TempDir Path folder;

    @Test
    void every_measurement_sets_the_middle_against_the_upstream() throws Exception {
        TlsKeys tls = TlsKeys.make(folder);
        try (var upstream = ScriptedSnowflake.start(Optional.of(tls.context()));
                var relay = TcpRelay.start(upstream.port());
                var tlsRelay = TcpRelay.start(upstream.tlsPort())) {
            var direct = Target.direct(upstream.port());
            var directTls = Target.directTls(upstream.tlsPort(), tls.context());
            var plain = List.of(direct, direct.through("relay", relay.port()));

            new OneRowBench(plain, SHORT, report).run();
            new LoginBench(plain, SHORT, report).run();
            var tlsTarget = directTls.through("TLS relay", tlsRelay.port());
            new LargeResultBench(
                            List.of(
                                    new LargeResultBench.Comparison(
                                            tlsTarget, directTls, "≥ 80 %")),
                            SHORT,
                            report)
                    .run("result in chunks", "gzipped_9mb");
        }

        assertThat(report.markdown(new Machine("here"), "now", "how"))
                .containsPattern("one-row query, 1 session, relay \\| [+-]\\d+\\.\\d\\d ms p50")
                .containsPattern("100 sessions offer 1,000/s, relay .* 1,000 queries \\|")
                .containsPattern("closed loop, 16 sessions, direct \\| [\\d,]+/s")
                .containsPattern("Snowflake logins, relay \\| [\\d,]+/s")
                .containsPattern(
                        "result in chunks, TLS relay of direct TLS \\| \\d+ % \\| ≥ 80 % \\|");
    }

    @Test
    void start_up_times_count_only_when_the_command_succeeds() throws Exception {
        var bench = new StartUpBench(Map.of("WORD", "x"), 3, report);
        bench.run("true", "≤ 15 ms", List.of("sh", "-c", "test $WORD = x"));

        assertThat(report.markdown(new Machine("here"), "now", "how"))
                .containsPattern("\\| true \\| \\d+ ms \\| ≤ 15 ms \\| 3 runs");
        assertThatThrownBy(() -> bench.run("false", "", List.of("false")))
                .isInstanceOf(IOException.class)
                .hasMessage("false ended with 1");
    }

    @Test
    void child_that_fails_tells_what_it_printed() throws Exception {
        try (var child =
                Child.start(
                        "child", Map.of(), List.of("sh", "-c", "echo ready; echo why; exit 3"))) {
            assertThat(child.await(Pattern.compile("re(a)dy"), Duration.ofSeconds(10)).group(1))
                    .isEqualTo("a");
            assertThatThrownBy(() -> child.await(Pattern.compile("never"), Duration.ofSeconds(10)))
                    .hasMessageContaining("child ended without printing never")
                    .hasMessageContaining("why");
            assertThatThrownBy(() -> child.awaitSuccess(Duration.ofSeconds(10)))
                    .hasMessageContaining("ended with 3");
        }
    }

    @Test
    void child_dies_with_those_it_started() throws Exception {
        ProcessHandle grandchild;
        try (var child =
                Child.start(
                        "child", Map.of(), List.of("sh", "-c", "sleep 600 & echo pid=$!; wait"))) {
            String pid =
                    child.await(Pattern.compile("pid=(\\d+)"), Duration.ofSeconds(10)).group(1);
            grandchild = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        }
        grandchild.onExit().get(10, TimeUnit.SECONDS);
        assertThat(grandchild.isAlive()).isFalse();
    }

    @Test
    void options_name_the_word_that_is_wrong() {
        String[] full = {
            "--quick", "--only", "front,journal", "--sfguard", "java -jar x", "--output", "f"
        };
        var options = BenchOptions.read(full, null);
        assertThat(options.quick()).isTrue();
        assertThat(options.sfguard()).containsExactly("java", "-jar", "x");
        assertThat(options.wants("front")).isTrue();
        assertThat(options.wants("logins")).isFalse();
        assertThat(options.output()).contains(Path.of("f"));
        assertThat(options.samples())
                .isEqualTo("Shorter samples (--quick): 3 turns of 2 s each after 3 s of warm-up");

        assertThatThrownBy(() -> BenchOptions.read(new String[] {"--fast"}, null))
                .hasMessage("unknown option --fast");
        assertThatThrownBy(() -> BenchOptions.read(new String[] {"--output"}, null))
                .hasMessage("--output needs a value");
        assertThatThrownBy(() -> BenchOptions.read(new String[] {"--only", "all"}, null))
                .hasMessage("unknown part all");
    }
}
