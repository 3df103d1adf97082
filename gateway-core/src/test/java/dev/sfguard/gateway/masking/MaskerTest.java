package dev.sfguard.gateway.masking;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.policy.Masks.Detection;
import dev.sfguard.gateway.policy.Masks.With;
import dev.sfguard.gateway.snowflake.ResultSink.Column;
import dev.sfguard.gateway.snowflake.RowFilter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaskerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> ALL =
            Set.of("card", "email", "us_ssn", "iban", "phone", "api_key", "private_key");
    private static final Column TEXT = new Column("NOTE", "text");
    private static final String CARD = "4111111111111111";

    @Test
    void rows_without_findings_pass_without_a_copy() throws IOException {
        var masker = masker(Detections.all(), TEXT);
        byte[] rows = "..[\"a\"],[null],[\"order 17\"]..".getBytes(UTF_8);

        var masked = masker.rows(3, rows, 2, rows.length - 4);

        assertThat(masked.isUnchanged()).isTrue();
        assertThat(masker.maskedCells()).isEmpty();
    }

    @Test
    void a_finding_is_replaced_and_the_rest_stays() throws IOException {
        var masker = masker(Detections.all(), new Column("ID", "fixed"), TEXT);

        var masked =
                mask(
                        masker,
                        2,
                        "[\"1\",\"pay with 4111 1111 1111 1111, please\"],[\"2\",\"ana@acme.io\"]");

        assertThat(masked)
                .isEqualTo(
                        "[\"1\",\"pay with <redacted:card>, please\"],[\"2\",\"<redacted:email>\"]");
        assertThat(masker.maskedCells()).isEqualTo(Map.of("NOTE", 2L));
        assertThat(masker.findings()).isEqualTo(Map.of("NOTE", Map.of("card", 1L, "email", 1L)));
    }

    @Test
    void one_cell_counts_once_however_much_is_in_it() throws IOException {
        var masker = masker(Detections.all(), TEXT);

        mask(masker, 1, "[\"a@b.com, c@d.org, 4111111111111111\"]");

        assertThat(masker.maskedCells()).isEqualTo(Map.of("NOTE", 1L));
        assertThat(masker.findings()).isEqualTo(Map.of("NOTE", Map.of("card", 1L, "email", 1L)));
    }

    @Test
    void a_number_that_is_a_card_becomes_null_so_that_drivers_can_still_parse_the_column()
            throws IOException {
        var masker = masker(Detections.all(), new Column("PAYMENT", "fixed"), TEXT);

        var masked = mask(masker, 2, "[\"4111111111111111\",\"x\"],[4111111111111111,\"x\"]");

        assertThat(masked).isEqualTo("[null,\"x\"],[null,\"x\"]");
    }

    @ParameterizedTest
    @CsvSource({
        "SSN, fixed, 123456789",
        "CUSTOMER_SSN, fixed, 12345678",
        "taxId, text, 123456789",
        "TAX_ID, text, 912-70-1234",
        "PHONE, text, 4155552671",
        "MOBILE_NO, fixed, 491711234567",
        "CARD_NUMBER, text, 4111-1111-1111-1111",
        "EMAIL, text, root@localhost",
        "IBAN, text, DE89 3704 0044 0532 0130 01",
        "DB_PASSWORD, text, hunter2",
        "apiKey, text, not-a-known-kind",
    })
    void a_columns_name_lowers_what_is_asked_of_a_value(String name, String type, String value)
            throws IOException {
        String row = "[\"" + value + "\"]";

        assertThat(mask(masker(Detections.all(), new Column(name, type)), 1, row))
                .doesNotContain(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"boolean", "date", "time", "timestamp_ntz", "timestamp_tz"})
    void types_that_hold_nothing_personal_pass(String type) throws IOException {
        var masker = masker(Detections.all(), new Column("SSN", type));

        assertThat(mask(masker, 1, "[\"4111111111111111\"]")).isEqualTo("[\"4111111111111111\"]");
    }

    @Test
    void binary_cells_are_looked_into() throws IOException {
        String hex = HexFormat.of().withUpperCase().formatHex("mail ana@acme.io".getBytes(UTF_8));
        var masker = masker(Detections.all(), new Column("B", "binary"));

        assertThat(mask(masker, 4, "[\"" + hex + "\"],[\"00FF\"],[\"0\"],[\"zz\"]"))
                .isEqualTo("[null],[\"00FF\"],[null],[null]");
        assertThat(masker.findings()).isEqualTo(Map.of("B", Map.of("email", 1L, "unreadable", 2L)));
    }

    @Test
    void escapes_hide_nothing() throws IOException {
        var masker = masker(Detections.all(), TEXT);

        assertThat(mask(masker, 1, "[\"say \\\"hi\\\" to ana\\u0040acme.io\\n\"]"))
                .isEqualTo("[\"say \\\"hi\\\" to <redacted:email>\\n\"]");
        assertThat(mask(masker, 1, "[\"\\u0034111111111111111\"]"))
                .isEqualTo("[\"<redacted:card>\"]");
    }

    @Test
    void json_in_a_cell_is_masked_where_its_value_stands() throws IOException {
        var masker = masker(Detections.all(), new Column("V", "variant"));
        var value =
                JSON.createObjectNode()
                        .put("mail", "ana@acme.io")
                        .put("ssn", 123456789)
                        .put("n", 5);
        value.putArray("keys").add("a\"b").add("tel +1 415 555 2671");

        var masked = JSON.readTree("[" + mask(masker, 1, row(value.toPrettyString())) + "]");

        assertThat(JSON.readTree(masked.get(0).get(0).asText()))
                .isEqualTo(
                        JSON.readTree(
                                """
                                {"mail": "<redacted:email>", "ssn": "<redacted:us_ssn>", "n": 5,
                                 "keys": ["a\\"b", "tel <redacted:phone>"]}
                                """));
    }

    @Test
    void escapes_inside_of_json_inside_of_a_cell_hide_nothing() throws IOException {
        for (var type : List.of("variant", "text")) {
            var masker = masker(Detections.all(), new Column("V", type));
            String inner = "{\"a\":\"ana\\u0040acme.io\",\"b\":\"\\u0034111111111111111\"}";
            String twice = "{\"c\":" + JSON.writeValueAsString(inner) + "}";

            assertThat(mask(masker, 2, row(inner) + "," + row(twice)))
                    .contains("<redacted:email>", "<redacted:card>")
                    .doesNotContain("acme")
                    .doesNotContain("0034111");
        }
    }

    @Test
    void json_that_is_none_is_masked_whole_in_a_variant_and_read_as_text_elsewhere()
            throws IOException {
        String broken = "{\"a\": \"ana";

        assertThat(mask(masker(Detections.all(), new Column("V", "variant")), 1, row(broken)))
                .isEqualTo("[\"<redacted:unreadable>\"]");
        assertThat(mask(masker(Detections.all(), TEXT), 1, row(broken))).isEqualTo(row(broken));
    }

    @Test
    void xml_in_a_variant_is_text() throws IOException {
        var masker = masker(Detections.all(), new Column("V", "object"));

        assertThat(mask(masker, 1, row("<a b=\"c\">ana@acme.io</a>")))
                .isEqualTo(row("<a b=\"c\"><redacted:email></a>"));
        assertThat(mask(masker, 1, row("<a b=\"c\">ana&#64;acme.io</a>")))
                .isEqualTo("[\"<redacted:unreadable>\"]");
    }

    @Test
    void a_piece_of_json_in_a_text_hides_nothing() throws IOException {
        assertThat(mask(masker(Detections.all(), TEXT), 1, row("piece: ana\\u0040acme.io")))
                .isEqualTo("[\"<redacted:unreadable>\"]");
        assertThat(mask(masker(Detections.all(), TEXT), 1, row("C:\\users\\u0040")))
                .isEqualTo(row("C:\\users\\u0040"));
    }

    @Test
    void nesting_of_any_depth_is_followed() throws IOException {
        var masker = masker(Detections.all(), new Column("V", "variant"));
        String deep = "[".repeat(200_000) + "\"ana@acme.io\"" + "]".repeat(200_000);

        assertThat(mask(masker, 1, row(deep)))
                .hasSize(row(deep).length() - "ana@acme.io".length() + 16)
                .doesNotContain("acme");
    }

    @Test
    void json_in_json_in_json_beyond_all_sense_is_masked_whole() throws IOException {
        String text = "\"ana@acme.io\"";
        for (int i = 0; i < 9; i++) {
            text = "[" + JSON.writeValueAsString(text) + "]";
        }

        assertThat(mask(masker(Detections.all(), new Column("V", "variant")), 1, row(text)))
                .contains("<redacted:unreadable>")
                .doesNotContain("acme");
    }

    @Test
    void cells_that_stand_as_json_are_masked_too() throws IOException {
        var masker = masker(Detections.all(), new Column("V", "array"), TEXT);

        assertThat(mask(masker, 1, "[[\"ana@acme.io\",{\"ssn\":123456789}] , \"ok\"]"))
                .isEqualTo("[[\"<redacted:email>\",{\"ssn\":\"<redacted:us_ssn>\"}] , \"ok\"]");
    }

    @Test
    void what_is_no_utf_8_is_masked_whole() throws IOException {
        byte[] rows = "[\"caf\u00e9 and more\"],[\"ok\"]".getBytes(ISO_8859_1);
        var masker = masker(Detections.all(), TEXT);

        var masked = masker.rows(2, rows, 0, rows.length);

        assertThat(text(masked)).isEqualTo("[\"<redacted:unreadable>\"],[\"ok\"]");
        assertThat(mask(masker, 1, "[\"bad \\q escape\"]"))
                .isEqualTo("[\"<redacted:unreadable>\"]");
    }

    @Test
    void lone_surrogates_and_nul_stay_what_they_are() throws IOException {
        var masker = masker(Detections.all(), TEXT);
        String row = "[\"\\ud83d \\u0000 \\ud83d\\ude00 x\"]";

        assertThat(mask(masker, 1, row)).isEqualTo(row);
        assertThat(mask(masker, 1, "[\"\\ud83d ana@acme.io \\u0000\"]"))
                .isEqualTo("[\"\\ud83d <redacted:email> \\u0000\"]");
    }

    @Test
    void a_cell_of_twenty_megabytes_is_masked_and_its_space_given_back() throws IOException {
        var masker = masker(Detections.all(), TEXT);
        String filler = "lorem ipsum dolor ".repeat(20 * 1024 * 1024 / 18);

        var masked = mask(masker, 1, "[\"" + filler + "ana@acme.io\"]");

        assertThat(masked).hasSize(filler.length() + 20).endsWith("<redacted:email>\"]");
        var small = masker.rows(1, "[\"ana@acme.io\"]".getBytes(UTF_8), 0, 15);
        assertThat(small.bytes().length).isLessThan(1 << 20);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[\"a\"",
                "[\"a]",
                "[\"a\"],",
                "[\"a\"][\"b\"]",
                "[\"a\",\"b\"]",
                "[]",
                "{\"a\":1}",
                "[\"a\"]]",
                "[\"a\\",
                "[\"a\"],[\"b\"]",
                "[a b]",
                "[[\"x\"]",
                "[,]",
                ""
            })
    void rows_that_cannot_be_read_do_not_pass(String rows) {
        var masker = masker(Detections.all(), TEXT);

        assertThatThrownBy(() -> mask(masker, 1, rows))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("do not pass");
    }

    @Test
    void partial_shows_the_last_four_or_the_domain() throws IOException {
        var masker = masker(detections(new With.Partial()), TEXT);

        assertThat(mask(masker, 1, "[\"4111-1111-1111-1234, 5 123-45-6789\"]"))
                .isEqualTo("[\"4111-1111-1111-1234, 5 ***-**-6789\"]");
        assertThat(mask(masker, 1, "[\"" + CARD + "\"]")).isEqualTo("[\"************1111\"]");
        assertThat(mask(masker, 1, "[\"ana.b@acme.io\"]")).isEqualTo("[\"a***@acme.io\"]");
        assertThat(mask(masker, 1, "[\"AKIAIOSFODNN7EXAMPLE\"]"))
                .isEqualTo("[\"<redacted:api_key>\"]");
    }

    @Test
    void null_takes_the_whole_cell() throws IOException {
        var masker = masker(detections(new With.Null()), TEXT);

        assertThat(mask(masker, 2, "[\"x\"],[\"mail ana@acme.io\"]")).isEqualTo("[\"x\"],[null]");
    }

    @Test
    void a_hash_is_keyed_and_the_same_for_the_same_number() throws IOException {
        var one = masker(hashing("k1"), TEXT);
        var other = masker(hashing("k2"), TEXT);

        String hash = mask(one, 1, "[\"" + CARD + "\"]");

        assertThat(hash).matches("\\[\"<card:[0-9a-f]{24}>\"]");
        assertThat(mask(one, 1, "[\"4111 1111 1111 1111\"]")).isEqualTo(hash);
        assertThat(mask(other, 1, "[\"" + CARD + "\"]")).isNotEqualTo(hash);
    }

    @Test
    void own_expressions_find_what_they_say() throws IOException {
        var detections =
                Detections.of(
                        List.of(
                                new Detection(
                                        Set.of("card"),
                                        Map.of("employee", "E-[0-9]{5}"),
                                        new With.Redact())),
                        Optional.empty());
        var masker = masker(detections, TEXT);

        assertThat(mask(masker, 1, "[\"E-12345 pays " + CARD + ", ana@acme.io\"]"))
                .isEqualTo("[\"<redacted:employee> pays <redacted:card>, ana@acme.io\"]");
    }

    @Test
    void an_own_expression_over_a_built_in_finding_leaves_one() throws IOException {
        var detections =
                Detections.of(
                        List.of(
                                new Detection(
                                        Set.of("email"),
                                        Map.of("acme", "to .*acme"),
                                        new With.Redact())),
                        Optional.empty());

        assertThat(mask(masker(detections, TEXT), 1, "[\"to ana@acme.io now\"]"))
                .isEqualTo("[\"<redacted:acme> now\"]");
    }

    @Test
    void what_cannot_be_kept_is_refused() {
        assertThatThrownBy(() -> detections(new With.Hash())).hasMessageContaining("no key");
        assertThatThrownBy(() -> detections(new With.Expression("upper(x)")))
                .hasMessageContaining("SQL expression");
        assertThatThrownBy(() -> own("(")).hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> own("x*")).hasMessageContaining("empty text");
        assertThatThrownBy(
                        () ->
                                Detections.of(
                                        List.of(
                                                new Detection(
                                                        Set.of("emial"),
                                                        Map.of(),
                                                        new With.Redact())),
                                        Optional.empty()))
                .hasMessage("there is no detector \"emial\"");
    }

    @Test
    void only_what_is_wanted_is_found() throws IOException {
        var detections =
                Detections.of(
                        List.of(new Detection(Set.of("email"), Map.of(), new With.Redact())),
                        Optional.empty());

        assertThat(mask(masker(detections, TEXT), 1, "[\"" + CARD + " ana@acme.io\"]"))
                .isEqualTo("[\"" + CARD + " <redacted:email>\"]");
    }

    @Test
    void several_threads_mask_parts_of_one_result() throws Exception {
        var masker = masker(Detections.all(), TEXT);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var tasks = new ArrayList<java.util.concurrent.Future<String>>();
            for (int i = 0; i < 64; i++) {
                String rows = "[\"" + i + "\"],[\"user" + i + "@acme.io\"]";
                tasks.add(threads.submit(() -> mask(masker, 2, rows)));
            }
            for (int i = 0; i < tasks.size(); i++) {
                assertThat(tasks.get(i).get()).isEqualTo("[\"" + i + "\"],[\"<redacted:email>\"]");
            }
        }
        assertThat(masker.maskedCells()).isEqualTo(Map.of("NOTE", 64L));
    }

    /// Parts of a result arrive in pieces of any size; the masker gets whole rows all the same.
    @Test
    void a_value_split_over_buffers_is_found() throws IOException {
        String rows = "[\"x\"],[\"ana@acme.io " + "y".repeat(100_000) + CARD + "\"]";
        var masker = masker(Detections.all(), TEXT);
        var masked = new StringBuilder();
        var scanner =
                new dev.sfguard.gateway.snowflake.RowScanner(
                        (count, batch, offset, length) ->
                                masked.append(
                                        mask(
                                                masker,
                                                count,
                                                new String(batch, offset, length, UTF_8))));

        scanner.scan(
                new ByteArrayInputStream(rows.getBytes(UTF_8)) {
                    @Override
                    public synchronized int read(byte[] into, int offset, int length) {
                        return super.read(into, offset, Math.min(length, 7));
                    }
                });

        assertThat(masked.toString()).doesNotContain("acme");
    }

    private static Detections own(String expression) {
        return Detections.of(
                List.of(new Detection(Set.of(), Map.of("own", expression), new With.Redact())),
                Optional.empty());
    }

    private static Detections detections(With with) {
        return Detections.of(List.of(new Detection(ALL, Map.of(), with)), Optional.empty());
    }

    private static Detections hashing(String key) {
        return Detections.of(
                List.of(new Detection(ALL, Map.of(), new With.Hash())),
                Optional.of(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA256")));
    }

    private static Masker masker(Detections detections, Column... columns) {
        var masker = new Masker(detections);
        masker.columns(List.of(columns));
        return masker;
    }

    private static String row(String cell) throws IOException {
        return "[" + JSON.writeValueAsString(cell) + "]";
    }

    private static String mask(Masker masker, int count, String rows) throws IOException {
        byte[] bytes = rows.getBytes(UTF_8);
        var masked = masker.rows(count, bytes, 0, bytes.length);
        return masked.isUnchanged() ? rows : text(masked);
    }

    private static String text(RowFilter.Rows rows) {
        return new String(rows.bytes(), rows.offset(), rows.length(), UTF_8);
    }
}
