package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.snowflake.ResultSink.Column;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/// Whatever stands in rows: what is planted never comes out, and all else comes out as it went in.
class MaskerProperties {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PLAIN =
            List.of(
                    "",
                    "x",
                    "order 17",
                    "Grüße",
                    "😀",
                    "a\"b\\c",
                    "line\nfeed",
                    "\u0000",
                    "{\"n\":1}",
                    "12.50",
                    "2023-11-14");

    @Property(tries = 500)
    void planted_values_never_appear_and_other_cells_stay_byte_for_byte(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 6) int width,
            @ForAll @IntRange(min = 1, max = 30) int height)
            throws IOException {
        var random = new Random(seed);
        var columns = new ArrayList<Column>();
        for (int i = 0; i < width; i++) {
            columns.add(new Column("C" + i, random.nextBoolean() ? "text" : "variant"));
        }
        var rows = new StringBuilder();
        var cells = new ArrayList<String>();
        var planted = new ArrayList<String>();
        for (int r = 0; r < height; r++) {
            rows.append(r == 0 ? "[" : ",[");
            for (int c = 0; c < width; c++) {
                String value = null;
                if (random.nextInt(4) == 0) {
                    var detectors = Detector.values();
                    value = Drawn.value(Detector.of(random.nextInt(detectors.length)), random);
                }
                String cell = cell(value, columns.get(c).type().equals("variant"), random);
                rows.append(c == 0 ? "" : random.nextBoolean() ? "," : " ,\n").append(cell);
                cells.add(cell);
                planted.add(value == null ? "" : value);
            }
            rows.append(']');
        }
        var masker = new Masker(Detections.all());
        masker.columns(columns);
        byte[] bytes = rows.toString().getBytes(UTF_8);

        var masked = masker.rows(height, bytes, 0, bytes.length);

        var text =
                masked.isUnchanged()
                        ? rows.toString()
                        : new String(masked.bytes(), masked.offset(), masked.length(), UTF_8);
        JsonNode table = JSON.readTree("[" + text + "]");
        assertThat(table).hasSize(height);
        for (int i = 0; i < cells.size(); i++) {
            JsonNode row = table.get(i / width);
            assertThat(row).hasSize(width);
            if (planted.get(i).isEmpty()) {
                assertThat(row.get(i % width)).isEqualTo(JSON.readTree(cells.get(i)));
                assertThat(text).contains(cells.get(i));
            } else {
                assertThat(row.get(i % width).asText()).contains("<redacted:");
                assertThat(text)
                        .doesNotContain(planted.get(i))
                        .doesNotContain(escaped(planted.get(i)));
            }
        }
    }

    private static String escaped(String value) throws IOException {
        String quoted = JSON.writeValueAsString(value);
        return quoted.substring(1, quoted.length() - 1);
    }

    private static String cell(String planted, boolean variant, Random random) throws IOException {
        if (planted == null) {
            String plain = PLAIN.get(random.nextInt(PLAIN.size()));
            boolean none = random.nextInt(5) == 0;
            return none ? "null" : quoted(variant ? JSON.writeValueAsString(plain) : plain, random);
        }
        String around = Drawn.around(planted, random);
        if (!variant) {
            return quoted(around, random);
        }
        var object = JSON.createObjectNode();
        object.put("note", PLAIN.get(random.nextInt(PLAIN.size())));
        object.putArray("list").add(1).add(around).addNull();
        return quoted(random.nextBoolean() ? object.toString() : object.toPrettyString(), random);
    }

    /// In JSON, with escapes where none would be needed too.
    private static String quoted(String text, Random random) throws IOException {
        if (random.nextInt(3) > 0) {
            return JSON.writeValueAsString(text);
        }
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (random.nextInt(3) == 0
                    || Character.isSurrogate(c)
                    || c < ' '
                    || c == '"'
                    || c == '\\') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
