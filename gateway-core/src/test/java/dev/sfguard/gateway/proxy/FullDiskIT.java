package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.recording.FailingRecordings;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.nio.file.Path;
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
    void it_is_recorded_also_when_the_session_asks_nothing_more() throws Exception {
        var tokens = gateway.login();
        disk.fill();
        gateway.query(tokens, "select 'the last one'");

        disk.free();

        long deadline = System.nanoTime() + 30_000_000_000L;
        while (gateway.events(RecordingEvent.Failed.class).isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            LockSupport.parkNanos(10_000_000);
        }
        assertThat(gateway.events(RecordingEvent.Failed.class))
                .singleElement()
                .extracting(RecordingEvent.Failed::code)
                .isEqualTo(NOT_RECORDED);
    }
}
