package dev.sfguard.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.yaml.YamlProblems;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LivePolicyTest {
    private static final Duration NEVER = Duration.ofDays(1);
    private static final Logger LOG = Logger.getLogger(LivePolicy.class.getName());
    private static final String FIRST = "version: 1\ndefault: allow\n";
    private static final String SECOND = "version: 1\ndefault: block\n";

    @TempDir private Path folder;
    private final List<String> logged = new CopyOnWriteArrayList<>();
    private final Listener listener = new Listener(record -> logged.add(record.getMessage()));

    @BeforeEach
    void listen() throws IOException {
        LOG.addHandler(listener);
        write(FIRST);
    }

    @AfterEach
    void stopListening() {
        LOG.removeHandler(listener);
    }

    @Test
    void a_changed_file_is_taken_once_it_stays_as_it_is() throws Exception {
        try (var live = LivePolicy.start(config(), Clock.systemUTC(), NEVER)) {
            String first = live.get().version();
            write(SECOND);
            live.look();
            assertThat(live.get().version()).isEqualTo(first);
            live.look();
            assertThat(live.get().version()).isNotEqualTo(first);
            live.look();
            live.look();
            assertThat(logged).hasSize(1);
            assertThat(logged.getFirst()).contains("is taken: version " + live.get().version());
        }
    }

    @Test
    void a_file_that_is_still_being_written_is_not_taken() throws Exception {
        try (var live = LivePolicy.start(config(), Clock.systemUTC(), NEVER)) {
            String first = live.get().version();
            for (int length = 11; length < SECOND.length(); length++) {
                write(SECOND.substring(0, length));
                live.look();
            }
            assertThat(live.get().version()).isEqualTo(first);
            assertThat(logged).isEmpty();
        }
    }

    @Test
    void content_counts_and_not_the_time_of_the_file() throws Exception {
        var time = Files.getLastModifiedTime(file());
        try (var live = LivePolicy.start(config(), Clock.systemUTC(), NEVER)) {
            String first = live.get().version();
            write(SECOND);
            Files.setLastModifiedTime(file(), time);
            twice(live);
            assertThat(live.get().version()).isNotEqualTo(first);
            Files.setLastModifiedTime(file(), FileTime.fromMillis(0));
            twice(live);
            assertThat(logged).hasSize(1);
        }
    }

    @Test
    void a_file_with_a_problem_is_refused_whole_and_said_once() throws Exception {
        try (var live = LivePolicy.start(config(), Clock.systemUTC(), NEVER)) {
            var first = live.get();
            write("version: 1\ndefault: allow\nrulez: []\n");
            twice(live);
            twice(live);
            assertThat(live.get()).isSameAs(first);
            assertThat(logged).hasSize(1);
            assertThat(logged.getFirst())
                    .contains("is refused, and version " + first.version() + " stays")
                    .contains("policy.yaml:3:1: unknown key \"rulez\"");
            write(FIRST);
            twice(live);
            assertThat(logged).hasSize(2);
            assertThat(logged.getLast()).contains("is as it was");
        }
    }

    @Test
    void a_file_that_is_gone_huge_or_speaks_of_strangers_is_refused_too() throws Exception {
        try (var live = LivePolicy.start(config(), Clock.systemUTC(), NEVER)) {
            var first = live.get();
            Files.delete(file());
            twice(live);
            write("#".repeat(2 << 20));
            twice(live);
            write("version: 1\nroles: {nowhere: {a: B}}\n");
            twice(live);
            assertThat(live.get()).isSameAs(first);
            assertThat(logged).hasSize(3);
            assertThat(logged.get(0)).contains("no such file");
            assertThat(logged.get(1)).contains("longer than 1 MiB");
            assertThat(logged.get(2)).contains("a connection \"nowhere\"");
        }
    }

    @Test
    void it_looks_by_itself_until_it_is_closed() throws Exception {
        var taken = new CountDownLatch(1);
        var waiting = new Listener(_ -> taken.countDown());
        LOG.addHandler(waiting);
        try (var live = LivePolicy.start(config(), Clock.systemUTC(), Duration.ofMillis(5))) {
            String first = live.get().version();
            write(SECOND);
            assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(live.get().version()).isNotEqualTo(first);
        } finally {
            LOG.removeHandler(waiting);
        }
    }

    @Test
    void a_gateway_does_not_start_with_a_wrong_policy() throws Exception {
        write("version: 2\n");
        assertThatThrownBy(() -> LivePolicy.start(config(), Clock.systemUTC(), NEVER))
                .isInstanceOf(YamlProblems.class);
        write("version: 1\nroles: {nowhere: {a: B}}\n");
        assertThatThrownBy(() -> LivePolicy.start(config(), Clock.systemUTC(), NEVER))
                .isInstanceOf(IOException.class);
    }

    @Test
    void what_it_has_and_what_it_refused_is_there_for_a_check_until_it_ends() throws Exception {
        var at = PolicyState.file(config());
        try (var live = LivePolicy.start(config(), Clock.systemUTC(), NEVER)) {
            assertThat(state().version()).isEqualTo(live.get().version());
            assertThat(state().refused()).isEmpty();
            write("version: 1\nrulez: []\n");
            twice(live);
            assertThat(state().version()).isEqualTo(live.get().version());
            assertThat(state().refused().orElseThrow().why())
                    .contains("policy.yaml:2:1: unknown key \"rulez\"");
            write(SECOND);
            twice(live);
            assertThat(state().version()).isEqualTo(live.get().version());
            assertThat(state().refused()).isEmpty();
        }
        assertThat(at).doesNotExist();
        Files.writeString(at, "{\"version\":1}");
        assertThat(PolicyState.read(at)).isEmpty();
    }

    private PolicyState state() throws IOException {
        return PolicyState.read(PolicyState.file(config())).orElseThrow();
    }

    private static void twice(LivePolicy live) {
        live.look();
        live.look();
    }

    private Path file() {
        return folder.resolve("policy.yaml");
    }

    private void write(String text) throws IOException {
        var fresh = folder.resolve("fresh");
        Files.writeString(fresh, text);
        Files.move(fresh, file(), StandardCopyOption.REPLACE_EXISTING);
    }

    private GatewayConfig config() {
        return new GatewayConfig(
                folder.resolve("gateway.yaml"),
                "gw",
                folder,
                Duration.ofMinutes(30),
                InetSocketAddress.createUnresolved("127.0.0.1", 0),
                Optional.empty(),
                List.of(),
                List.of(),
                folder.resolve("store"),
                new GatewayConfig.Recordings(folder, 1, Set.of(), Set.of()),
                file(),
                Set.of(),
                Set.of(),
                List.of());
    }

    private static final class Listener extends Handler {
        private final Consumer<LogRecord> tell;

        Listener(Consumer<LogRecord> tell) {
            this.tell = tell;
        }

        @Override
        public void publish(LogRecord record) {
            tell.accept(record);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
