package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.BoundedParser.Outcome;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class BoundedParserTest {
    private static final Duration GENEROUS = Duration.ofSeconds(20);

    @Test
    void a_text_is_read_and_written_out() {
        try (var parser = new BoundedParser(1)) {
            var outcome = parser.parse("select a from t where b = 's0'", GENEROUS);
            assertThat(outcome).isInstanceOf(Outcome.Parsed.class);
            assertThat(((Outcome.Parsed) outcome).written())
                    .isEqualTo("SELECT a FROM t WHERE b = 's0'");
        }
    }

    @Test
    void whatever_a_grammar_throws_is_a_failure() {
        BoundedParser.Grammar deep =
                (sql, job) -> {
                    throw new StackOverflowError();
                };
        try (var parser = new BoundedParser(1, deep)) {
            assertThat(parser.parse("x", GENEROUS)).isEqualTo(new Outcome.Failed());
            assertThat(parser.parse("x", GENEROUS)).isEqualTo(new Outcome.Failed());
        }
        try (var parser = new BoundedParser(1)) {
            assertThat(parser.parse("select from from", GENEROUS)).isEqualTo(new Outcome.Failed());
        }
    }

    @Test
    void workers_that_hang_are_replaced_until_there_are_too_many() {
        var end = new CountDownLatch(1);
        BoundedParser.Grammar hanging =
                (sql, job) -> {
                    while (sql.equals("hang") && !isOver(end)) {
                        Thread.onSpinWait();
                    }
                    return new Outcome.Failed();
                };
        try (var parser = new BoundedParser(1, hanging)) {
            for (int i = 0; i < 3; i++) {
                assertThat(parser.parse("hang", Duration.ofMillis(1)))
                        .isEqualTo(new Outcome.GaveUp("it takes too long to parse"));
                if (i < 2) {
                    until(parser, new Outcome.Failed()::equals);
                }
            }
            until(parser, new Outcome.GaveUp("the parser is busy; try again")::equals);
            end.countDown();
            until(parser, new Outcome.Failed()::equals);
        }
    }

    private static boolean isOver(CountDownLatch end) {
        try {
            return end.await(5, java.util.concurrent.TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            // A parser does not listen either.
            return false;
        }
    }

    private static void until(BoundedParser parser, Predicate<Outcome> expected) {
        long deadline = System.nanoTime() + GENEROUS.toNanos();
        while (!expected.test(parser.parse("x", Duration.ofMillis(50)))) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    @Test
    void after_its_end_nothing_is_read() {
        var parser = new BoundedParser(1);
        parser.close();
        assertThat(parser.parse("select 1", GENEROUS)).isInstanceOf(Outcome.GaveUp.class);
    }
}
