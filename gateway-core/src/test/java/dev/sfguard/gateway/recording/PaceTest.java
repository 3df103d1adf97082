package dev.sfguard.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PaceTest {
    @Test
    void waits_while_results_are_recorded_and_there_is_room() {
        var bytes = new AtomicLong();
        var looks = new AtomicInteger();
        var pace = new Pace(() -> bytes.addAndGet(100 << 20), () -> looks.incrementAndGet() < 4);

        while (looks.get() < 4) {
            pace.await();
        }

        assertThat(bytes.get()).isGreaterThanOrEqualTo(5L * (100 << 20));
    }

    @Test
    void goes_on_when_the_journal_is_quiet_again() {
        var looks = new AtomicInteger();
        var busy = new AtomicInteger(3);
        var bytes = new AtomicLong();
        var pace =
                new Pace(
                        () -> bytes.addAndGet(busy.getAndDecrement() > 0 ? 100 << 20 : 10),
                        () -> looks.incrementAndGet() > 0);

        while (looks.get() == 0) {
            pace.await();
        }

        assertThat(busy.get()).isNotPositive();
    }

    @Test
    void does_not_wait_for_small_statements() {
        var bytes = new AtomicLong();
        var asked = new AtomicInteger();
        var pace =
                new Pace(
                        () -> {
                            asked.incrementAndGet();
                            return bytes.addAndGet(100_000);
                        },
                        () -> {
                            throw new AssertionError("it would wait");
                        });

        while (asked.get() < 5) {
            pace.await();
        }
    }
}
