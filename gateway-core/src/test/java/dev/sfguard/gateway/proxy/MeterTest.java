package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.store.Store;
import dev.sfguard.gateway.store.StoreFailed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeterTest {
    private static final Instant NOON = Instant.parse("2026-11-25T12:00:10Z");

    @TempDir Path folder;
    private Instant now = NOON;
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private Store store;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(folder.resolve("sfguard.db"));
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    private Meter meter() throws StoreFailed {
        return new Meter(store.usage(), clock, "https://idp.example", "sub-ana");
    }

    private static long taken(Meter meter, long wanted, long most) throws StoreFailed {
        return meter.take(wanted, most).count();
    }

    @Test
    void statements_count_within_a_minute() throws Exception {
        var meter = meter();

        assertThat(meter.asked(1)).isEqualTo(new Usage(1, 0));
        assertThat(meter.asked(3)).isEqualTo(new Usage(2, 0));
        assertThat(meter.next()).isEqualTo(new Usage(5, 0));
        assertThat(meter.asked(1)).isEqualTo(new Usage(5, 0));
        now = Instant.parse("2026-11-25T12:01:00Z");
        assertThat(meter.asked(1)).isEqualTo(new Usage(1, 0));
    }

    @Test
    void rows_count_within_a_day_and_no_more_are_given_than_are_left() throws Exception {
        var meter = meter();

        assertThat(taken(meter, 900, 1000)).isEqualTo(900);
        assertThat(taken(meter, 900, 1000)).isEqualTo(100);
        assertThat(taken(meter, 900, 1000)).isZero();
        assertThat(meter.next().rowsToday()).isEqualTo(1000);
        now = Instant.parse("2026-11-26T00:00:00Z");
        assertThat(meter.next().rowsToday()).isZero();
        assertThat(taken(meter, 900, 1000)).isEqualTo(900);
    }

    @Test
    void a_clock_that_is_set_back_opens_no_second_day() throws Exception {
        var meter = meter();
        taken(meter, 1000, 1000);
        now = NOON.plusSeconds(86_400);
        assertThat(taken(meter, 1000, 1000)).isEqualTo(1000);

        now = NOON;
        assertThat(taken(meter, 1000, 1000)).isZero();
        // Not even by a restart.
        assertThat(taken(meter(), 1000, 1000)).isZero();
        now = NOON.plusSeconds(86_400);
        assertThat(taken(meter, 1000, 1000)).isZero();
        now = NOON.plusSeconds(2 * 86_400);
        assertThat(taken(meter, 1000, 1000)).isEqualTo(1000);
    }

    @Test
    void a_clock_that_is_set_back_keeps_the_minutes_statements() throws Exception {
        var meter = meter();
        meter.asked(7);
        now = NOON.minusSeconds(3600);

        assertThat(meter.next().statementsThisMinute()).isEqualTo(8);
        now = now.plusSeconds(60);
        assertThat(meter.next().statementsThisMinute()).isEqualTo(1);
    }

    @Test
    void nothing_is_lost_when_the_process_ends_in_the_middle() throws Exception {
        var meter = meter();
        for (int i = 0; i < 137; i++) {
            meter.asked(1);
            taken(meter, 11, 100_000);
        }

        var after = meter().next();

        assertThat(after.statementsThisMinute()).isBetween(138L, 148L);
        assertThat(after.rowsToday()).isBetween(137L * 11, 137L * 11 + 1000);
    }

    @Test
    void small_allowances_lose_little_by_a_crash() throws Exception {
        taken(meter(), 1, 100);

        assertThat(meter().next().rowsToday()).isEqualTo(2);
    }

    @Test
    void an_orderly_end_counts_nothing_too_high() throws Exception {
        var meter = meter();
        meter.asked(3);
        taken(meter, 5, 100_000);
        meter.settle();

        assertThat(meter().next()).isEqualTo(new Usage(4, 5));
    }

    @Test
    void many_at_once_get_no_more_than_there_is() throws Exception {
        var meter = meter();
        long granted = 0;
        var numbers = new ArrayList<Long>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var takes = new ArrayList<Future<Long>>();
            var asks = new ArrayList<Future<Long>>();
            for (int i = 0; i < 300; i++) {
                Callable<Long> take = () -> taken(meter, 7, 1000);
                Callable<Long> ask = () -> meter.asked(1).statementsThisMinute();
                takes.add(threads.submit(take));
                asks.add(threads.submit(ask));
            }
            for (var take : takes) {
                granted += take.get();
            }
            for (var ask : asks) {
                numbers.add(ask.get());
            }
        }

        assertThat(granted).isEqualTo(1000);
        assertThat(numbers).doesNotHaveDuplicates().hasSize(300);
        assertThat(meter.next()).isEqualTo(new Usage(301, 1000));
    }

    @Test
    void what_is_given_back_can_be_had_again_on_the_same_day_only() throws Exception {
        var meter = meter();
        var taken = meter.take(1000, 1000);
        meter.giveBack(new Meter.Rows(taken.day(), 400));
        assertThat(taken(meter, 1000, 1000)).isEqualTo(400);

        now = NOON.plusSeconds(86_400);
        taken(meter, 10, 1000);
        meter.giveBack(taken);
        assertThat(meter.next().rowsToday()).isEqualTo(10);
    }

    @Test
    void a_full_store_gives_nothing_out() throws Exception {
        var meter = meter();
        meter.asked(1);
        taken(meter, 10, 1000);
        full("CREATE TRIGGER full BEFORE INSERT ON usage BEGIN SELECT RAISE(ABORT, 'full'); END");

        assertThatThrownBy(() -> meter.asked(100)).isInstanceOf(StoreFailed.class);
        assertThatThrownBy(() -> meter.take(500, 1000)).isInstanceOf(StoreFailed.class);
        assertThat(meter.next()).isEqualTo(new Usage(2, 10));
        full("DROP TRIGGER full");
        assertThat(taken(meter, 500, 1000)).isEqualTo(500);
    }

    private void full(String sql) throws Exception {
        assertThat(Files.exists(folder.resolve("sfguard.db"))).isTrue();
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("sfguard.db"));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Test
    void people_count_apart_and_an_agent_counts_with_its_person() throws Exception {
        var meters = new Meters(store.usage(), clock);
        meters.of(TestGateway.ANA).asked(5);

        assertThat(meters.of(TestGateway.BO).next().statementsThisMinute()).isEqualTo(1);
        assertThat(meters.of(TestGateway.ANA.asAgent()).next().statementsThisMinute()).isEqualTo(6);
        meters.close();
        assertThat(new Meters(store.usage(), clock).of(TestGateway.ANA).next())
                .isEqualTo(new Usage(6, 0));
    }
}
