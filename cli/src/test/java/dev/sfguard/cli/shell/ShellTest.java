package dev.sfguard.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.cli.output.Format;
import dev.sfguard.cli.query.Meanwhile;
import dev.sfguard.cli.query.SnowflakeSession;
import dev.sfguard.cli.query.StubSnowflake;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jline.reader.Candidate;
import org.jline.reader.Parser.ParseContext;
import org.jline.terminal.impl.DumbTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The dialogue on a dumb terminal; {@link ShellIT} drives a real one.
class ShellTest {
    private final StubSnowflake snowflake = new StubSnowflake();

    @TempDir private Path folder;

    @AfterEach
    void stop() {
        snowflake.close();
    }

    @Test
    void a_statement_over_several_lines_runs_at_its_semicolon() throws Exception {
        snowflake.rows("select 1\nas n", "N fixed", "[[\"1\"]]");
        String screen = typed("select 1\nas n;\n");
        assertThat(screen).contains("N\n-\n1\n").containsPattern("\\(1 row · \\d+ ms\\)");
        assertThat(snowflake.statements()).containsExactly("select 1\nas n");
    }

    @Test
    void a_semicolon_in_a_text_does_not_end_a_statement() throws Exception {
        snowflake.rows("select ';\n'", "T text", "[[\";\"]]");
        typed("select ';\n';\n");
        assertThat(snowflake.statements()).containsExactly("select ';\n'");
    }

    @Test
    void a_blocked_statement_explains_itself_and_the_dialogue_goes_on() throws Exception {
        snowflake.error(
                "drop database shop", "098011", "42501", "sfguard: Blocked by rule \"no-drop\".");
        snowflake.rows("select 2", "N fixed", "[[\"2\"]]");
        assertThat(typed("drop database shop;\nselect 2;\n"))
                .contains(
                        """
                        Blocked by policy: nothing was sent to Snowflake.
                          Blocked by rule "no-drop".
                        """)
                .contains("N\n-\n2\n");
    }

    @Test
    void a_withheld_result_does_not_read_as_if_nothing_had_run() throws Exception {
        snowflake.error(
                "select ssn from customers",
                "098011",
                "42501",
                "sfguard: column SSN comes around its mask, so the result is withheld.");
        assertThat(typed("select ssn from customers;\n"))
                .contains("Blocked by policy: Snowflake ran it, and its result is withheld.")
                .doesNotContain("nothing was sent");
    }

    @Test
    void after_a_failure_the_rest_of_the_line_is_not_run() throws Exception {
        snowflake.error("bad", "001003", "42000", "SQL compilation error");
        typed("bad; select 1;\n");
        assertThat(snowflake.statements()).containsExactly("bad");
    }

    @Test
    void a_sql_error_has_a_caret() throws Exception {
        snowflake.error(
                "select nope",
                "000904",
                "42000",
                "error line 1 at position 7\ninvalid identifier 'NOPE'");
        assertThat(typed("select nope;\n")).contains("  select nope\n         ^\n");
    }

    @Test
    void formats_change_by_command() throws Exception {
        snowflake.rows("select 1", "N fixed", "[[\"1\"]]");
        assertThat(typed("\\o json\nselect 1;\n:o markdown\nselect 1;\n!x\nselect 1;\n\\o frob\n"))
                .contains("{\"N\":1}", "| N |", "-- row 1 --", "\\o takes table, vertical");
    }

    @Test
    void commands_of_its_own_are_explained_and_unknown_ones_named() throws Exception {
        assertThat(typed("\\?\n\\frob\nexit\nselect 1;\n"))
                .contains("\\o FORMAT", "There is no command \\frob.");
        assertThat(snowflake.statements()).isEmpty();
    }

    @Test
    void escapes_in_data_never_reach_the_terminal() throws Exception {
        snowflake.rows("select 1", "T text", "[[\"a\\u001b]0;title\\u0007b\"]]");
        String screen = typed("\\o csv\nselect 1;\n");
        assertThat(screen).contains("a␛]0;title␇b").doesNotContain("\u001b]0;title");
    }

    @Test
    void history_is_kept_for_the_owner_only_and_without_secrets() throws Exception {
        snowflake.rows("select 1", "N fixed", "[[\"1\"]]");
        typed("select 1;\nalter user x set password = 'hunter2';\n");
        Path file = folder.resolve("shell_history");
        assertThat(file).content().contains("select 1;").doesNotContain("hunter2");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1;",
                "select ';';",
                "\\o json",
                "exit",
                "begin let x := 1; return x; end;",
                "select `;\n"
            })
    void input_ends(String input) {
        assertThat(SqlParser.isComplete(input)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"select 1", "select ';", "select $$ ;", "/* ;", "begin let x := 1;", "-- ;"})
    void input_goes_on(String input) {
        assertThat(SqlParser.isComplete(input)).isFalse();
    }

    @Test
    void highlighting_colors_what_the_lexer_sees() {
        assertThat(SqlHighlighter.colored("select 'a' -- b\n, 1").toAnsi())
                .isEqualTo(
                        "\u001b[34;1mselect\u001b[0m \u001b[32m'a'\u001b[0m \u001b[2m-- b\n\u001b[0m, \u001b[36m1\u001b[0m");
    }

    @Test
    void names_that_were_seen_are_completed_in_the_case_they_are_begun_in() throws Exception {
        var completer = new SqlCompleter();
        completer.learnFrom("select amount from shop.orders");
        var candidates = new ArrayList<Candidate>();
        completer.complete(
                null,
                new SqlParser().parse("select * from shop.ord", 22, ParseContext.COMPLETE),
                candidates);
        assertThat(candidates).extracting(Candidate::value).containsExactly("shop.orders");
    }

    private String typed(String input) throws Exception {
        var screen = new ByteArrayOutputStream();
        var keys = new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8));
        try (var terminal = new DumbTerminal("t", "dumb", keys, screen, StandardCharsets.UTF_8);
                var session =
                        SnowflakeSession.open(snowflake.target(), "sfguard_shell", Map.of())) {
            var settings =
                    new Shell.Settings(
                            "shop", Format.TABLE, false, HistoryFile.in(folder), List.of());
            new Shell(session, terminal, settings, Meanwhile.NOTHING).run();
        }
        return screen.toString(StandardCharsets.UTF_8).replace("\r", "");
    }
}
