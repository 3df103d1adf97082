package dev.sfguard.gateway.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowScannerTest {

    private static List<String> scan(String text) throws IOException {
        var found = new ArrayList<String>();
        new RowScanner(
                        (count, rows) ->
                                found.add(count + " " + new String(rows, StandardCharsets.UTF_8)))
                .scan(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        return found;
    }

    @Test
    void rows_are_counted_and_their_bytes_kept() throws Exception {
        assertThat(scan("[\"a\",null] ,\n[\"b ] \\\" [\",\"ü\"]"))
                .containsExactly("2 [\"a\",null],[\"b ] \\\" [\",\"ü\"]");
        assertThat(scan("")).isEmpty();
    }

    @Test
    void long_parts_come_in_batches_and_lose_nothing() throws Exception {
        var text = new StringBuilder();
        for (int i = 0; i < 20_000; i++) {
            text.append(i == 0 ? "" : ",").append("[\"row ").append(i).append("\"]");
        }

        var batches = scan(text.toString());

        assertThat(batches).hasSizeGreaterThan(2);
        var joined = new ArrayList<String>();
        batches.forEach(batch -> joined.add(batch.substring(batch.indexOf(' ') + 1)));
        assertThat(String.join(",", joined)).isEqualTo(text.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"a\"", "[\"a\"][\"b\"]", "x", "[\"a\"],\"b\"", "{\"a\":1}"})
    void what_is_no_row_is_refused(String text) {
        assertThatThrownBy(() -> scan(text)).isInstanceOf(IOException.class);
    }
}
