package dev.sfguard.gateway.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowScannerTest {

    /// @param step the most bytes that one read gives
    private static List<String> scan(String text, int step) throws IOException {
        var found = new ArrayList<String>();
        new RowScanner(
                        (count, rows, offset, length) ->
                                found.add(count + " " + text(rows, offset, length)))
                .scan(new Dripping(text.getBytes(StandardCharsets.UTF_8), step));
        return found;
    }

    private static List<String> scan(String text) throws IOException {
        return scan(text, Integer.MAX_VALUE);
    }

    private static String text(byte[] bytes, int offset, int length) {
        return new String(bytes, offset, length, StandardCharsets.UTF_8);
    }

    private static String joined(List<String> batches) {
        return String.join(
                ",",
                batches.stream().map(batch -> batch.substring(batch.indexOf(' ') + 1)).toList());
    }

    /// Gives a few bytes at a time, as a slow network does.
    private static final class Dripping extends ByteArrayInputStream {
        private final int step;

        Dripping(byte[] bytes, int step) {
            super(bytes);
            this.step = step;
        }

        @Override
        public synchronized int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, step));
        }
    }

    @Test
    void rows_are_counted_and_their_bytes_kept() throws Exception {
        assertThat(scan("[\"a\",null],[\"b ] \\\" [\",\"ü\"]"))
                .containsExactly("2 [\"a\",null],[\"b ] \\\" [\",\"ü\"]");
        assertThat(scan("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 1000})
    void white_space_between_rows_goes_and_inside_of_them_stays(int step) throws Exception {
        assertThat(scan(" [\"a\", 1] ,\n\t[ \"b\" ]\r\n, [\"c\"] ", step))
                .containsExactly("3 [\"a\", 1],[ \"b\" ],[\"c\"]");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 8})
    void an_escape_may_be_split_anywhere(int step) throws Exception {
        var row = "[\"\\\\\",\"\\\"\",\"\\\\\\\"]\",\"\\u00fc\\n\",\"1234567\\\"\"]";

        assertThat(scan(row + "," + row, step)).containsExactly("2 " + row + "," + row);
    }

    @Test
    void cells_may_be_arrays_and_objects() throws Exception {
        var row = "[[1,[\"]\"],{}],{\"a\":{\"b\":[null,true,-1.5e+3]},\"}\":\"{\"}]";

        assertThat(scan(row + ",[]", 3)).containsExactly("2 " + row + ",[]");
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 4096, 8191, 50_000, Integer.MAX_VALUE})
    void batches_do_not_depend_on_how_the_bytes_arrive(int step) throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(i == 0 ? "" : ",").append("[\"row ").append(i).append("\"]");
        }

        var batches = scan(text.toString(), step);

        assertThat(batches).hasSizeGreaterThan(2).isEqualTo(scan(text.toString()));
        assertThat(joined(batches)).isEqualTo(text.toString());
    }

    @Test
    void a_cell_of_20_megabytes_passes_between_small_ones() throws Exception {
        var huge = "[\"" + "x\\\"]yz123".repeat(2_000_000) + "\"]";
        var text = "[\"a\"]," + huge + ",[\"b\"]," + huge + ",[\"c\"]";

        var batches = scan(text, 100_000);

        assertThat(joined(batches).equals(text)).isTrue();
        assertThat(batches).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"a\"",
                "[\"a\"][\"b\"]",
                "x",
                "[\"a\"],\"b\"",
                "{\"a\":1}",
                "[\"a\"],",
                ",[\"a\"]",
                "[\"a\"],,[\"b\"]",
                "[\"a\"]]",
                "[\"a\"}",
                "[{\"a\":1]]",
                "[\"a\nb\"]",
                "[\"12345678\u0000\"]",
                "[\"\\x\"]",
                "[\"\\\n\"]",
                "[\u0001]",
                "[\u00fc]",
                "[\"a\"]\u00a0"
            })
    void what_is_no_row_is_refused(String text) {
        assertThatThrownBy(() -> scan(text)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> scan(text, 1)).isInstanceOf(IOException.class);
    }

    @Test
    void a_row_that_nests_without_end_is_refused() {
        assertThatThrownBy(() -> scan("[".repeat(100) + "]".repeat(100)))
                .hasMessageContaining("too deeply");
    }

    @Provide
    Arbitrary<String> rows() {
        var cell =
                Arbitraries.oneOf(
                        Arbitraries.strings()
                                .withChars("ab\\\"[]{},: \n\u0001ü\u20ac")
                                .ofMaxLength(20),
                        Arbitraries.of("", "12345678", "\"\"", "\\\\"));
        var written =
                Arbitraries.oneOf(
                        cell.map(RowScannerTest::quoted),
                        Arbitraries.of("null", "true", "1", "-2.5E7", "[]", "{\"a\":[{}]}"));
        var gap = Arbitraries.of("", "", "", " ", "\n", " \r\n\t");
        var row = written.list().ofMaxSize(4).map(cells -> "[" + String.join(",", cells) + "]");
        return net.jqwik.api.Combinators.combine(row.list().ofMaxSize(6), gap.list().ofSize(12))
                .as(RowScannerTest::spaced);
    }

    private static String spaced(List<String> rows, List<String> gaps) {
        var text = new StringBuilder();
        for (int i = 0; i < rows.size(); i++) {
            text.append(i == 0 ? "" : ",")
                    .append(gaps.get(2 * i))
                    .append(rows.get(i))
                    .append(gaps.get(2 * i + 1));
        }
        return text.toString();
    }

    private static String quoted(String cell) {
        try {
            return Json.mapper().writeValueAsString(cell);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The rows that Jackson sees; empty when it refuses the text.
    private static Optional<List<String>> judged(String text) {
        try {
            var rows = new ArrayList<String>();
            try (var parser = Json.factory().createParser("[" + text + "]")) {
                var tree = Json.mapper().readTree(parser);
                if (parser.nextToken() != null) {
                    return Optional.empty();
                }
                for (var row : (com.fasterxml.jackson.databind.JsonNode) tree) {
                    if (!row.isArray()) {
                        return Optional.empty();
                    }
                    rows.add(row.toString());
                }
            }
            return Optional.of(rows);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> scanned(String text, int step) {
        try {
            return Optional.of(joined(scan(text, step)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Property(tries = 500)
    void finds_the_rows_that_a_parser_finds(
            @ForAll("rows") String text, @ForAll @IntRange(min = 1, max = 40) int step) {
        assertThat(scanned(text, step).flatMap(RowScannerTest::judged)).isEqualTo(judged(text));
        assertThat(judged(text)).isPresent();
    }

    @Property(tries = 200)
    void a_cut_in_any_place_is_seen_as_a_parser_sees_it(@ForAll("rows") String text) {
        for (int cut = 0; cut < text.length(); cut++) {
            var begun = text.substring(0, cut);

            assertThat(scanned(begun, 5).isPresent())
                    .as(begun)
                    .isEqualTo(judged(begun).isPresent());
        }
    }

    /// A changed byte may make of a cell what is no JSON, which is the client's to judge. It never
    /// makes another row of it, and what a parser takes is not refused.
    @Property(tries = 500)
    void a_changed_byte_never_moves_a_boundary(
            @ForAll("rows") String text,
            @ForAll @IntRange(max = 400) int place,
            @ForAll("bytes") char changed) {
        if (text.isEmpty()) {
            return;
        }
        int at = place % text.length();
        var other = text.substring(0, at) + changed + text.substring(at + 1);

        var parsed = judged(other);

        if (parsed.isPresent()) {
            assertThat(scanned(other, 5).flatMap(RowScannerTest::judged))
                    .as(other)
                    .isEqualTo(parsed);
        }
    }

    @Provide
    Arbitrary<Character> bytes() {
        return Arbitraries.of(
                '"', '\\', '[', ']', '{', '}', ',', ':', ' ', '1', 'u', '\n', '\u0002');
    }

    @Test
    void an_array_ends_at_its_bracket_and_the_rest_is_given_back() throws Exception {
        var found = new ArrayList<Integer>();
        InputStream in =
                new ByteArrayInputStream("[1],[2]],\"x\":1}".getBytes(StandardCharsets.UTF_8));

        byte[] rest = new RowScanner((count, _, _, _) -> found.add(count)).scanArray(in);

        assertThat(found).containsExactly(2);
        assertThat(new String(rest, StandardCharsets.UTF_8)).isEqualTo("],\"x\":1}");
    }

    private static byte[] longRow(int length) {
        return ("[\"" + "x".repeat(length) + "\"]").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void long_rows_of_all_readers_share_one_memory_and_give_it_back() throws Exception {
        var memory = new RowMemory(20 << 20);
        var second = new RowScanner((_, _, _, _) -> {}, memory);
        var first =
                new RowScanner(
                        (_, _, _, _) -> {
                            assertThat(memory.taken()).isBetween(10L << 20, 20L << 20);
                            // A third that has ordinary rows takes nothing of it.
                            new RowScanner((_, _, _, _) -> {}, memory)
                                    .scan(new ByteArrayInputStream(longRow(300_000)));
                            assertThatThrownBy(
                                            () ->
                                                    second.scan(
                                                            new ByteArrayInputStream(
                                                                    longRow(10 << 20))))
                                    .isInstanceOf(RowMemory.Exhausted.class)
                                    .hasMessageContaining("(20 MiB)");
                        },
                        memory);

        first.scan(new ByteArrayInputStream(longRow(10 << 20)));

        assertThat(memory.taken()).isZero();
        new RowScanner((_, _, _, _) -> {}, memory)
                .scan(new ByteArrayInputStream(longRow(10 << 20)));
        assertThat(memory.taken()).isZero();
    }

    @Test
    void reader_that_fails_gives_the_memory_back() {
        var memory = new RowMemory(200 << 20);
        byte[] cut = Arrays.copyOf(longRow(5 << 20), 5 << 20);

        assertThatThrownBy(
                        () ->
                                new RowScanner((_, _, _, _) -> {}, memory)
                                        .scan(new ByteArrayInputStream(cut)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(
                        () ->
                                new RowScanner((_, _, _, _) -> {}, memory)
                                        .scanArray(new ByteArrayInputStream(cut)))
                .isInstanceOf(IOException.class);
        assertThat(memory.taken()).isZero();
    }
}
