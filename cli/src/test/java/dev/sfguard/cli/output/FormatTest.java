package dev.sfguard.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FormatTest {
    private static final Look SCREEN = new Look(true, false, ZoneId.of("Asia/Tokyo"));
    private static final List<Column> COLUMNS =
            List.of(Column.text("NAME"), Column.number("AMOUNT"), Column.text("NOTE"));
    private static final List<List<Cell>> ROWS =
            List.of(
                    List.of(Cell.text("Ada"), exact("12.50"), Cell.text("a \"b\", c")),
                    List.of(Cell.text("李小龍"), Cell.NULL, Cell.text("")),
                    List.of(Cell.text("x\u001b[2Jy"), exact("-7"), Cell.text("two\nlines|\t\\")));

    @Test
    void table_aligns_wide_characters_and_disarms_escapes() {
        assertThat(printed(Format.TABLE, Look.PLAIN))
                .isEqualTo(
                        """
                        NAME    AMOUNT  NOTE
                        ------  ------  ------------
                        Ada      12.50  a "b", c
                        李小龍    NULL
                        x␛[2Jy      -7  two␊lines|␉\\
                        """);
    }

    @Test
    void vertical_numbers_its_rows() {
        assertThat(printed(Format.VERTICAL, Look.PLAIN))
                .isEqualTo(
                        """
                        -- row 1 --
                        NAME    Ada
                        AMOUNT  12.50
                        NOTE    a "b", c
                        -- row 2 --
                        NAME    李小龍
                        AMOUNT  NULL
                        NOTE   \s
                        -- row 3 --
                        NAME    x␛[2Jy
                        AMOUNT  -7
                        NOTE    two␊lines|␉\\
                        """);
    }

    @Test
    void csv_keeps_every_byte_and_tells_null_from_empty() {
        assertThat(printed(Format.CSV, Look.PLAIN))
                .isEqualTo(
                        """
                        NAME,AMOUNT,NOTE
                        Ada,12.50,"a ""b"", c"
                        李小龍,,""
                        x\u001b[2Jy,-7,"two
                        lines|\t\\"
                        """);
    }

    @Test
    void csv_on_a_screen_disarms_escapes() {
        assertThat(printed(Format.CSV, SCREEN)).contains("x␛[2Jy").doesNotContain("\u001b");
    }

    @Test
    void tsv_escapes_as_postgresql_does() {
        assertThat(printed(Format.TSV, Look.PLAIN))
                .isEqualTo(
                        """
                        NAME\tAMOUNT\tNOTE
                        Ada\t12.50\ta "b", c
                        李小龍\t\\N\t
                        x\u001b[2Jy\t-7\ttwo\\nlines|\\t\\\\
                        """);
    }

    @Test
    void json_keeps_types_and_is_one_array() {
        assertThat(printed(Format.JSON, Look.PLAIN))
                .isEqualTo(
                        """
                        [
                          {"NAME":"Ada","AMOUNT":12.50,"NOTE":"a \\"b\\", c"},
                          {"NAME":"李小龍","AMOUNT":null,"NOTE":""},
                          {"NAME":"x\\u001B[2Jy","AMOUNT":-7,"NOTE":"two\\nlines|\\t\\\\"}
                        ]
                        """);
    }

    @Test
    void markdown_escapes_what_would_end_a_cell() {
        assertThat(printed(Format.MARKDOWN, Look.PLAIN))
                .isEqualTo(
                        """
                        | NAME | AMOUNT | NOTE |
                        | --- | ---: | --- |
                        | Ada | 12.50 | a "b", c |
                        | 李小龍 | NULL |  |
                        | x␛[2Jy | -7 | two<br>lines\\|␉\\\\ |
                        """);
    }

    @Test
    void ndjson_keeps_digits_nests_variants_and_names_twins() {
        var columns =
                List.of(
                        Column.number("ID"),
                        Column.number("ID"),
                        Column.text("V"),
                        Column.text("BAD"),
                        Column.number("F"),
                        Column.text("OK"),
                        Column.moment("AT"));
        List<Cell> row =
                List.of(
                        exact("12345678901234567890.123456789"),
                        exact("1E+2"),
                        new Cell.Json("{\n  \"a\" : [1.00000000000000000001, null]\n}"),
                        new Cell.Json("undefined"),
                        new Cell.Approximate(Double.NaN),
                        new Cell.Flag(true),
                        new Cell.Moment(Instant.parse("2026-11-23T14:02:11.123456Z")));
        assertThat(printed(Format.NDJSON, Look.PLAIN, columns, List.of(row)))
                .isEqualTo(
                        "{\"ID\":12345678901234567890.123456789,\"ID_2\":100,"
                                + "\"V\":{\"a\":[1.00000000000000000001,null]},"
                                + "\"BAD\":\"undefined\",\"F\":\"NaN\",\"OK\":true,"
                                + "\"AT\":\"2026-11-23T14:02:11.123Z\"}\n");
    }

    @Test
    void times_are_local_on_a_screen() {
        var rows = List.of(List.<Cell>of(new Cell.Moment(Instant.parse("2026-11-23T14:02:11Z"))));
        assertThat(printed(Format.TABLE, SCREEN, List.of(Column.moment("AT")), rows))
                .contains("2026-11-23 23:02:11");
    }

    @Test
    void an_empty_result_still_has_a_shape() {
        var none = List.<List<Cell>>of();
        assertThat(printed(Format.JSON, Look.PLAIN, COLUMNS, none)).isEqualTo("[]\n");
        assertThat(printed(Format.NDJSON, Look.PLAIN, COLUMNS, none)).isEmpty();
        assertThat(printed(Format.CSV, Look.PLAIN, COLUMNS, none)).isEqualTo("NAME,AMOUNT,NOTE\n");
        assertThat(printed(Format.TABLE, Look.PLAIN, COLUMNS, none))
                .isEqualTo("NAME  AMOUNT  NOTE\n----  ------  ----\n");
    }

    @Test
    void a_table_prints_before_it_has_seen_every_row() {
        var out = new ByteArrayOutputStream();
        var printer = Format.TABLE.printer(print(out), Look.PLAIN);
        printer.begin(List.of(Column.text("A")));
        for (int i = 0; i < 600; i++) {
            printer.row(List.of(Cell.text("row " + i)));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("row 599");
    }

    @Test
    void null_is_dim_in_color() {
        var look = new Look(true, true, ZoneId.of("UTC"));
        assertThat(printed(Format.TABLE, look)).contains("\u001b[2mNULL\u001b[0m");
    }

    private static Cell exact(String digits) {
        return new Cell.Exact(new BigDecimal(digits));
    }

    private static String printed(Format format, Look look) {
        return printed(format, look, COLUMNS, ROWS);
    }

    private static String printed(
            Format format, Look look, List<Column> columns, List<List<Cell>> rows) {
        var out = new ByteArrayOutputStream();
        var printer = format.printer(print(out), look);
        printer.begin(columns);
        new ArrayList<>(rows).forEach(printer::row);
        printer.end();
        return out.toString(StandardCharsets.UTF_8);
    }

    private static PrintStream print(OutputStream out) {
        return new PrintStream(out, true, StandardCharsets.UTF_8);
    }
}
