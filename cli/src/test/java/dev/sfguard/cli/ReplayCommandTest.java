package dev.sfguard.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayCommandTest {
    @TempDir private static Path folder;
    private static Path file;
    private final CapturedStreams world = new CapturedStreams();

    @BeforeAll
    static void record() throws IOException {
        file = RecordedDay.writeTo(folder);
    }

    @Test
    void text_tells_who_asked_what_how_it_was_decided_and_what_came_back() throws IOException {
        assertThat(world.run("replay", file.toString(), "--text")).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).isEqualTo(golden("replay.txt"));
        assertThat(world.err()).isEmpty();
    }

    private static String golden(String name) throws IOException {
        try (var in = ReplayCommandTest.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void without_a_terminal_it_is_told_as_text() throws IOException {
        world.run("replay", file.toString());
        assertThat(world.out()).isEqualTo(golden("replay.txt"));
    }

    @Test
    void verbose_leaves_nothing_out() {
        world.run("replay", file.toString(), "-v");
        assertThat(world.out())
                .contains(" │  WHERE churned_at > '2026-10-01' LIMIT 2\n")
                .contains("           1029\n")
                .doesNotContain("more rows");
    }

    @Test
    void one_statement_can_be_told_alone() {
        world.run("replay", file.toString(), "--statement", "3");
        assertThat(world.out()).contains("DROP DATABASE").doesNotContain("customers");
    }

    @Test
    void raw_prints_the_stored_lines_byte_for_byte() throws IOException {
        world.run("replay", file.toString(), "--raw");
        assertThat(world.out()).isEqualTo(Files.readString(file));
    }

    @Test
    void a_folder_of_sealed_parts_is_replayed_without_a_gateway() throws IOException {
        world.run("replay", folder.resolve("store").toString());
        assertThat(world.out()).isEqualTo(golden("replay.txt"));
    }

    @Test
    void what_a_gateway_has_in_its_journal_is_replayed_and_a_torn_line_named() throws IOException {
        Path live = Files.createDirectory(folder.resolve("live"));
        var settings = RecordingSettings.defaults();
        try (var recordings = Recordings.open(live, settings, Clock.systemUTC())) {
            var recording = recordings.start(RecordedDay.opened(recordings.nextSessionId()));
            recording.append(RecordedDay.asked(1, "SELECT 'unsealed'"));
            recording.commit();
            assertThat(world.run("replay", live.toString(), "--raw")).isEqualTo(ExitCode.DONE);
            try (var lines = recordings.lines(recording.id())) {
                assertThat(world.out())
                        .isEqualTo(new String(lines.readAllBytes(), StandardCharsets.UTF_8));
            }
            assertThat(world.err()).isEmpty();
        }
        Path segment = live.resolve("journal/%019d.journal".formatted(0));
        String whole = Files.readString(segment).replace("\0", "");
        Files.writeString(segment, whole + whole.substring(0, 60));

        var later = new CapturedStreams();
        assertThat(later.run("replay", live.toString(), "--text")).isEqualTo(ExitCode.DONE);
        assertThat(later.out()).contains("SELECT 'unsealed'");
        assertThat(later.err())
                .contains("no whole line in " + segment.toRealPath() + " after byte ");
    }

    @Test
    void a_changed_line_is_named_and_ends_the_replay() throws IOException {
        Path changed = folder.resolve("changed.ndjson");
        Files.writeString(
                changed,
                Files.readString(file).replace("DROP DATABASE shop", "DROP DATABASE ship"));
        assertThat(world.run("replay", changed.toString())).isEqualTo(ExitCode.INTERNAL);
        Files.delete(changed);
        assertThat(world.err())
                .startsWith(
                        "sfguard: The recording is damaged: line 14 does not follow from the line"
                                + " before it");
        assertThat(world.out()).contains("DELETE FROM orders");
    }

    @Test
    void a_file_that_is_no_recording_is_refused_in_words() throws IOException {
        Path foreign = Files.createTempFile(folder, "foreign", ".txt");
        Files.writeString(foreign, "{\"hello\":1}\n", StandardOpenOption.WRITE);
        assertThat(world.run("replay", foreign.toString())).isEqualTo(ExitCode.INTERNAL);
        assertThat(world.err()).contains("not a line of a recording").doesNotContain("\tat ");
    }

    @Test
    void what_is_neither_a_file_nor_an_id_is_wrong_usage() {
        assertThat(world.run("replay", "nothing-here")).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("There is no recording \"nothing-here\"");
    }

    @Test
    void odd_options_are_refused() {
        assertThat(world.run("replay", file.toString(), "--speed", "0")).isEqualTo(ExitCode.USAGE);
        assertThat(world.run("replay", file.toString(), "--speed", "NaN"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.run("replay", file.toString(), "--idle-limit", "soon"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.run("replay", file.toString(), "--statement", "-1"))
                .isEqualTo(ExitCode.USAGE);
    }
}
