package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.Catalog.Relation;
import dev.sfguard.gateway.sql.ObjectName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When pictures are taken, and who waits for them.
class AccountCatalogTest {
    private static final AccountCatalog.Times TIMES =
            new AccountCatalog.Times(
                    Duration.ofSeconds(60), Duration.ofSeconds(2), Duration.ofSeconds(10));

    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final AtomicInteger reads = new AtomicInteger();
    private final Map<String, Set<String>> account = new HashMap<>(Map.of("SHOP", Set.of("A")));
    private volatile boolean down;
    private volatile CountDownLatch gate = new CountDownLatch(0);
    private final AccountCatalog catalog =
            new AccountCatalog("shop", Set.of("SHOP"), new Account(), TIMES, clock());

    private Clock clock() {
        return new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
    }

    private final class Account implements AccountCatalog.Source {
        @Override
        public Catalog read(Set<String> databases) throws CatalogFailed {
            reads.incrementAndGet();
            try {
                assertThat(gate.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (down) {
                throw new CatalogFailed("it is down");
            }
            synchronized (account) {
                var relations = new HashMap<ObjectName, Relation>();
                var seen = new ArrayList<String>();
                for (var database : databases) {
                    if (account.containsKey(database)) {
                        seen.add(database);
                        account.get(database)
                                .forEach(
                                        table ->
                                                relations.put(
                                                        name(database, table),
                                                        table(database, table)));
                    }
                }
                return new Catalog(0, Set.copyOf(seen), relations);
            }
        }

        @Override
        public void close() {}
    }

    private static ObjectName name(String database, String table) {
        return new ObjectName(database, "PUBLIC", table);
    }

    private static Relation table(String database, String table) {
        return new Relation(
                name(database, table), Kind.TABLE, List.of(new Column("ID", "NUMBER")), null);
    }

    private void set(String database, String... tables) {
        synchronized (account) {
            account.put(database, Set.of(tables));
        }
    }

    private void later(Duration by) {
        now = now.plus(by);
    }

    private void until(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void close() {
        gate.countDown();
        catalog.close();
    }

    @Test
    void nothing_is_read_before_somebody_asks() {
        assertThat(reads).hasValue(0);
        catalog.changed();
        assertThat(reads).hasValue(0);
    }

    @Test
    void the_first_question_waits_for_the_first_picture() {
        assertThat(catalog.now().find(name("SHOP", "A"))).isPresent();
        assertThat(catalog.now().version()).isEqualTo(1);
        assertThat(reads).hasValue(1);
    }

    @Test
    void a_picture_is_kept_for_its_time_and_then_replaced_behind_the_question() {
        catalog.now();
        set("SHOP", "A", "B");
        later(Duration.ofSeconds(59));
        assertThat(catalog.now().find(name("SHOP", "B"))).isEmpty();
        assertThat(reads).hasValue(1);
        later(Duration.ofSeconds(2));
        catalog.now();
        until(() -> catalog.now().find(name("SHOP", "B")).isPresent());
        assertThat(reads).hasValue(2);
    }

    @Test
    void the_version_changes_with_the_content_only() {
        long version = catalog.now().version();
        catalog.changed();
        assertThat(catalog.now().version()).isEqualTo(version);
        set("SHOP", "B");
        catalog.changed();
        assertThat(catalog.now().version()).isEqualTo(version + 1);
    }

    @Test
    void after_a_change_of_our_own_nobody_sees_the_old_picture() {
        catalog.now();
        set("SHOP", "B");
        catalog.changed();
        assertThat(catalog.now().find(name("SHOP", "A"))).isEmpty();
        assertThat(catalog.now().find(name("SHOP", "B"))).isPresent();
    }

    @Test
    void a_load_that_began_before_the_change_is_not_enough() throws Exception {
        catalog.now();
        gate = new CountDownLatch(1);
        later(Duration.ofSeconds(61));
        catalog.now();
        until(() -> reads.get() == 2);
        set("SHOP", "B");
        catalog.changed();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = threads.submit(catalog::now);
            gate.countDown();
            assertThat(asked.get(10, TimeUnit.SECONDS).find(name("SHOP", "B"))).isPresent();
        }
        assertThat(reads).hasValue(3);
    }

    @Test
    void fifty_sessions_cause_one_load() throws Exception {
        gate = new CountDownLatch(1);
        var asked = new ArrayList<Future<Catalog>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                asked.add(threads.submit(catalog::now));
            }
            until(() -> reads.get() == 1);
            gate.countDown();
            for (var answer : asked) {
                assertThat(answer.get(10, TimeUnit.SECONDS).find(name("SHOP", "A"))).isPresent();
            }
        }
        assertThat(reads).hasValue(1);
    }

    @Test
    void fifty_sessions_that_do_not_know_a_name_cause_one_load_more() throws Exception {
        catalog.now();
        later(Duration.ofSeconds(3));
        set("SHOP", "A", "B");
        var asked = new ArrayList<Future<Catalog>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 50; i++) {
                asked.add(threads.submit(catalog::anew));
            }
            for (var answer : asked) {
                assertThat(answer.get(10, TimeUnit.SECONDS).find(name("SHOP", "B"))).isPresent();
            }
        }
        assertThat(reads).hasValue(2);
        // Whoever asks again at once gets what there is: unknown names cannot keep us busy.
        catalog.anew();
        assertThat(reads).hasValue(2);
    }

    @Test
    void while_snowflake_is_down_the_old_picture_stays_and_few_tries_are_made() {
        catalog.now();
        down = true;
        catalog.changed();
        assertThat(catalog.now().find(name("SHOP", "A"))).isPresent();
        assertThat(catalog.now().find(name("SHOP", "A"))).isPresent();
        assertThat(reads).hasValue(2);
        down = false;
        set("SHOP", "B");
        later(Duration.ofSeconds(3));
        until(() -> catalog.now().find(name("SHOP", "B")).isPresent());
    }

    @Test
    void without_any_picture_nothing_is_known() {
        down = true;
        assertThat(catalog.now()).isSameAs(Catalog.EMPTY);
        assertThat(catalog.anew()).isSameAs(Catalog.EMPTY);
    }

    @Test
    void a_database_that_a_statement_names_joins_the_picture_and_one_that_is_none_does_not() {
        set("OTHER", "X");
        assertThat(catalog.now().databases()).containsExactly("SHOP");
        assertThat(catalog.with(Set.of("OTHER", "NONE")).databases())
                .containsExactlyInAnyOrder("SHOP", "OTHER");
        int before = reads.get();
        catalog.with(Set.of("NONE", "OTHER"));
        assertThat(reads).hasValue(before);
        later(Duration.ofSeconds(61));
        set("NONE", "Y");
        assertThat(catalog.with(Set.of("NONE")).databases()).contains("NONE");
    }

    @Test
    void a_strangers_many_databases_do_not_make_the_picture_endless() {
        for (int i = 0; i < 100; i++) {
            set("D" + i, "T");
            catalog.with(Set.of("D" + i));
        }
        assertThat(catalog.now().databases()).hasSize(32).contains("SHOP");
    }
}
