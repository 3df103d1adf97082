package dev.sfguard.sandbox.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.sandbox.bench.Latencies.Samples;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FiguresTest {
    @Test
    void percentile_is_the_nearest_rank_over_all_sessions() {
        var odd = new Samples();
        var even = new Samples();
        for (int i = 1; i <= 10_000; i++) {
            (i % 2 == 0 ? even : odd).add(i * 1_000_000L);
        }
        var latencies = Latencies.of(List.of(odd, even));

        assertThat(latencies.count()).isEqualTo(10_000);
        assertThat(latencies.millis(50)).isEqualTo(5_000);
        assertThat(latencies.millis(99)).isEqualTo(9_900);
        assertThat(latencies.millis(100)).isEqualTo(10_000);
        assertThatThrownBy(() -> Latencies.of(List.of()).millis(50))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void median_ignores_one_disturbed_round() {
        assertThat(Report.median(1, 2, 900)).isEqualTo(2);
        assertThat(Report.median(4, 2)).isEqualTo(3);
    }

    @Test
    void targets_take_turns_after_they_are_warm() throws Exception {
        var direct = Target.direct(1);
        var relay = direct.through("relay", 2);
        var seen = new ArrayList<String>();

        var results =
                new Rounds(Duration.ZERO, 2, Duration.ZERO)
                        .run(
                                List.of(direct, relay),
                                target -> {
                                    seen.add(target.name());
                                    return seen.size();
                                });

        assertThat(seen).containsExactly("direct", "relay", "direct", "relay", "direct", "relay");
        assertThat(results.get(0).turns()).containsExactly(3, 5);
        assertThat(results.get(1).turns()).containsExactly(4, 6);
    }

    @Test
    void open_loop_offers_the_rate_it_promises() throws Exception {
        try (var upstream = ScriptedSnowflake.start(Optional.empty());
                var load = Load.open(Target.direct(upstream.port()), 5)) {
            var latencies = load.openLoop(Duration.ofMillis(500), 200);

            assertThat(latencies.count()).isEqualTo(100);
            assertThat(upstream.queries()).isEqualTo(100);
        }
    }

    @Test
    void failed_statement_ends_the_measurement() throws Exception {
        var upstream = ScriptedSnowflake.start(Optional.empty());
        try (upstream) {
            var load = Load.open(Target.direct(upstream.port()), 2);
            upstream.close();
            assertThatThrownBy(() -> load.closedLoop(Duration.ofSeconds(5)))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void table_puts_figures_before_measurements() {
        var report = new Report();
        report.add("one-row query", "+0.40 ms p50", "≤ 1 ms p50", "p50 0.46 ms", "gateway 200 MiB");
        report.note("nginx is not installed");

        assertThat(report.markdown(new Machine("2 cores"), "2026-11-23T00:00:00Z", "Samples: 3"))
                .isEqualTo(
                        """
                        Taken on 2026-11-23T00:00:00Z: 2 cores. Samples: 3.

                        | what | figure | goal | measured | peak memory |
                        | --- | --- | --- | --- | --- |
                        | one-row query | +0.40 ms p50 | ≤ 1 ms p50 | p50 0.46 ms | gateway 200 MiB |

                        - nginx is not installed
                        """);
    }

    @Test
    void closed_report_keeps_the_reason_and_takes_nothing_more() {
        var report = new Report();
        report.add("first", "1", "", "");
        report.close("interrupted during journal");
        report.add("second", "2", "", "");
        report.note("late");

        assertThat(report.markdown(new Machine("m"), "now", "how"))
                .contains("| first |")
                .endsWith("- interrupted during journal\n")
                .doesNotContain("second", "late");
    }

    @Test
    void rows_that_a_program_prints_are_taken_and_other_lines_are_not() {
        var report = new Report();
        new PrintedRows(report)
                .take(
                        List.of(
                                "WARNING: something",
                                "| seek | 4.3 ms | ≤ 200 ms | 200 jumps |",
                                "| too | few | cells |",
                                "",
                                "| a | b | c | d | e |"));

        assertThat(report.markdown(new Machine("m"), "now", "how").lines().skip(4))
                .containsExactly("| seek | 4.3 ms | ≤ 200 ms | 200 jumps |  |");
    }

    @Test
    void heap_is_the_histograms_last_line() throws Exception {
        assertThat(
                        LiveHeap.total(
                                """
                                4711:
                                 num     #instances         #bytes  class name
                                   1:         95046       12345678  [B (java.base@25)
                                Total        433893       26160112
                                """))
                .isEqualTo(26_160_112);
        assertThatThrownBy(() -> LiveHeap.total("4711: no such process"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no such process");
    }

    @Test
    void limit_on_open_files_bounds_the_idle_tunnels() {
        assertThat(IdleTunnelsBench.count(20_000)).isEqualTo(5_000);
        assertThat(IdleTunnelsBench.count(1_024)).isEqualTo(524);
        assertThat(IdleTunnelsBench.count(100)).isEqualTo(1);
        assertThat(Machine.openFiles()).isPositive();
    }

    @Test
    void peak_memory_begins_anew_after_a_reset() throws Exception {
        try (var child = Child.start("child", Map.of(), List.of("sleep", "600"))) {
            child.resetPeak();
            assertThat(child.peakMebibytes())
                    .hasValueSatisfying(it -> assertThat(it).isLessThan(64));
        }
    }

    @Test
    void ends_of_a_long_body_are_kept_and_nothing_twice() {
        var ends = new Ends();
        byte[] part = "0123456789".repeat(1_000).getBytes(UTF_8);
        for (int i = 0; i < 300; i++) {
            ends.take(part, 0, part.length);
        }
        ends.take("the end".getBytes(UTF_8), 0, 7);
        assertThat(ends.start()).startsWith("0123456789").hasSize(8 * 1024);
        assertThat(ends.end()).endsWith("789the end").hasSize(1024 * 1024);

        var brief = new Ends();
        brief.take("{}".getBytes(UTF_8), 0, 2);
        assertThat(brief.start() + brief.end()).isEqualTo("{}");
    }
}
