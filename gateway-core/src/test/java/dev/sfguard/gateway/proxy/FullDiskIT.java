package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.recording.FailingRecordings;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that fails between a statement's lines and their commit.
class FullDiskIT {
    private static final String NOT_RECORDED = "098016";

    @TempDir Path folder;
    private final FailingRecordings disk = new FailingRecordings();
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake, TestGateway.settings(), disk::open);
    }

    @AfterEach
    void stop() throws Exception {
        disk.free();
        gateway.close();
        snowflake.close();
    }

    @Test
    void a_statement_that_was_refused_for_the_disk_is_recorded_as_failed_after_all()
            throws Exception {
        var tokens = gateway.login();
        disk.fill();

        var refused = gateway.query(tokens, "select 'never left'");

        assertThat(refused.path("code").asText()).isEqualTo(NOT_RECORDED);
        disk.free();
        while (!gateway.query(tokens, "select 'after'").path("success").asBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(snowflake.received()).noneMatch(it -> it.toString().contains("never left"));
        var sent =
                gateway.events(RecordingEvent.Sent.class).stream()
                        .filter(it -> it.text().equals("select 'never left'"))
                        .toList();
        assertThat(sent).hasSize(1);
        long statement = sent.getFirst().statement();
        var events = gateway.events();
        assertThat(events.subList(events.indexOf(sent.getFirst()) + 1, events.size()))
                .first()
                .isInstanceOfSatisfying(
                        RecordingEvent.Failed.class,
                        failed -> {
                            assertThat(failed.statement()).isEqualTo(statement);
                            assertThat(failed.code()).isEqualTo(NOT_RECORDED);
                            assertThat(failed.message()).contains("was not run");
                        });
        assertThat(gateway.events(RecordingEvent.Failed.class)).hasSize(1);
    }

    @Test
    void what_had_left_when_the_disk_filled_is_recorded_with_its_outcome() throws Exception {
        var tokens = gateway.login();
        snowflake.statements.put(
                "insert into t",
                (_, _) -> {
                    disk.fill();
                    return ScriptedSnowflake.bytes(
                            ScriptedSnowflake.ok(snowflake.rows(new String[] {"1"})));
                });

        var answer = gateway.query(tokens, "insert into t values (1)");

        assertThat(answer.path("code").asText()).isEqualTo(NOT_RECORDED);
        assertThat(answer.path("message").asText()).contains("may have run");
        disk.free();
        Await.until(() -> !gateway.events(RecordingEvent.Failed.class).isEmpty());
        assertThat(gateway.events(RecordingEvent.Failed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.message()).contains("may have run"));
    }

    @Test
    void a_large_result_that_was_cut_for_the_disk_is_recorded_with_its_outcome() throws Exception {
        var tokens = gateway.login();
        var rows = new String[3_000][];
        Arrays.fill(rows, new String[] {"x".repeat(200)});
        var large = ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows(rows)));
        snowflake.statements.put(
                "select large",
                (_, exchange) -> {
                    exchange.sendResponseHeaders(200, large.length);
                    int half = large.length / 2;
                    exchange.getResponseBody().write(large, 0, half);
                    exchange.getResponseBody().flush();
                    Await.until(() -> !gateway.events(RecordingEvent.Rows.class).isEmpty());
                    disk.fill();
                    exchange.getResponseBody().write(large, half, large.length - half);
                    return null;
                });

        assertThatThrownBy(() -> gateway.query(tokens, "select large")).isNotNull();

        disk.free();
        Await.until(() -> !gateway.events(RecordingEvent.Failed.class).isEmpty());
        assertThat(gateway.events(RecordingEvent.Failed.class)).hasSize(1);
    }

    @Test
    void it_is_recorded_also_when_the_session_asks_nothing_more() throws Exception {
        var tokens = gateway.login();
        disk.fill();
        gateway.query(tokens, "select 'the last one'");

        disk.free();

        Await.until(() -> !gateway.events(RecordingEvent.Failed.class).isEmpty());
        assertThat(gateway.events(RecordingEvent.Failed.class))
                .singleElement()
                .extracting(RecordingEvent.Failed::code)
                .isEqualTo(NOT_RECORDED);
    }
}
