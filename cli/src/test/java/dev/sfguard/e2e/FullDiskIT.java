package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.cli.ExitCode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.recording.SessionQuery;
import dev.sfguard.gateway.recording.SessionSummary;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The recordings' disk is full: not a double of one, a file system without room.
class FullDiskIT {
    private static final int NOT_RECORDED = 98_016;

    /// More than the journal lays out ahead needs a few of them.
    private static final int LARGE = 300_000;

    @TempDir Path folder;
    private SmallDisk disk;
    private Stage stage;

    @BeforeEach
    void raise() throws Exception {
        disk = SmallDisk.mount(folder.resolve("gateway/recordings"), 16);
        stage = Stage.raiseUnmasked(folder);
    }

    @AfterEach
    void strike() throws Exception {
        if (stage != null) {
            stage.close();
        }
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void nothing_runs_unrecorded_and_all_goes_on_when_there_is_room() throws Exception {
        Connection leaving = stage.ana().jdbc();
        try (var connection = stage.ana().jdbc()) {
            assertThat(run(connection, "select 'before'")).isEqualTo("before");
            run(leaving, "select 'leaves while the disk is full'");
            disk.fill();

            runUntilRefused(connection);

            assertRefused(connection, "select 'unrecorded'");
            assertRefused(connection, "insert into orders (id) values (4711)");
            assertThatThrownBy(() -> stage.bo().jdbc())
                    .isInstanceOfSatisfying(
                            SQLException.class,
                            refused -> assertThat(refused.getErrorCode()).isEqualTo(NOT_RECORDED));
            assertThat(
                            Ran.sfguard(
                                            stage.ana().home().folder(),
                                            "exec",
                                            "shop",
                                            "-q",
                                            "select 'by the command'")
                                    .status())
                    .isEqualTo(ExitCode.NOT_RECORDED.status());
            assertThat(stage.reachedTheSandbox("select 'by the command'")).isFalse();
            leaving.close();

            disk.makeRoom();

            Await.until(() -> runs(connection, "select 'after'"));
            assertThat(stage.timesReceived("select 'after'")).isEqualTo(1);
        }
        assertThat(recordedAsSent(apiEvents())).containsAll(receivedFromClients());
        assertReadsBackWholeWithoutTheGateway();
    }

    /// The journal has some room of its own laid out ahead.
    private void runUntilRefused(Connection connection) throws SQLException {
        for (int i = 0; i < 60; i++) {
            String sql = "select length('" + i + "x".repeat(LARGE) + "')";
            try {
                run(connection, sql);
            } catch (SQLException refused) {
                assertThat(refused.getErrorCode()).as("%s", refused).isEqualTo(NOT_RECORDED);
                assertThat(refused.getMessage())
                        .containsAnyOf(
                                "the recording cannot be written",
                                "what came back cannot be recorded");
                return;
            }
        }
        throw new AssertionError("the disk did not get full");
    }

    private void assertRefused(Connection connection, String sql) {
        assertThatThrownBy(() -> run(connection, sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        refused -> assertThat(refused.getErrorCode()).isEqualTo(NOT_RECORDED));
        assertThat(stage.reachedTheSandbox(sql)).isFalse();
    }

    private static boolean runs(Connection connection, String sql) {
        try {
            run(connection, sql);
            return true;
        } catch (SQLException stillFull) {
            return false;
        }
    }

    private static String run(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            if (!statement.execute(sql)) {
                return "";
            }
            try (var result = statement.getResultSet()) {
                return result.next() ? result.getString(1) : "";
            }
        }
    }

    private List<JsonNode> apiEvents() throws Exception {
        return Recorded.events(stage);
    }

    private static Set<String> recordedAsSent(List<JsonNode> events) {
        var texts = new HashSet<String>();
        events.stream()
                .filter(event -> event.path("type").asText().equals("sent"))
                .forEach(event -> texts.add(event.path("text").asText()));
        return texts;
    }

    /// What Snowflake was given to run, without the gateway's own words.
    private List<String> receivedFromClients() {
        return stage.sandbox().received().stream()
                .filter(statement -> !statement.describeOnly())
                .map(statement -> statement.text())
                .filter(text -> !text.startsWith("USE ROLE") && !text.startsWith("USE SECONDARY"))
                .toList();
    }

    /// From the folder, as another process of the gateway finds it; the reader checks the chain.
    private void assertReadsBackWholeWithoutTheGateway() throws Exception {
        List<String> received = receivedFromClients();
        stage.gateway().close();
        var sent = new ArrayList<String>();
        try (var recordings =
                Recordings.open(disk.folder(), RecordingSettings.defaults(), Clock.systemUTC())) {
            var sessions = recordings.list(SessionQuery.newest(100));
            assertThat(sessions)
                    .extracting(SessionSummary::state)
                    .contains(SessionSummary.State.CLOSED);
            for (var session : sessions) {
                try (var reader = new RecordingReader(recordings.lines(session.id()))) {
                    for (var it = reader.next(); it.isPresent(); it = reader.next()) {
                        if (it.get().event() instanceof RecordingEvent.Sent event) {
                            sent.add(event.text());
                        }
                    }
                }
            }
        }
        assertThat(sent).containsAll(received);
    }
}
