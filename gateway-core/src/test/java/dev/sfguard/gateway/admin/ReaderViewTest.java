package dev.sfguard.gateway.admin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.policy.ProtectedNames;
import dev.sfguard.gateway.recording.RecordedEvent;
import dev.sfguard.gateway.recording.RecordingDamaged;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.recording.RedactedLines;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReaderViewTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// What stands nowhere but in a literal of a column called SSN.
    private static final String CANARY = "canary77";

    @TempDir Path folder;

    @Test
    void no_event_shows_what_stands_for_a_protected_column() throws IOException {
        String sql = "select name, ssn from customers where ssn = '" + CANARY + "'";
        JsonNode binds = JSON.readTree("{\"1\":{\"type\":\"TEXT\",\"value\":\"" + CANARY + "\"}}");
        String bound = "select 1 from customers where ssn = ?";

        var copy =
                copy(
                        new RecordingEvent.Prompt(
                                1, "a", "m", "t", "is " + CANARY + "?", "find " + CANARY),
                        new RecordingEvent.Asked(1, "r1", sql, null, false, false),
                        decided(1, sql, "why " + CANARY, "message '" + CANARY + "'"),
                        new RecordingEvent.Sent(1, sql, "u1", "{\"tag\":\"" + CANARY + "\"}"),
                        new RecordingEvent.Columns(
                                1,
                                1,
                                "q",
                                List.of(
                                        new RecordingEvent.Column("'" + CANARY + "'", "text"),
                                        new RecordingEvent.Column("SSN", "text"))),
                        new RecordingEvent.Rows(
                                1, 1, 0, 1, "[[\"ana@acme.io\",\"123456789\"]]".getBytes(UTF_8)),
                        new RecordingEvent.Ended(
                                1, 1, "q", 1, 1, 30, "5f", Map.of("'" + CANARY + "'", 1L), 1, 1),
                        new RecordingEvent.Asked(2, "r2", bound, binds, false, false),
                        new RecordingEvent.Failed(
                                2, "q2", "100038", "22018", "'" + CANARY + "' is not numeric", 1),
                        new RecordingEvent.Remembered(JSON.readTree("{\"x\":\"" + CANARY + "\"}")));

        assertThat(copy).doesNotContain(CANARY, "acme", "123456789", "5f\"");
        assertThat(copy)
                .contains("select name, ssn from customers where ssn = '<redacted>'")
                .contains("<redacted:email>", "<redacted:us_ssn>", "find <redacted>");
    }

    @Test
    void a_redacted_copy_can_be_read_and_says_that_it_is_one() throws IOException {
        String copy =
                copy(new RecordingEvent.Asked(1, "r", "select '219-09-0001'", null, false, false));

        try (var reader = new RecordingReader(new ByteArrayInputStream(copy.getBytes(UTF_8)))) {
            assertThat(reader.isRedacted()).isTrue();
            var events = new ArrayList<RecordedEvent>();
            for (var next = reader.next(); next.isPresent(); next = reader.next()) {
                events.add(next.get());
            }
            assertThat(events).hasSize(3);
            assertThat(events.getFirst().event()).isInstanceOf(RecordingEvent.Opened.class);
        }
    }

    @Test
    void a_copy_without_its_first_line_is_damaged() throws IOException {
        String copy =
                copy(new RecordingEvent.Asked(1, "r", "select '219-09-0001'", null, false, false));
        String cut = copy.substring(copy.indexOf('\n') + 1);

        try (var reader = new RecordingReader(new ByteArrayInputStream(cut.getBytes(UTF_8)))) {
            assertThat(reader.isRedacted()).isFalse();
            assertThatThrownBy(
                            () -> {
                                while (reader.next().isPresent()) {}
                            })
                    .isInstanceOf(RecordingDamaged.class);
        }
    }

    @Test
    void rows_of_unknown_columns_do_not_show() throws IOException {
        var copy =
                copy(
                        new RecordingEvent.Rows(
                                9, 1, 0, 1, ("[[\"" + CANARY + "\"]]").getBytes(UTF_8)));

        assertThat(copy).doesNotContain(CANARY).contains("\"rows\":[]");
    }

    private static RecordingEvent decided(long statement, String sql, String why, String message) {
        return new RecordingEvent.Decided(
                statement, 1, sql, "SELECT", Set.of(), why, "allow", "r", message, "v");
    }

    /// What a reader gets of a recording with these events.
    private String copy(RecordingEvent... events) throws IOException {
        try (var recordings =
                Recordings.open(folder, RecordingSettings.defaults(), Clock.systemUTC())) {
            String session = recordings.nextSessionId();
            var recording =
                    recordings.start(
                            new RecordingEvent.Opened(
                                    session, "g", "ana", "s", "i", "human", Set.of(), "app", "JDBC",
                                    "4", "shop", "R", "v"));
            for (var event : events) {
                recording.append(event);
            }
            recording.append(new RecordingEvent.Closed("done"));
            recording.commit();
            var out = new ByteArrayOutputStream();
            RedactedLines.copy(recordings.lines(session), out, new ReaderView(ProtectedNames.NONE));
            return out.toString(UTF_8);
        }
    }
}
