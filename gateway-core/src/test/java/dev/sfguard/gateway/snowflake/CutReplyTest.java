package dev.sfguard.gateway.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CutReplyTest {

    /// Lets so many rows pass.
    private static final class First implements RowAllowance {
        private final long most;
        private boolean cut;

        First(long most) {
            this.most = most;
        }

        @Override
        public long pass(long first, long count) {
            cut |= first + count > most;
            return Math.clamp(most - first, 0, count);
        }

        @Override
        public Optional<Cut> cut() {
            return cut ? Optional.of(new Cut(most, "few")) : Optional.empty();
        }
    }

    private final ByteArrayOutputStream client = new ByteArrayOutputStream();
    private final ByteArrayOutputStream recorded = new ByteArrayOutputStream();

    private ResultBody copy(String reply, long most) throws IOException {
        var sink =
                new ResultSink() {
                    @Override
                    public void columns(List<Column> columns) {}

                    @Override
                    public void rows(int count, byte[] rows, int offset, int length) {
                        if (recorded.size() > 0) {
                            recorded.write(',');
                        }
                        recorded.write(rows, offset, length);
                    }
                };
        return ReplyRewriter.copy(
                        new ByteArrayInputStream(reply.getBytes(StandardCharsets.UTF_8)),
                        client,
                        sink,
                        RowFilter.NONE,
                        new First(most),
                        parts -> new ReplyRewriter.Links("http://h/" + parts + "/", "T", "t"))
                .body();
    }

    private JsonNode data() throws IOException {
        return Json.mapper().readTree(client.toByteArray()).path("data");
    }

    private static String reply(String rows, String chunks, int total) {
        return """
               {"data":{"parameters":[{"name":"TIMEZONE","value":"UTC"}],
               "rowtype":[{"name":"A","type":"text"}],"rowset":[%s],"total":%d,"returned":%d,
               "queryId":"01b-1","chunks":[%s],"chunkHeaders":{"k":"v"},"version":1},"success":true}
               """
                .formatted(rows, total, total, chunks);
    }

    private static String chunk(int rows) {
        return "{\"url\":\"https://bucket/%d\",\"rowCount\":%d,\"uncompressedSize\":9,\"compressedSize\":7}"
                .formatted(rows, rows);
    }

    @Test
    void a_result_within_the_limit_is_whole() throws Exception {
        copy(reply("[\"a\"],[\"b\"]", chunk(3), 5), 5);

        assertThat(data().path("total").asInt()).isEqualTo(5);
        assertThat(data().path("rowset")).hasSize(2);
        assertThat(data().path("chunks")).hasSize(1);
        assertThat(data().path("parameters")).hasSize(1);
        assertThat(data().path("chunkHeaders").path("T").asText()).isEqualTo("t");
        assertThat(data().has("version")).isTrue();
    }

    @Test
    void rows_in_the_reply_end_at_the_limit_and_no_part_is_left() throws Exception {
        var rows = "[\"]}\\\"[\"],[\"b\\\\\"] , [null],[\"d\"]";

        var body = copy(reply(rows, chunk(3) + "," + chunk(4), 11), 3);

        assertThat(body).isEqualTo(new ResultBody.InlineRows(3));
        assertThat(data().path("rowset").toString())
                .isEqualTo("[[\"]}\\\"[\"],[\"b\\\\\"],[null]]");
        assertThat(recorded.toString(StandardCharsets.UTF_8))
                .isEqualTo("[\"]}\\\"[\"],[\"b\\\\\"],[null]");
        assertThat(data().path("total").asInt()).isEqualTo(3);
        assertThat(data().path("returned").asInt()).isEqualTo(3);
        assertThat(data().has("chunks")).isFalse();
        assertThat(data().has("chunkHeaders")).isFalse();
        assertThat(client.toString(StandardCharsets.UTF_8)).doesNotContain("bucket");
    }

    @Test
    void the_note_names_the_query_the_rows_and_the_limit() throws Exception {
        copy(reply("[\"a\"],[\"b\"]", "", 2), 1);

        assertThat(data().path("parameters").path(0).path("name").asText()).isEqualTo("TIMEZONE");
        assertThat(data().path("parameters").path(1).toString())
                .isEqualTo(
                        "{\"name\":\"SFGUARD_NOTE\",\"value\":\"01b-1 cut at 1 rows by limit"
                                + " \\\"few\\\"\"}");
    }

    @Test
    void a_part_ends_in_its_middle_and_those_after_it_are_not_named() throws Exception {
        var body = copy(reply("[\"a\"]", chunk(10) + "," + chunk(20) + "," + chunk(30), 61), 15);

        assertThat(body)
                .isEqualTo(
                        new ResultBody.Chunks(
                                1,
                                List.of(
                                        new ResultBody.Part("https://bucket/10", 10, 9, 10),
                                        new ResultBody.Part("https://bucket/20", 4, 9, 20)),
                                java.util.Map.of("k", "v")));
        assertThat(data().path("chunks")).hasSize(2);
        assertThat(data().path("chunks").path(1).path("rowCount").asInt()).isEqualTo(4);
        assertThat(data().path("chunks").path(1).path("url").asText()).isEqualTo("http://h/2/1");
        assertThat(data().path("total").asInt()).isEqualTo(15);
    }

    @Test
    void what_should_be_a_number_or_a_list_and_is_neither_stays_here() throws Exception {
        var reply =
                "{\"data\":{\"total\":[[\"x\"]],\"returned\":{\"x\":1},\"chunks\":{\"x\":\"y\"},"
                        + "\"rowtype\":[],\"rowset\":[[\"1\"]]},\"success\":true}";

        copy(reply, 3);

        assertThat(client.toString(StandardCharsets.UTF_8)).doesNotContain("x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "9223372036854775807", "1000000000001", "1e30"})
    void a_part_of_an_impossible_size_is_an_error(String rows) {
        var reply = reply("[\"a\"]", chunk(2).replace(":2,", ":" + rows + ","), 3);

        assertThatThrownBy(() -> copy(reply, 2)).hasMessageContaining("a part of");
    }

    @Test
    void parts_that_are_told_before_the_rows_come_after_them_all_the_same() throws Exception {
        var reply =
                "{\"data\":{\"chunks\":[%s],\"total\":4,\"rowtype\":[],\"rowset\":[[\"1\"],[\"2\"]]},\"success\":true}"
                        .formatted(chunk(2));

        copy(reply, 3);

        assertThat(data().path("rowset")).hasSize(2);
        assertThat(data().path("chunks").path(0).path("rowCount").asInt()).isEqualTo(1);
        assertThat(data().path("total").asInt()).isEqualTo(3);
    }

    @Property(tries = 200)
    void any_number_of_any_rows_is_found(
            @ForAll @Size(min = 1, max = 40) List<String> cells,
            @ForAll @IntRange(min = 1, max = 40) int most)
            throws Exception {
        var rows = Json.mapper().createArrayNode();
        cells.forEach(cell -> rows.addArray().add(cell).addNull());
        var text = Json.mapper().writeValueAsString(rows);
        byte[] bytes = text.substring(1, text.length() - 1).getBytes(StandardCharsets.UTF_8);
        int count = Math.min(most, cells.size());

        int length = RowBytes.length(bytes, 0, bytes.length, count);

        var found = "[" + new String(bytes, 0, length, StandardCharsets.UTF_8) + "]";
        assertThat(Json.mapper().readTree(found)).hasSize(count);
        assertThat(rows.toString().startsWith(found.substring(0, found.length() - 1))).isTrue();
    }
}
