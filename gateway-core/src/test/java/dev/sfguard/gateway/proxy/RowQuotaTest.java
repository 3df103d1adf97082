package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.policy.Limits;
import dev.sfguard.gateway.policy.Limits.Excess;
import dev.sfguard.gateway.policy.Limits.Rows;
import dev.sfguard.gateway.snowflake.RowAllowance;
import dev.sfguard.gateway.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowQuotaTest {
    @TempDir Path folder;
    private Store store;
    private Meter meter;

    @BeforeEach
    void open() throws Exception {
        store = Store.open(folder.resolve("sfguard.db"));
        var clock = Clock.fixed(Instant.parse("2026-11-25T12:00:00Z"), ZoneOffset.UTC);
        meter = new Meter(store.usage(), clock, "https://idp.example", "sub-ana");
    }

    @AfterEach
    void close() throws Exception {
        store.close();
    }

    private static Limits limits(long perStatement, long perDay, Excess excess) {
        return new Limits(
                Optional.of(new Rows("few", perStatement, excess)),
                Optional.of(new Rows("daily", perDay, excess)));
    }

    private long counted() {
        return meter.next().rowsToday();
    }

    @Test
    void rows_count_once_however_often_their_reply_passes() throws Exception {
        var quota = RowQuota.of(limits(10, 100, Excess.CUT), meter);
        for (int i = 0; i < 3; i++) {
            assertThat(quota.pass(0, 4)).isEqualTo(4);
            assertThat(quota.pass(4, 3)).isEqualTo(3);
            quota.told();
        }

        assertThat(counted()).isEqualTo(7);
        assertThat(quota.cut()).isEmpty();
    }

    @Test
    void answer_that_broke_off_goes_on_counting_where_it_had_come() throws Exception {
        var quota = RowQuota.of(limits(10, 100, Excess.CUT), meter);
        quota.pass(0, 4);
        quota.pass(0, 4);

        assertThat(quota.pass(4, 20)).isEqualTo(6);
        assertThat(counted()).isEqualTo(10);
        assertThat(quota.cut()).contains(new RowAllowance.Cut(10, "few"));
    }

    @Test
    void what_was_cut_stays_cut() throws Exception {
        var quota = RowQuota.of(limits(1000, 10, Excess.CUT), meter);
        var other = meter.take(7, 10);
        assertThat(quota.pass(0, 5)).isEqualTo(3);
        meter.giveBack(other);

        assertThat(quota.pass(0, 5)).isEqualTo(3);
        assertThat(quota.pass(5, 5)).isZero();
        assertThat(quota.cut()).contains(new RowAllowance.Cut(3, "daily"));
        assertThat(counted()).isEqualTo(3);
    }

    @Test
    void cut_without_any_row_is_a_refusal() throws Exception {
        var quota = RowQuota.of(limits(1000, 10, Excess.CUT), meter);
        meter.take(10, 10);

        assertThat(quota.pass(0, 5)).isZero();
        assertThat(quota.refusal()).get().asString().contains("limit \"daily\"", "midnight UTC");
        assertThat(quota.cut()).isEmpty();
    }

    @Test
    void refusal_gives_back_what_it_took_and_is_final() throws Exception {
        var quota = RowQuota.of(limits(1000, 10, Excess.BLOCK), meter);
        var other = meter.take(4, 10);
        assertThat(quota.mayRefuse()).isTrue();
        assertThat(quota.pass(0, 5)).isEqualTo(5);
        assertThat(quota.pass(5, 5)).isZero();
        assertThat(quota.refusal()).isPresent();
        assertThat(counted()).isEqualTo(4);

        meter.giveBack(other);
        assertThat(quota.pass(0, 5)).isZero();
        assertThat(quota.refusal()).isPresent();
        assertThat(counted()).isZero();
    }

    @Test
    void rows_that_left_before_a_refusal_stay_counted() throws Exception {
        var quota = RowQuota.of(limits(8, 100, Excess.BLOCK), meter);
        quota.pass(0, 5);
        quota.leaving();

        assertThat(quota.pass(5, 5)).isZero();
        assertThat(quota.refusal()).isPresent();
        assertThat(counted()).isGreaterThanOrEqualTo(5);
    }

    @Test
    void answer_to_a_change_is_free_and_no_more_than_that() throws Exception {
        var quota = RowQuota.ofChange(limits(3, 2, Excess.CUT), meter);
        assertThat(quota.pass(0, 1)).isEqualTo(1);
        assertThat(counted()).isZero();

        assertThat(quota.pass(1, 10)).isEqualTo(2);
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void statement_from_before_a_restart_does_not_count_twice() throws Exception {
        var quota = RowQuota.ofPast(limits(10, 100, Excess.CUT), meter, 8);

        assertThat(quota.pass(0, 8)).isEqualTo(8);
        assertThat(counted()).isZero();
        assertThat(quota.pass(8, 8)).isEqualTo(2);
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void result_that_grew_does_not_pass() throws Exception {
        var quota = RowQuota.of(limits(10, 100, Excess.CUT), meter);
        quota.pass(0, 4);
        quota.told();

        assertThatThrownBy(() -> quota.pass(4, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void parts_that_were_never_asked_for_are_given_back_once() throws Exception {
        var quota = RowQuota.of(limits(1000, 1000, Excess.CUT), meter);
        quota.pass(0, 1);
        quota.pass(1, 100);
        quota.pass(101, 100);
        quota.told();
        quota.fetching(0, 1);
        quota.fetching(101, 100);
        quota.fetching(101, 100);
        quota.end();
        quota.end();

        assertThat(counted()).isEqualTo(101);
        assertThatThrownBy(() -> quota.fetching(1, 100)).isInstanceOf(IOException.class);
    }

    @Test
    void several_statements_have_a_quota_each_and_an_unforeseen_result_has_one_too()
            throws Exception {
        var first = RowQuota.of(limits(2, 100, Excess.CUT), meter);
        var all = RowQuota.ofSeveral(limits(2, 100, Excess.CUT), meter, List.of(first));

        assertThat(all.ofPart(0)).isSameAs(first);
        assertThat(all.ofPart(1).pass(0, 5)).isEqualTo(2);
        assertThat(all.pass(0, 1)).isEqualTo(1);
        assertThat(counted()).isEqualTo(2);
    }

    @Test
    void without_limits_nothing_is_asked() throws Exception {
        var none = RowQuota.of(Limits.NONE, null);

        assertThat(none.isLimited()).isFalse();
        assertThat(none.allowance()).isSameAs(RowAllowance.ALL);
        assertThat(none.ofPart(3)).isSameAs(none);
    }
}
