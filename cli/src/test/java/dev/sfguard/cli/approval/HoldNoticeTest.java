package dev.sfguard.cli.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.CapturedStreams;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class HoldNoticeTest {
    private static final String CALL = "GET /v1/requests?mine=true&limit=1&session=4711";
    private static final String LIST = "{\"step\":7,\"requests\":[%s]}";
    private static final String HELD =
            LIST.formatted(
                    RequestsCommandTest.LINE
                            .formatted("")
                            .replace("may_answer\":true", "may_answer\":false"));

    private final CannedApi api = new CannedApi();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    private HoldNotice notice(boolean terminal) {
        return new HoldNotice(
                api,
                new CapturedStreams().streams(),
                new PrintStream(screen, true, StandardCharsets.UTF_8),
                terminal);
    }

    private String printed() {
        return screen.toString(StandardCharsets.UTF_8);
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + 30_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void without_a_terminal_the_wait_is_one_line() {
        api.answer(CALL, HELD).answer(CALL + "&after=7", HELD);
        try (var _ = notice(false).watch(Optional.of("4711"))) {
            until(() -> api.asked().size() > 3);
        }
        assertThat(printed())
                .isEqualTo(
                        "sfguard: waiting for approval: request 7K3M9Q2X, rule orders-writes, a"
                                + " member of dba; sfguard approve 7K3M9Q2X\n");
    }

    @Test
    void on_a_terminal_the_line_goes_when_the_statement_does() {
        api.answer(CALL, HELD).answer(CALL + "&after=7", HELD);
        try (var _ = notice(true).watch(Optional.of("4711"))) {
            until(() -> printed().contains("7K3M9Q2X"));
        }
        String all = printed();
        assertThat(all)
                .startsWith(
                        "\r\u001b[KWaiting for approval: request 7K3M9Q2X, 28m left, a member of dba")
                .endsWith("\r\u001b[K");
        assertThat(all.split("\r\u001b\\[K", -1)).allMatch(line -> line.length() < 80);
    }

    @Test
    void on_a_terminal_the_line_goes_once_the_statement_runs() {
        api.answer(CALL, HELD).answer(CALL + "&after=7", LIST.formatted(""));
        try (var _ = notice(true).watch(Optional.of("4711"))) {
            until(() -> printed().endsWith("\r\u001b[K"));
        }
        assertThat(printed()).contains("7K3M9Q2X");
    }

    @Test
    void a_statement_that_is_done_at_once_asks_nobody() {
        notice(true).watch(Optional.of("4711")).close();
        notice(true).watch(Optional.empty()).close();
        assertThat(api.asked()).isEmpty();
        assertThat(printed()).isEmpty();
    }

    @Test
    void a_gateway_that_does_not_tell_changes_nothing() {
        api.refuse(CALL, 500, "broken", "");
        try (var _ = notice(true).watch(Optional.of("4711"))) {
            until(() -> !api.asked().isEmpty());
        }
        assertThat(printed()).isEmpty();
    }
}
