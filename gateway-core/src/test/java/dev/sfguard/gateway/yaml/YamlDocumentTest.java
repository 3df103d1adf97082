package dev.sfguard.gateway.yaml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class YamlDocumentTest {
    enum Mode {
        STRICT,
        LAX_AT_NIGHT
    }

    @Test
    void values_come_out_as_they_were_written() throws Exception {
        var document =
                parse(
                        """
                        name: gw-1
                        quoted: "true"
                        on: true
                        port: 2222
                        keep: 400d
                        limit: 64MiB
                        mode: lax_at_night
                        one: a
                        many: [a, b]
                        nested: {x: 1}
                        rows:
                          - {id: r1}
                          - {id: r2}
                        """);
        var root = document.root();

        assertThat(root.text("name")).isEqualTo("gw-1");
        assertThat(root.text("quoted")).isEqualTo("true");
        assertThat(root.truth("on", false)).isTrue();
        assertThat(root.truth("off", true)).isTrue();
        assertThat(root.number("port", 22, 0, 65535)).isEqualTo(2222);
        assertThat(root.optionalDuration("keep")).contains(Duration.ofDays(400));
        assertThat(root.optionalSize("limit")).contains(64L << 20);
        assertThat(root.optionalChoice("mode", Mode.class)).contains(Mode.LAX_AT_NIGHT);
        assertThat(root.textSet("one")).containsExactly("a");
        assertThat(root.textSet("many")).containsExactlyInAnyOrder("a", "b");
        assertThat(root.mapping("nested").text("x")).isEqualTo("1");
        assertThat(root.list("rows").stream().map(row -> row.text("id")))
                .containsExactly("r1", "r2");
        assertThat(root.optionalText("absent")).isEmpty();
        assertThat(root.text("absent", "otherwise")).isEqualTo("otherwise");
        assertThat(root.placeOf("port")).isEqualTo(new Place(4, 7));
        root.finish();
        document.finish();
    }

    @Test
    void all_problems_come_at_once_in_the_files_order() throws Exception {
        var document =
                parse(
                        """
                        prot: 1
                        port: many
                        mode: strcit
                        keep: [1d]
                        list: {a: 1}
                        nested: 5
                        empty:
                        none: []
                        """);
        var root = document.root();
        root.optionalNumber("port", 1, 9);
        root.optionalChoice("mode", Mode.class);
        root.optionalDuration("keep");
        root.list("list");
        root.mapping("nested").text("inner");
        root.optionalText("empty");
        root.texts("none");
        root.text("missing");
        root.finish();

        var problems = catchThrowableOfType(YamlProblems.class, document::finish);
        assertThat(problems)
                .hasMessage(
                        """
                        test.yaml:1:1: the key "missing" is missing in the file
                            prot: 1
                            ^
                        test.yaml:1:1: unknown key "prot" in the file; did you mean "port"?
                            prot: 1
                            ^
                        test.yaml:2:7: "port" must be a whole number from 1 to 9, not "many"
                            port: many
                                  ^
                        test.yaml:3:7: "mode" must be strict or lax_at_night, not "strcit"
                            mode: strcit
                                  ^
                        test.yaml:4:7: "keep" must be a text, not a list
                            keep: [1d]
                                  ^
                        test.yaml:5:7: "list" must be a list, not a mapping
                            list: {a: 1}
                                  ^
                        test.yaml:6:9: "nested" must be a mapping of keys and values, not "5"
                            nested: 5
                                    ^
                        test.yaml:6:9: the key "inner" is missing in "nested"
                            nested: 5
                                    ^
                        test.yaml:7:7: "empty" must be a text, not nothing
                            empty:
                                  ^
                        test.yaml:8:7: "none" is an empty list
                            none: []
                                  ^""");
    }

    @Test
    void a_doubled_key_is_a_problem() throws Exception {
        var document = parse("a: 1\nb: 2\na: 3\n");
        document.root().text("a");
        document.root().text("b");

        assertThat(catchThrowableOfType(YamlProblems.class, document::finish))
                .hasMessage("test.yaml:3:1: the key \"a\" stands twice\n    a: 3\n    ^");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a: &x 1\nb: *x\n",
                "a: &x [1]\n",
                "a: 1\n---\nb: 2\n",
                "a: [1\n",
                "a: 'x\n",
                "\ta: 1\n",
                "a: b: c\n",
                "- 1\n- 2\n",
                "just text\n",
                "? [a]\n: 1\n",
                "{a: {b: 1}",
                "%YAML 9.9\n---\na: 1",
                "a: \0",
                "",
                "# only a comment\n"
            })
    void what_is_no_single_plain_mapping_is_refused(String text) {
        var problems = catchThrowableOfType(YamlProblems.class, () -> parse(text));
        assertThat(problems).isNotNull();
        assertThat(problems.getMessage()).startsWith("test.yaml").doesNotContain("Exception");
    }

    @Test
    void an_anchor_is_pointed_at() {
        assertThat(catchThrowableOfType(YamlProblems.class, () -> parse("a: 1\nb: &x 2\n")))
                .hasMessage(
                        """
                        test.yaml:2:4: anchors and aliases (& and *) are not read; write it out
                            b: &x 2
                               ^""");
    }

    @Test
    void depth_and_length_are_bounded() {
        assertThat(catchThrowableOfType(YamlProblems.class, () -> parse("[".repeat(100_000))))
                .isNotNull();
        assertThat(catchThrowableOfType(YamlProblems.class, () -> parse("{a: ".repeat(100_000))))
                .isNotNull();
        assertThat(catchThrowableOfType(YamlProblems.class, () -> parse("#".repeat((1 << 20) + 1))))
                .hasMessage("test.yaml: longer than 1 MiB");
    }

    @Test
    void bytes_that_are_no_text_are_refused() {
        byte[] latin = "a: \u00fc".getBytes(StandardCharsets.ISO_8859_1);
        assertThat(
                        catchThrowableOfType(
                                YamlProblems.class, () -> YamlDocument.parse("test.yaml", latin)))
                .hasMessage("test.yaml: not UTF-8");
    }

    @Test
    void a_missing_file_is_a_problem_like_any_other(@TempDir Path folder) {
        var file = folder.resolve("gone.yaml");
        assertThat(catchThrowableOfType(YamlProblems.class, () -> YamlDocument.read(file)))
                .hasMessage("gone.yaml: no such file: " + file);
    }

    @Test
    void a_file_is_read_from_disk(@TempDir Path folder) throws Exception {
        var file = Files.writeString(folder.resolve("a.yaml"), "a: ä\n");
        assertThat(YamlDocument.read(file).root().text("a")).isEqualTo("ä");
    }

    @Test
    void a_long_line_is_cut_around_its_problem() {
        var problem =
                new Problem("f.yaml", 1, 301, "wrong", "a".repeat(300) + "B" + "c".repeat(300));
        var lines = problem.toString().lines().toList();
        assertThat(lines.get(1)).hasSizeLessThanOrEqualTo(104);
        assertThat(lines.get(1).charAt(lines.get(2).indexOf('^'))).isEqualTo('B');
    }

    @Test
    void near_names_are_suggested_and_far_ones_are_not() {
        var names = List.of("statement", "connection", "role");
        assertThat(Suggestion.of("statment", names)).isEqualTo("; did you mean \"statement\"?");
        assertThat(Suggestion.of("rloe", names)).isEqualTo("; did you mean \"role\"?");
        assertThat(Suggestion.of("masks", names)).isEmpty();
        assertThat(Suggestion.of("x".repeat(10_000), names)).isEmpty();
    }

    private static YamlDocument parse(String text) throws YamlProblems {
        return YamlDocument.parse("test.yaml", text.getBytes(StandardCharsets.UTF_8));
    }
}
