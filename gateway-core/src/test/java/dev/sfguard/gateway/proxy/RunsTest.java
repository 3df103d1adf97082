package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

/// What a session remembers of its statements is bounded, and nothing that was sent is forgotten
/// for the sake of space.
class RunsTest {
    private final Runs runs = new Runs();

    private StatementRun run(String requestId, String text) {
        return runs.join(
                requestId,
                () ->
                        new StatementRun(
                                requestId,
                                1,
                                1,
                                text,
                                false,
                                "gateway-" + requestId,
                                new StatementRun.State.Fresh(),
                                System.nanoTime()));
    }

    private void fill() {
        for (int i = 0; i < 10; i++) {
            runs.keep(run("filler-" + i, "select 1"), new byte[60_000]);
        }
    }

    @Test
    void a_statement_of_unknown_outcome_is_known_to_a_repeat_whatever_came_after_it() {
        var sent = run("sent", "delete from t");
        sent.state(new StatementRun.State.Sent(Instant.EPOCH, true));
        runs.keep(sent, new byte[500]);
        fill();
        assertThat(run("sent", "delete from t")).isSameAs(sent);
        assertThat(sent.state()).isInstanceOf(StatementRun.State.Ready.class);
    }

    @Test
    void what_was_refused_is_decided_anew_once_its_answer_had_to_go() {
        var refused = run("refused", "drop table t");
        runs.keep(refused, new byte[500]);
        fill();
        assertThat(run("refused", "drop table t")).isNotSameAs(refused);
    }

    @Test
    void refused_statements_do_not_pile_up() {
        for (int i = 0; i < 6_000; i++) {
            runs.keep(run("r-" + i, "drop table t"), new byte[10]);
        }
        assertThat(runs.ofQuery("gateway-r-0")).isEmpty();
        assertThat(runs.ofQuery("gateway-r-5999")).isPresent();
    }

    @Test
    void of_a_statement_that_has_ended_only_the_beginning_of_its_text_is_kept() {
        var run = run("long", "select '" + "x".repeat(900_000) + "'");
        assertThat(run.text()).hasSizeGreaterThan(900_000);
        runs.keep(run, new byte[10]);
        assertThat(run.text()).hasSize(StatementRun.KEPT_TEXT).startsWith("select 'xxx");
    }
}
