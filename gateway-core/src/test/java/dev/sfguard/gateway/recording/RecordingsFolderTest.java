package dev.sfguard.gateway.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingsFolderTest {
    private static final RecordingSettings SMALL_PARTS =
            new RecordingSettings(
                    1 << 20, 4 << 10, Duration.ofHours(1), 8 << 10, 64 << 10, 64 << 10);

    @TempDir private Path folder;

    private static void query(Recording recording, long statement) throws IOException {
        String sql = "SELECT " + statement;
        recording.append(Samples.asked(statement, sql));
        recording.append(Samples.allowed(statement, sql));
        recording.append(Samples.rows(statement, 0, 1, "[[\"1\"]]"));
        recording.append(Samples.ended(statement, 1));
        recording.commit();
    }

    /// The `seq` of each session's last event; the reader checks chain and order on the way.
    private static Map<String, Long> lastLines(Path folder) throws IOException {
        var last = new TreeMap<String, Long>();
        try (var recordings = RecordingsFolder.open(folder)) {
            for (int i = 0; i < recordings.size(); i++) {
                try (var reader = recordings.reader(i)) {
                    String session = "";
                    for (var it = reader.next(); it.isPresent(); it = reader.next()) {
                        if (it.get().event() instanceof RecordingEvent.Opened opened) {
                            session = opened.session();
                        }
                        last.put(session, it.get().seq());
                    }
                }
            }
        }
        return last;
    }

    private static List<String> torn(Path folder) throws IOException {
        try (var recordings = RecordingsFolder.open(folder)) {
            return recordings.torn();
        }
    }

    /// Every file with its bytes and its time of change.
    private static Map<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (var all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                String bytes =
                        Files.isRegularFile(each)
                                ? HexFormat.of().formatHex(Files.readAllBytes(each))
                                : "";
                contents.put(each.toString(), Files.getLastModifiedTime(each) + " " + bytes);
            }
        }
        return contents;
    }

    private String stopped(int queries) throws IOException {
        try (var recordings = Recordings.open(folder, Samples.SMALL, Clock.systemUTC())) {
            var recording = recordings.start(Samples.opened(recordings.nextSessionId()));
            for (int i = 1; i <= queries; i++) {
                query(recording, i);
            }
            return recording.id();
        }
    }

    private Path segment() throws IOException {
        try (var files = Files.list(folder.resolve("journal"))) {
            return files.filter(Segment::isSegment).sorted().toList().getLast();
        }
    }

    private static long end(Path segment) throws IOException {
        byte[] bytes = Files.readAllBytes(segment);
        int end = bytes.length;
        while (end > 0 && bytes[end - 1] == 0) {
            end--;
        }
        return end;
    }

    private static void put(Path file, long at, byte[] bytes) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes), at);
        }
    }

    @Test
    void what_a_running_gateway_has_in_its_journal_is_read_and_nothing_is_changed()
            throws IOException {
        try (var recordings = Recordings.open(folder, Samples.SMALL, Clock.systemUTC())) {
            var recording = recordings.start(Samples.opened(recordings.nextSessionId()));
            query(recording, 1);
            var before = contents(folder);

            assertThat(lastLines(folder)).containsExactly(Map.entry(recording.id(), 5L));

            assertThat(torn(folder)).isEmpty();
            assertThat(contents(folder)).isEqualTo(before);
        }
    }

    @Test
    void lines_in_parts_are_passed_over_in_the_journal() throws Exception {
        try (var recordings = Recordings.open(folder, SMALL_PARTS, Clock.systemUTC())) {
            var growing = recordings.start(Samples.opened(recordings.nextSessionId()));
            var quiet = recordings.start(Samples.opened(recordings.nextSessionId()));
            query(quiet, 1);
            for (int i = 1; i <= 50; i++) {
                query(growing, i);
                assertThat(lastLines(folder))
                        .containsEntry(growing.id(), 1 + 4L * i)
                        .containsEntry(quiet.id(), 5L);
            }
            Await.until(() -> growing.sealedParts() > 1);
            query(growing, 51);
            assertThat(lastLines(folder)).containsEntry(growing.id(), 205L);
        }
    }

    @Test
    void a_torn_last_line_is_named_and_left_out() throws IOException {
        String id = stopped(2);
        Path segment = segment();
        long end = end(segment);
        byte[] frame = Arrays.copyOf(Files.readAllBytes(segment), 90);
        put(segment, end, frame);
        var before = contents(folder);

        assertThat(lastLines(folder)).containsEntry(id, 9L);

        assertThat(torn(folder)).containsExactly(segment.toRealPath() + " after byte " + end);
        assertThat(contents(folder)).isEqualTo(before);
    }

    @Test
    void a_frame_that_says_it_is_endless_ends_the_file() throws IOException {
        String id = stopped(1);
        Path segment = segment();
        for (String length : List.of("7fffffff", "7fffffc0", "ffffffff", "00000000", "zzzzzzzz")) {
            String header = id + " " + length + " 00000000 ";
            put(segment, end(segment), header.getBytes(StandardCharsets.US_ASCII));
            assertThat(lastLines(folder)).as(length).containsEntry(id, 5L);
            assertThat(torn(folder)).as(length).hasSize(1);
        }
    }

    @Test
    void a_changed_byte_in_the_midst_hides_no_later_line_in_silence() throws IOException {
        stopped(3);
        Path segment = segment();
        put(segment, end(segment) / 2, new byte[] {'X'});

        assertThat(torn(folder)).hasSize(1);
    }

    @Test
    void a_line_taken_out_of_the_journal_is_damage() throws IOException {
        stopped(3);
        Path segment = segment();
        byte[] bytes = Files.readAllBytes(segment);
        int first = Frame.Header.of(bytes, 0).orElseThrow().frameLength();
        int second = first + Frame.Header.of(bytes, first).orElseThrow().frameLength();
        byte[] rest = Arrays.copyOfRange(bytes, second, bytes.length);
        put(segment, first, rest);

        assertThatThrownBy(() -> lastLines(folder))
                .isInstanceOf(RecordingDamaged.class)
                .hasMessageContaining("line 3 stands where line 2 belongs");
    }

    @Test
    void a_journal_without_its_parts_is_damage_and_one_alone_begins_inside() throws Exception {
        try (var recordings = Recordings.open(folder, SMALL_PARTS, Clock.systemUTC())) {
            var recording = recordings.start(Samples.opened(recordings.nextSessionId()));
            for (int i = 1; i <= 30; i++) {
                query(recording, i);
            }
            Await.until(() -> firstInJournal(folder.resolve("journal")) > 1);
        }
        try (var all = Files.walk(folder.resolve("parts"))) {
            for (Path part : all.filter(Files::isRegularFile).toList()) {
                Files.delete(part);
            }
        }
        Path journal = folder.resolve("journal");
        assertThatThrownBy(() -> lastLines(folder)).isInstanceOf(RecordingDamaged.class);
        Path alone = Files.createDirectory(folder.resolve("alone"));
        Files.move(journal, alone.resolve("journal"));
        assertThat(lastLines(alone)).containsValue(121L);
    }

    private static long firstInJournal(Path journal) throws IOException {
        try (var files = JournalFiles.open(journal)) {
            String session = files.sessions().iterator().next();
            byte[] line = files.lines(session).next().orElseThrow();
            return LineHead.of(line).orElseThrow().seq();
        }
    }

    @Test
    void a_killed_writers_folder_is_read_whole_without_opening_it() throws Exception {
        var acknowledged = new HashMap<String, Long>();
        var read = new ArrayList<Map<String, Long>>();
        var child = CrashIT.child(folder);
        try (var out =
                new BufferedReader(
                        new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8))) {
            for (int i = 0; i < 400; i++) {
                CrashIT.note(out.readLine(), acknowledged);
                if (i % 100 == 50) {
                    // While it writes, seals and deletes: each look is whole in itself.
                    var before = Map.copyOf(acknowledged);
                    var now = lastLines(folder);
                    before.forEach(
                            (session, seq) -> assertThat(now.get(session)).isGreaterThan(seq - 1));
                    read.add(now);
                }
            }
            child.toHandle().destroyForcibly();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                CrashIT.note(line, acknowledged);
            }
        } finally {
            child.destroyForcibly().waitFor();
        }
        var before = contents(folder);

        var after = lastLines(folder);

        assertThat(read).hasSize(4);
        assertThat(after.keySet()).containsAll(acknowledged.keySet());
        acknowledged.forEach(
                (session, seq) -> assertThat(after.get(session)).isGreaterThanOrEqualTo(seq));
        assertThat(contents(folder)).isEqualTo(before);
    }

    @Test
    void a_folder_without_recordings_is_empty_and_none_is_an_error() throws IOException {
        try (var recordings = RecordingsFolder.open(folder)) {
            assertThat(recordings.size()).isZero();
        }
        assertThatThrownBy(() -> RecordingsFolder.open(folder.resolve("none")))
                .isInstanceOf(IOException.class);
    }
}
