package dev.sfguard.gateway.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyRewriterTest {

    private static final String COLUMNS =
            "\"rowtype\":[{\"name\":\"ID\",\"type\":\"fixed\"},{\"name\":\"MAIL\",\"type\":\"text\"}]";
    private static final String REST = ",\"total\":2,\"queryId\":\"01b2-0001\"},\"success\":true}";

    private final ByteArrayOutputStream client = new ByteArrayOutputStream();
    private final StringBuilder recorded = new StringBuilder();
    private final List<Integer> counts = new ArrayList<>();

    private final class Recorder implements ResultSink {
        @Override
        public void columns(List<Column> columns) {
            assertThat(columns).hasSize(2);
        }

        @Override
        public void rows(int count, byte[] rows, int offset, int length) {
            counts.add(count);
            recorded.append(recorded.isEmpty() ? "" : ",")
                    .append(new String(rows, offset, length, StandardCharsets.UTF_8));
        }
    }

    private ReplyRewriter.Summary copy(String reply, RowFilter filter) throws IOException {
        return copy(reply.getBytes(StandardCharsets.UTF_8), filter);
    }

    private ReplyRewriter.Summary copy(byte[] reply, RowFilter filter) throws IOException {
        return ReplyRewriter.copy(
                new ByteArrayInputStream(reply),
                client,
                new Recorder(),
                filter,
                _ -> new ReplyRewriter.Links("http://h/chunks/", "T", "t"));
    }

    private static String reply(String rowset) {
        return "{\"data\":{" + COLUMNS + ",\"rowset\":" + rowset + REST;
    }

    private String delivered() {
        return client.toString(StandardCharsets.UTF_8);
    }

    /// Puts stars where an address stands.
    private static final class Stars implements RowFilter {
        private final List<ResultSink.Column> columns = new ArrayList<>();

        @Override
        public void columns(List<ResultSink.Column> told) {
            columns.addAll(told);
        }

        @Override
        public Rows rows(int count, byte[] rows, int offset, int length) {
            assertThat(columns).extracting(ResultSink.Column::name).containsExactly("ID", "MAIL");
            var text = new String(rows, offset, length, StandardCharsets.UTF_8);
            if (!text.contains("@")) {
                return Rows.UNCHANGED;
            }
            var bytes =
                    ("--" + text.replaceAll("\\w+@\\w+", "***")).getBytes(StandardCharsets.UTF_8);
            return new Rows(bytes, 2, bytes.length - 2);
        }
    }

    @Test
    void what_is_not_known_passes_only_where_it_can_hold_no_rows_and_no_keys() throws Exception {
        copy(
                "{\"data\":{"
                        + COLUMNS
                        + ",\"rowsetNew\":[[\"1\",\"ada@acme\"]],\"links\":{\"url\":\"https://bucket/x?sig=1\"}"
                        + ",\"stats\":{\"numRowsInserted\":1},\"newNumber\":7,\"rowset\":[]"
                        + ",\"queryId\":\"01b2-0001\"},\"more\":[[\"bo@acme\"]],\"success\":true}",
                RowFilter.NONE);
        assertThat(delivered())
                .contains("\"numRowsInserted\":1", "\"newNumber\":7")
                .doesNotContain("acme", "bucket");
    }

    @Test
    void data_that_is_a_list_does_not_pass() throws Exception {
        copy("{\"data\":[[\"ada@acme\"]],\"success\":true}", RowFilter.NONE);
        assertThat(delivered()).isEqualTo("{\"data\":null,\"success\":true}");
    }

    @Test
    void rows_pass_byte_by_byte() throws Exception {
        var rows = "[\"1\",\"a\\u0040b \\/ ü\"],[\"2\",null]";

        var summary = copy(reply("[" + rows + "]"), RowFilter.NONE);

        assertThat(summary.body()).isEqualTo(new ResultBody.InlineRows(2));
        assertThat(summary.queryId()).isEqualTo("01b2-0001");
        assertThat(recorded).hasToString(rows);
        assertThat(delivered()).isEqualTo(reply("[" + rows + "]"));
    }

    @ParameterizedTest
    @CsvSource({"[]", "'[ ]'", "null"})
    void a_result_without_rows_passes(String rowset) throws Exception {
        var summary = copy(reply(rowset), RowFilter.NONE);

        assertThat(summary.success()).isTrue();
        assertThat(summary.body()).isEqualTo(new ResultBody.InlineRows(0));
        assertThat(recorded).isEmpty();
        assertThat(delivered()).isEqualTo(reply(rowset.replace(" ", "")));
    }

    @Test
    void what_a_filter_makes_of_rows_is_recorded_and_delivered() throws Exception {
        copy(reply("[[\"1\",\"ana@shop\"] , [\"2\",null]]"), new Stars());

        assertThat(recorded).hasToString("[\"1\",\"***\"],[\"2\",null]");
        assertThat(delivered())
                .isEqualTo(reply("[[\"1\",\"***\"],[\"2\",null]]"))
                .doesNotContain("ana");
    }

    @Test
    void a_filter_sees_every_batch_and_may_change_some() throws Exception {
        var rows = new StringBuilder();
        for (int i = 0; i < 30_000; i++) {
            rows.append(i == 0 ? "" : ",")
                    .append("[\"")
                    .append(i)
                    .append(i == 29_999 ? "\",\"ana@shop\"]" : "\",\"nobody\"]");
        }

        var summary = copy(reply("[" + rows + "]"), new Stars());

        assertThat(counts).hasSizeGreaterThan(2);
        assertThat(summary.body()).isEqualTo(new ResultBody.InlineRows(30_000));
        var expected = rows.toString().replace("ana@shop", "***");
        assertThat(recorded.toString().equals(expected)).isTrue();
        assertThat(delivered().equals(reply("[" + expected + "]"))).isTrue();
    }

    @Test
    void rows_that_come_before_their_columns_do_not_pass_a_filter() {
        var reply = "{\"data\":{\"rowset\":[[\"1\",\"ana@shop\"]]," + COLUMNS + REST;

        assertThatThrownBy(() -> copy(reply, new Stars())).hasMessageContaining("after its rows");
        assertThat(delivered()).doesNotContain("ana");
        assertThat(recorded).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"[[1,2]]\"", "{\"a\":[1]}", "17", "true"})
    void rows_in_another_form_are_unreadable_and_stay_here(String rowset) throws Exception {
        var summary = copy(reply(rowset), RowFilter.NONE);

        assertThat(summary.body()).isInstanceOf(ResultBody.Unreadable.class);
        assertThat(delivered()).isEqualTo(reply("null"));
    }

    @Test
    void a_reply_that_is_cut_in_any_place_is_an_error() {
        var whole = reply("[[\"1\",\"a\\\"]\"],[\"2\",null]]").getBytes(StandardCharsets.UTF_8);

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(whole, length);

            assertThatThrownBy(() -> copy(cut, RowFilter.NONE))
                    .as("cut at %d", length)
                    .isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[[1][2]]", "[[1],]", "[[1]}", "[1]", "[{}]", "[[1}]", "[null]"})
    void malformed_rows_are_an_error(String rowset) {
        assertThatThrownBy(() -> copy(reply(rowset), RowFilter.NONE))
                .isInstanceOf(IOException.class);
    }

    @Test
    void another_encoding_than_utf_8_is_an_error() {
        var utf16 = reply("[[\"1\",\"a\"]]").getBytes(StandardCharsets.UTF_16BE);

        assertThatThrownBy(() -> copy(utf16, RowFilter.NONE)).hasMessageContaining("UTF-8");
    }
}
