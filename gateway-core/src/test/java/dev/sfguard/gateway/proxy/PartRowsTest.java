package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.recording.RecordingReader;
import dev.sfguard.gateway.recording.RecordingSettings;
import dev.sfguard.gateway.recording.Recordings;
import dev.sfguard.gateway.snowflake.ResultBody;
import dev.sfguard.gateway.snowflake.ResultSink;
import dev.sfguard.gateway.snowflake.RowFilter;
import dev.sfguard.gateway.snowflake.RowScanner;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartRowsTest {
    private static final long LIMIT = 200_000;

    @TempDir Path folder;
    private Recordings recordings;
    private Recording recording;
    private ResultRecord record;
    private final ByteArrayOutputStream client = new ByteArrayOutputStream();

    @BeforeEach
    void start() throws Exception {
        recordings =
                Recordings.open(
                        folder,
                        RecordingSettings.defaults().withStatementLimit(LIMIT),
                        Clock.systemUTC());
        recording =
                recordings.start(
                        new RecordingEvent.Opened(
                                recordings.nextSessionId(),
                                "pool",
                                "ana",
                                "ana",
                                "https://issuer.example",
                                "human",
                                Set.of(),
                                "test",
                                "JDBC",
                                "4",
                                "prod",
                                "ANALYST",
                                "abc"));
        record = new ResultRecord(recording, 1, 1);
    }

    @AfterEach
    void stop() throws Exception {
        recordings.close();
    }

    private PartRows pass(String part, RowFilter filter) throws IOException {
        var run =
                new StatementRun(
                        "r", 1, 1, "select 1", false, "q", new StatementRun.State.Fresh(), 0);
        var chunks =
                new ResultBody.Chunks(0, List.of(new ResultBody.Part("u", 1_000_000, 1)), Map.of());
        var result = new ChunkedResult("result", "hash", run, record, filter, chunks, Instant.MAX);
        var held = new HeldOutput(() -> client);
        var rows = new PartRows(result, 0, held);
        new RowScanner(rows).scan(new ByteArrayInputStream(part.getBytes(StandardCharsets.UTF_8)));
        record.end("q", 1, 1);
        recording.commit();
        held.release();
        return rows;
    }

    private <E extends RecordingEvent> List<E> recorded(Class<E> type) throws IOException {
        var events = new ArrayList<E>();
        try (var reader = new RecordingReader(recordings.lines(recording.id()))) {
            for (var event = reader.next(); event.isPresent(); event = reader.next()) {
                if (type.isInstance(event.get().event())) {
                    events.add(type.cast(event.get().event()));
                }
            }
        }
        return events;
    }

    private static String sha256(String text) {
        return HexFormat.of()
                .formatHex(Tokens.sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void what_a_filter_makes_of_a_part_is_recorded_and_delivered() throws Exception {
        var filter =
                new RowFilter() {
                    @Override
                    public void columns(List<ResultSink.Column> columns) {}

                    @Override
                    public Rows rows(int count, byte[] rows, int offset, int length) {
                        var text = new String(rows, offset, length, StandardCharsets.UTF_8);
                        var bytes =
                                text.replace("ana@shop", "***").getBytes(StandardCharsets.UTF_8);
                        return new Rows(bytes, 0, bytes.length);
                    }
                };

        var rows = pass("[\"1\",\"ana@shop\"], [\"2\",null]", filter);

        var expected = "[\"1\",\"***\"],[\"2\",null]";
        assertThat(rows.count()).isEqualTo(2);
        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
        assertThat(recorded(RecordingEvent.Rows.class))
                .singleElement()
                .satisfies(
                        it ->
                                assertThat(new String(it.json(), StandardCharsets.UTF_8))
                                        .isEqualTo("[" + expected + "]"));
        assertThat(recorded(RecordingEvent.Ended.class))
                .singleElement()
                .satisfies(it -> assertThat(it.sha256()).isEqualTo(sha256(expected)));
    }

    @Test
    void a_filter_that_fails_lets_nothing_pass() {
        var filter =
                new RowFilter() {
                    @Override
                    public void columns(List<ResultSink.Column> columns) {}

                    @Override
                    public Rows rows(int count, byte[] rows, int offset, int length)
                            throws IOException {
                        throw new IOException("cannot look at it");
                    }
                };

        assertThatThrownBy(() -> pass("[\"ana@shop\"]", filter)).hasMessage("cannot look at it");
        assertThat(client.size()).isZero();
        assertThat(record.delivered()).isZero();
    }

    @Test
    void past_the_limit_rows_are_counted_and_hashed_but_not_kept() throws Exception {
        var part = new StringBuilder();
        for (int i = 0; i < 40_000; i++) {
            part.append(i == 0 ? "" : ",").append("[\"number ").append(i).append("\"]");
        }

        pass(part.toString(), RowFilter.NONE);

        assertThat(client.toString(StandardCharsets.UTF_8).contentEquals(part)).isTrue();
        var ended = recorded(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(40_000);
        assertThat(ended.sha256()).isEqualTo(sha256(part.toString()));
        long kept =
                recorded(RecordingEvent.Rows.class).stream()
                        .mapToLong(RecordingEvent.Rows::count)
                        .sum();
        assertThat(kept).isPositive().isLessThan(40_000).isEqualTo(ended.recordedRows());
    }

    @Test
    void what_is_on_its_way_when_the_session_ends_is_cut() throws Exception {
        record.close("q", 1, 1);

        assertThatThrownBy(() -> pass("[\"ana@shop\"]", RowFilter.NONE))
                .isInstanceOf(RecordingFailed.class);
        assertThat(client.size()).isZero();
        recording.commit();
        assertThat(recorded(RecordingEvent.Ended.class)).hasSize(1);
    }

    @Test
    void a_result_that_failed_once_is_not_delivered_unrecorded_later() {
        record.failed();

        assertThatThrownBy(() -> pass("[\"ana@shop\"]", RowFilter.NONE))
                .isInstanceOf(RecordingFailed.class);
        assertThat(client.size()).isZero();
    }

    @Test
    void a_result_that_is_whole_in_the_recording_may_be_fetched_again() throws Exception {
        record.end("q", 1, 1);

        pass("[\"1\"]", RowFilter.NONE);

        assertThat(client.toString(StandardCharsets.UTF_8)).isEqualTo("[\"1\"]");
    }

    @Test
    void the_first_rows_of_a_part_do_not_wait_for_what_was_told_before_them() throws Exception {
        record.columns(List.of(new RecordingEvent.Column("A", "TEXT")));
        record.flush("q");

        record.rows(0, 1, "[\"1\"]".getBytes(StandardCharsets.UTF_8), 0, 5);
        recording.commit();

        assertThat(recorded(RecordingEvent.Rows.class)).hasSize(1);
    }
}
