package dev.sfguard.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingsTest {
    @TempDir private Path folder;

    private Recordings open() throws IOException {
        return Recordings.open(folder, Samples.SMALL, Clock.systemUTC());
    }

    private static List<RecordedEvent> events(Recordings recordings, String session)
            throws IOException {
        var events = new ArrayList<RecordedEvent>();
        try (var reader = new RecordingReader(recordings.lines(session))) {
            for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                events.add(event.get());
            }
        }
        return events;
    }

    private static void query(Recording recording, long statement) throws IOException {
        recording.append(Samples.asked(statement, "SELECT 1"));
        recording.append(Samples.allowed(statement, "SELECT 1"));
        recording.commit();
        recording.append(Samples.rows(statement, 0, 2, "[[\"1\"],[null]]"));
        recording.append(Samples.ended(statement, 2));
        recording.commit();
    }

    @Test
    void a_live_session_reads_back_in_order() throws IOException {
        try (var recordings = open()) {
            String id = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(id));
            query(recording, 1);

            var events = events(recordings, id);

            assertThat(events).extracting(RecordedEvent::seq).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(events.get(0).event()).isEqualTo(Samples.opened(id));
            assertThat(((RecordingEvent.Rows) events.get(3).event()).json())
                    .isEqualTo("[[\"1\"],[null]]".getBytes(StandardCharsets.UTF_8));
            assertThat(recordings.list(SessionQuery.newest(10)))
                    .singleElement()
                    .satisfies(
                            it -> {
                                assertThat(it.state()).isEqualTo(SessionSummary.State.LIVE);
                                assertThat(it.statements()).isEqualTo(1);
                                assertThat(it.rows()).isEqualTo(2);
                            });
        }
    }

    @Test
    void nobody_but_the_owner_can_read_anything_of_it() throws Exception {
        var fresh = folder.resolve("fresh");
        try (var recordings =
                Recordings.open(fresh, RecordingSettings.defaults(), Clock.systemUTC())) {
            recordings.start(Samples.opened(recordings.nextSessionId())).close("logout");
        }
        assertThat(Files.getPosixFilePermissions(fresh))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getPosixFilePermissions(fresh.resolve(SessionIndex.FILE)))
                .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }

    @Test
    void a_closed_session_is_sealed_and_its_journal_goes() throws Exception {
        String id;
        try (var recordings = open()) {
            id = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(id));
            query(recording, 1);
            recording.close("logout");
            recording.close("twice");
            Await.until(() -> Files.exists(part(id, 1)));

            assertThat(events(recordings, id)).hasSize(6);
            assertThatThrownBy(() -> recording.append(Samples.asked(2, "late")))
                    .isInstanceOf(RecordingFailed.class)
                    .hasMessageContaining("closed");
        }
        try (var recordings = open()) {
            assertThat(events(recordings, id)).hasSize(6);
            assertThat(recordings.summary(id))
                    .map(SessionSummary::state)
                    .contains(SessionSummary.State.CLOSED);
            assertThat(recordings.resume(id)).isEmpty();
        }
        try (var reader = new RecordingReader(part(id, 1).getParent())) {
            assertThat(reader.next()).map(RecordedEvent::event).contains(Samples.opened(id));
        }
    }

    private Path part(String id, int number) {
        return new PartsFolder(folder.resolve("parts")).file(id, number);
    }

    @Test
    void a_session_goes_on_after_a_restart() throws Exception {
        String id;
        try (var recordings = open()) {
            id = recordings.nextSessionId();
            query(recordings.start(Samples.opened(id)), 1);
        }
        try (var recordings = open()) {
            assertThat(recordings.summary(id))
                    .map(SessionSummary::state)
                    .contains(SessionSummary.State.INTERRUPTED);
            Await.until(() -> Files.exists(part(id, 1)));

            var recording = recordings.resume(id).orElseThrow();
            recording.append(new RecordingEvent.Resumed("the gateway was restarted"));
            query(recording, 2);
            recording.close("logout");
            Await.until(() -> Files.exists(part(id, 2)));
        }
        try (var recordings = open();
                var parts = new RecordingReader(part(id, 1).getParent())) {
            assertThat(events(recordings, id)).hasSize(11);
            long last = 0;
            for (var event = parts.next(); event.isPresent(); event = parts.next()) {
                last = event.get().seq();
            }
            assertThat(last).isEqualTo(11);
        }
    }

    @Test
    void many_parts_and_segments_read_back_whole_while_they_move() throws Exception {
        String row = "[[\"" + "x".repeat(50_000) + "\"]]";
        try (var recordings = open()) {
            String id = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(id));
            for (int i = 0; i < 200; i++) {
                recording.append(Samples.rows(1, i, 1, row));
                if (i % 40 == 0) {
                    recording.commit();
                    assertThat(events(recordings, id)).hasSize(i + 2);
                }
            }
            recording.close("logout");
            Await.until(() -> isSealed(id));

            assertThat(events(recordings, id)).hasSize(202);
            assertThat(Files.exists(part(id, 3))).isTrue();
            try (var files = Files.list(folder.resolve("journal"))) {
                assertThat(files.count()).isLessThanOrEqualTo(1);
            }
        }
    }

    private boolean isSealed(String id) throws IOException {
        return new PartsFolder(folder.resolve("parts"))
                .lastHeader(id)
                .map(it -> it.summary().state() == SessionSummary.State.CLOSED)
                .orElse(false);
    }

    @Test
    void a_recording_reads_back_from_any_line_on() throws Exception {
        try (var recordings = open()) {
            String id = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(id));
            String row = "[[\"" + "x".repeat(9_000) + "\"]]";
            for (int i = 0; i < 400; i++) {
                recording.append(Samples.rows(1, i, 1, row));
            }
            recording.commit();
            Await.until(() -> recording.sealedParts() >= 2);
            byte[] whole = recordings.lines(id).readAllBytes();
            var text = new String(whole, StandardCharsets.UTF_8);

            for (long first : new long[] {1, 2, 57, 116, 117, 118, 250, 399, 400, 401}) {
                int at = 0;
                for (long line = 1; line < first; line++) {
                    at = text.indexOf('\n', at) + 1;
                }
                assertThat(recordings.lines(id, first).readAllBytes())
                        .as("from line %d", first)
                        .isEqualTo(java.util.Arrays.copyOfRange(whole, at, whole.length));
                try (var reader = new RecordingReader(recordings.lines(id, first), first)) {
                    assertThat(reader.next()).map(RecordedEvent::seq).contains(first);
                    while (reader.next().isPresent()) {}
                }
            }
            assertThat(recordings.lines(id, 402).readAllBytes()).isEmpty();
        }
    }

    @Test
    void rows_past_the_limit_are_counted_but_not_kept() throws IOException {
        try (var recordings =
                Recordings.open(folder, Samples.SMALL.withStatementLimit(30), Clock.systemUTC())) {
            String id = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(id));
            recording.append(Samples.rows(1, 0, 1, "[[\"0123456789\"]]"));
            recording.append(Samples.rows(1, 1, 1, "[[\"0123456789\"]]"));
            recording.append(Samples.rows(1, 2, 1, "[[]]"));
            recording.append(Samples.ended(1, 3));
            recording.commit();

            var events = events(recordings, id);

            assertThat(events).hasSize(3);
            assertThat(((RecordingEvent.Ended) events.getLast().event()).recordedRows())
                    .isEqualTo(1);
            assertThat(((RecordingEvent.Ended) events.getLast().event()).rows()).isEqualTo(3);
        }
    }

    @Test
    void sessions_are_found_by_what_a_query_says() throws IOException {
        try (var recordings = open()) {
            String first = recordings.nextSessionId();
            recordings.start(Samples.opened(first)).close("logout");
            String second = recordings.nextSessionId();
            var recording = recordings.start(Samples.opened(second));
            recording.append(Samples.asked(1, "DROP TABLE t"));
            recording.append(Samples.blocked(1, "DROP TABLE t"));
            recording.append(
                    new RecordingEvent.Failed(1, null, "098011", "42501", "Nobody drops", 900));
            recording.commit();

            assertThat(ids(recordings, false, false)).containsExactlyInAnyOrder(first, second);
            assertThat(ids(recordings, true, false)).containsExactly(second);
            assertThat(ids(recordings, false, true)).containsExactly(second);
            assertThat(recordings.find(second).orElseThrow().statements())
                    .singleElement()
                    .satisfies(
                            it -> {
                                assertThat(it.state()).isEqualTo("blocked");
                                assertThat(it.rule()).contains("no-drop");
                                assertThat(it.micros()).isEqualTo(900);
                            });
            assertThat(recordings.find("../../etc/passwd")).isEmpty();
            assertThatThrownBy(() -> recordings.lines("../../etc/passwd"))
                    .isInstanceOf(java.nio.file.NoSuchFileException.class);
        }
    }

    private static List<String> ids(Recordings recordings, boolean live, boolean blocked) {
        var query =
                new SessionQuery(
                        Optional.of("ana@acme.io"),
                        Optional.of("prod"),
                        live,
                        blocked,
                        Optional.empty(),
                        Optional.empty(),
                        10);
        return recordings.list(query).stream().map(SessionSummary::id).toList();
    }

    @Test
    void two_gateways_do_not_share_a_folder() throws IOException {
        try (var recordings = open()) {
            assertThat(recordings.list(SessionQuery.newest(1))).isEmpty();
            assertThatThrownBy(this::open)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("in use by another gateway");
        }
    }
}
