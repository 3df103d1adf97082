package dev.sfguard.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventsTest {
    private static final Instant NOW = Instant.parse("2026-11-23T14:02:15.000007Z");
    private static final String ID = "01KARJ7X0RF5N9QZ3T6V8W2Y4B";

    private static byte[] line(RecordingEvent event) throws IOException {
        var line = new ByteArrayOutputStream();
        EventWriter.write(line, 1, NOW, HashChain.START, event);
        return line.toByteArray();
    }

    static Stream<RecordingEvent> events() {
        var binds = JsonNodeFactory.instance.objectNode().put("1", "x");
        return Stream.of(
                Samples.opened(ID),
                new RecordingEvent.Prompt(1, "claude", "m", "7", "ticket", "why?"),
                new RecordingEvent.Prompt(1, null, null, null, null, null),
                new RecordingEvent.Asked(1, "r", "SELECT ?", binds, true, true),
                new RecordingEvent.Described(1, null),
                Samples.blocked(1, "DROP TABLE t"),
                new RecordingEvent.Held(1, "7K3M9A2Q", "writes", Set.of("dba", "sec"), NOW),
                new RecordingEvent.Approved(
                        1, "7K3M9A2Q", "bo", "sub-bo", "https://idp", "", NOW, false),
                new RecordingEvent.Denied(
                        1, "7K3M9A2Q", "cy", "sub-cy", "https://idp", "not today", NOW),
                new RecordingEvent.Expired(1, "7K3M9A2Q"),
                new RecordingEvent.Withdrawn(1, "7K3M9A2Q", "client"),
                new RecordingEvent.Sent(1, "SELECT 1", "u", "{}"),
                new RecordingEvent.Columns(
                        1, 2, "q", List.of(new RecordingEvent.Column("A", "TEXT"))),
                new RecordingEvent.Fetched(1, "poll", 12),
                Samples.ended(1, 3),
                new RecordingEvent.Ended(1, 1, "q", 0, 0, 0, "", Map.of(), 1, 1),
                new RecordingEvent.Decided(
                        1,
                        1,
                        "SELECT ssn",
                        "SELECT",
                        Set.of(),
                        null,
                        "allow",
                        "r",
                        null,
                        "v",
                        Map.of("pii", Set.of("A.B.C.SSN", "A.B.C.X")),
                        new Provenance(
                                2,
                                List.of(
                                        new Provenance.Entry(
                                                1, "SSN", Set.of("A.B.C.SSN"), Set.of("pii"), true),
                                        new Provenance.Entry(
                                                0, null, Set.of(), Set.of("pii"), false)))),
                new RecordingEvent.Columns(
                        1,
                        1,
                        "q",
                        List.of(
                                new RecordingEvent.Column("A", "TEXT", Set.of("pii"), false),
                                new RecordingEvent.Column("B", "TEXT", Set.of("pii"), true))),
                new RecordingEvent.Ended(
                        1,
                        1,
                        "q",
                        2,
                        2,
                        9,
                        "",
                        new RecordingEvent.CellCounts(
                                Map.of("A", 2L, "", 1L),
                                Map.of("A", Map.of("pii", 2L)),
                                Map.of("", Map.of("card", 1L))),
                        1,
                        1,
                        null),
                new RecordingEvent.Alarm(1, 2, "SSN", "A.B.C", "", "leaks"),
                new RecordingEvent.Failed(1, "q", "002003", "42S02", "no such table", 3),
                new RecordingEvent.LookedUp(1, "running", "01b2", null),
                new RecordingEvent.LookedUp(1, "not found", null, "no such tag"),
                new RecordingEvent.Cancelled(1, "bo"),
                new RecordingEvent.Context(1, "DB", null, "R", null),
                new RecordingEvent.Refused("GET", "/x", "unknown endpoint"),
                new RecordingEvent.Resumed("restart"),
                new RecordingEvent.Remembered(binds),
                new RecordingEvent.Killed("bo", "ticket 812"),
                new RecordingEvent.Closed("logout"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void an_event_reads_back_as_it_was(RecordingEvent event) throws IOException {
        var recorded = RecordedEvent.parse(line(event));
        assertThat(recorded).isEqualTo(new RecordedEvent(1, NOW, event));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001b]0;owned\u0007",
                "\ud800 alone",
                "low \udc00",
                "😀 \u202e \u0000 \n\r\t \u2028",
                "\"\\"
            })
    void hostile_text_is_kept_unaltered_on_one_line(String text) throws IOException {
        byte[] line = line(Samples.asked(1, text));
        assertThat(new String(line, StandardCharsets.UTF_8)).doesNotContain("\n", "\r");
        assertThat(RecordedEvent.parse(line).event()).isEqualTo(Samples.asked(1, text));
    }

    @Test
    void rows_are_stored_as_the_bytes_they_are_on_one_line() throws IOException {
        byte[] line = line(Samples.rows(1, 0, 2, "[[\"\\u001b[31m\"],\r\n [null]]"));
        assertThat(new String(line, StandardCharsets.UTF_8))
                .endsWith(",\"rows\":[[\"\\u001b[31m\"],   [null]]}");
        assertThat(((RecordingEvent.Rows) RecordedEvent.parse(line).event()).json())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("[[\"\\u001b[31m\"],   [null]]");
    }

    @Test
    void an_event_of_a_newer_version_is_not_an_error() throws IOException {
        String line =
                new String(line(new RecordingEvent.Closed("x")), StandardCharsets.UTF_8)
                        .replace("closed", "teleported");
        assertThat(RecordedEvent.parse(line.getBytes(StandardCharsets.UTF_8)).event())
                .isEqualTo(new RecordingEvent.Unknown("teleported"));
    }

    @Test
    void masks_of_older_recordings_are_read_without_their_names() throws IOException {
        String line =
                """
                {"seq":1,"at":"2026-11-23T14:02:15.000007Z","prev":"%s","type":"decided","statement":1,                "part":1,"verdict":"allow","rule":"r","class":"SELECT","effects":[],                "policy_version":"v","masked":["A.B.C.SSN"],"text":"SELECT ssn"}"""
                        .formatted(HashChain.START);
        var event = RecordedEvent.parse(line.getBytes(StandardCharsets.UTF_8)).event();
        assertThat(event).isInstanceOf(RecordingEvent.Decided.class);
        var decided = (RecordingEvent.Decided) event;
        assertThat(decided.masked()).containsExactly("A.B.C.SSN");
        assertThat(decided.masks()).isEqualTo(Map.of("", Set.of("A.B.C.SSN")));
        assertThat(decided.result()).isEqualTo(Provenance.NONE);
    }

    private static String chain(int lines) throws IOException {
        var all = new ByteArrayOutputStream();
        var chain = new HashChain(HashChain.START);
        for (int i = 1; i <= lines; i++) {
            var line = new ByteArrayOutputStream();
            EventWriter.write(line, i, NOW, chain.last(), Samples.asked(i, "SELECT " + i));
            chain.advance(line.toByteArray(), 0, line.size());
            all.writeBytes(line.toByteArray());
            all.write('\n');
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    private static void read(String text) throws IOException {
        var in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        try (var reader = new RecordingReader(in)) {
            while (reader.next().isPresent()) {
                assertThat(reader).isNotNull();
            }
        }
    }

    @Test
    void every_kind_of_damage_is_found_at_its_line() throws IOException {
        String good = chain(5);
        read(good);
        List<String> lines = good.lines().toList();
        Map<String, String> damages =
                Map.of(
                        "line 3 does not follow",
                        good.replace("SELECT 2", "SELECT 9"),
                        "line 3 stands where line 2 belongs",
                        good.replace(lines.get(1) + "\n", ""),
                        "line 2 stands where line 1 belongs",
                        good.substring(lines.getFirst().length() + 1),
                        "after line 4: it ends inside of a line",
                        good.substring(0, good.length() - 10),
                        "after line 5: not a line of a recording",
                        good + "{}\n");
        for (var damage : damages.entrySet()) {
            assertThatThrownBy(() -> read(damage.getValue()))
                    .isInstanceOf(RecordingDamaged.class)
                    .hasMessageContaining(damage.getKey());
        }
    }

    @Test
    void ids_are_ulids_that_name_their_day() {
        String id = SessionId.next(NOW);
        assertThat(SessionId.isValid(id)).isTrue();
        assertThat(SessionId.day(id)).hasToString("2026-11-23");
        assertThat(Set.of("", "../etc", id.toLowerCase(java.util.Locale.ROOT), id + "X"))
                .noneMatch(SessionId::isValid);
    }
}
