package dev.sfguard.gateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("sfguard.db");
    }

    private static StoredSession session(String id) {
        return new StoredSession(
                id,
                "t-" + id,
                "m-" + id,
                null,
                null,
                NOW.plusSeconds(60),
                NOW.plusSeconds(600),
                "{}");
    }

    @Test
    void sessions_are_there_after_a_restart_until_they_end() throws Exception {
        try (var store = Store.open(file())) {
            store.save(session("a"));
            store.save(session("b"));
            store.remember("a", List.of(new StoredQuery("q1", "r1", 1, 1)));
        }
        try (var store = Store.open(file())) {
            assertThat(store.sessions(NOW)).containsExactly(session("a"), session("b"));
            assertThat(store.queries("a")).containsExactly(new StoredQuery("q1", "r1", 1, 1));
            assertThat(store.sessions(NOW.plusSeconds(601))).isEmpty();
            store.forget("a");
            assertThat(store.sessions(NOW)).containsExactly(session("b"));
            assertThat(store.queries("a")).isEmpty();
        }
    }

    @Test
    void what_was_acknowledged_survives_a_crash() throws Exception {
        try (var store = Store.open(file())) {
            store.save(session("a"));
            assertThat(store.firstUse("jti", NOW, NOW)).isTrue();
            // The files as a kill would leave them: the write-ahead log is not merged.
            var crashed = folder.resolve("crashed.db");
            Files.copy(file(), crashed);
            Files.copy(
                    folder.resolve("sfguard.db-wal"),
                    folder.resolve("crashed.db-wal"),
                    StandardCopyOption.REPLACE_EXISTING);
            try (var after = Store.open(crashed)) {
                assertThat(after.sessions(NOW)).containsExactly(session("a"));
                assertThat(after.firstUse("jti", NOW, NOW)).isFalse();
            }
        }
    }

    @Test
    void token_is_used_once_however_many_ask_at_once() throws Exception {
        try (var store = Store.open(file());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asks =
                    IntStream.range(0, 200)
                            .<Callable<Boolean>>mapToObj(
                                    i -> () -> store.firstUse("jti-" + i % 10, NOW, NOW))
                            .toList();
            int first = 0;
            for (var answer : threads.invokeAll(asks)) {
                first += answer.get() ? 1 : 0;
            }
            assertThat(first).isEqualTo(10);
        }
    }

    @Test
    void file_is_for_its_owner_alone() throws Exception {
        try (var store = Store.open(file())) {
            store.save(session("a"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void file_of_a_newer_gateway_is_refused() throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA user_version = 99");
        }

        assertThatThrownBy(() -> Store.open(file()))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("written by a newer sfguard (schema 99");
    }

    @Test
    void store_that_another_process_locks_for_a_while_is_waited_for() throws Exception {
        try (var store = Store.open(file());
                var other = DriverManager.getConnection("jdbc:sqlite:" + file());
                var statement = other.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            statement.execute("BEGIN IMMEDIATE");
            var saving =
                    threads.submit(
                            () -> {
                                store.save(session("a"));
                                return true;
                            });

            // Reading goes on meanwhile.
            for (int i = 0; i < 200; i++) {
                assertThat(store.sessions(NOW)).isEmpty();
            }
            assertThat(saving.isDone()).isFalse();
            statement.execute("COMMIT");

            assertThat(saving.get()).isTrue();
            assertThat(store.sessions(NOW)).containsExactly(session("a"));
        }
    }

    @Test
    void results_and_memories_go_with_their_session() throws Exception {
        var result = new StoredResult("r1", "a", "hash", "01b2", "shape", NOW.plusSeconds(60));
        try (var store = Store.open(file())) {
            store.save(session("a"));
            store.keep(result, NOW);
            store.remembered("a", 17);
            store.remembered("a", 42);
        }
        try (var store = Store.open(file())) {
            assertThat(store.result("r1")).contains(result);
            assertThat(store.result("r1' OR '1'='1")).isEmpty();
            assertThat(store.remembered("a")).isEqualTo(42);
            store.keep(
                    new StoredResult("r2", "a", "h", "q", "s", NOW.plusSeconds(600)),
                    NOW.plusSeconds(61));
            assertThat(store.result("r1")).as("its time is over").isEmpty();
            store.forget("a");
            assertThat(store.result("r2")).isEmpty();
            assertThat(store.remembered("a")).isZero();
        }
    }

    @Test
    void store_that_is_no_database_is_said() throws Exception {
        Files.writeString(file(), "half a page of something else, ".repeat(200));

        assertThatThrownBy(() -> Store.open(file()))
                .isInstanceOf(StoreFailed.class)
                .hasMessageContaining("Cannot open the store " + file());
    }

    @Test
    void one_bad_change_does_not_fail_the_others() throws Exception {
        try (var store = Store.open(file());
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var bad =
                    threads.submit(
                            () -> {
                                store.remember("nobody", List.of(new StoredQuery("q", "r", 1, 1)));
                                return null;
                            });
            var good =
                    IntStream.range(0, 50)
                            .mapToObj(
                                    i ->
                                            threads.submit(
                                                    () -> {
                                                        store.save(session("s" + i));
                                                        return null;
                                                    }))
                            .toList();
            for (var each : good) {
                each.get();
            }
            assertThatThrownBy(bad::get).hasCauseInstanceOf(StoreFailed.class);
            assertThat(store.sessions(NOW)).hasSize(50);
        }
    }
}
