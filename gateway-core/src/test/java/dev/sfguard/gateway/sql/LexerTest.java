package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LexerTest {

    static List<String[]> doubts() {
        return List.of(
                new String[] {"SELECT\n  'abc", "unterminated string at 2:3"},
                new String[] {"SELECT 'a\\'", "unterminated string at 1:8"},
                new String[] {"SELECT \"a", "unterminated quoted name at 1:8"},
                new String[] {"SELECT $$ a", "unterminated $$ at 1:8"},
                new String[] {"SELECT /* a", "unterminated comment at 1:8"},
                new String[] {"SELECT /* /* */ 1", "a comment inside a comment at 1:11"},
                new String[] {"SELECT /*/ 1 /*/ 2", "a comment inside a comment at 1:14"},
                new String[] {
                    "SELECT -- a\rb", "a carriage return without a line feed in a comment at 1:12"
                },
                new String[] {"SELECT -- a\u2028b", "character U+2028 in a line comment at 1:12"},
                new String[] {"SELECT // a\u0085b", "character U+0085 in a line comment at 1:12"},
                new String[] {"SELECT a$$b", "$$ inside a word at 1:9"},
                new String[] {"SELECT $$a$$$", "$$$ at 1:11"},
                new String[] {"SELECT $a$b", "$ inside a variable's name at 1:10"},
                new String[] {"SELECT $+1", "lone $ at 1:8"},
                new String[] {"SELECT @ FROM t", "lone @ at 1:8"},
                new String[] {"LIST @a--b", "a comment's mark in a stage path at 1:8"},
                new String[] {"LIST @a//b", "a comment's mark in a stage path at 1:8"},
                new String[] {"LIST @a/ü", "unexpected character U+00FC in a stage path at 1:9"},
                new String[] {"SELECT `a`", "unexpected ` at 1:8"},
                new String[] {"SELECT 1 # a", "unexpected # at 1:10"},
                new String[] {"SELECT \\1", "unexpected \\ at 1:8"},
                new String[] {"SELECT é", "unexpected character U+00E9 at 1:8"},
                new String[] {"SELECT 😀", "unexpected character U+1F600 at 1:8"},
                new String[] {"\ufeffSELECT 1", "unexpected character U+FEFF at 1:1"},
                new String[] {"SELECT\u00a01", "unexpected character U+00A0 at 1:7"},
                new String[] {"SELECT 1\0", "unexpected character U+0000 at 1:9"},
                new String[] {"SELECT 'a\0'", "NUL in a string at 1:10"},
                new String[] {"SELECT \"a\0\"", "NUL in a name at 1:8"},
                new String[] {"SELECT /*\0*/", "NUL in a comment at 1:10"},
                new String[] {
                    " ".repeat(Lexer.LONGEST + 1), "more than 1 MiB of text at 1:1048577"
                });
    }

    @ParameterizedTest
    @MethodSource("doubts")
    void what_is_doubtful_makes_the_whole_text_opaque_and_says_where(String text, String why) {
        var statements = StatementSplitter.split(text);

        assertThat(statements).containsExactly(new Statement(text, 0));
        assertThat(new Analyzer().analyze(statements.getFirst()))
                .isEqualTo(new Analysis.Opaque(why));
    }

    @Test
    void quotes_and_comments_may_hold_anything() {
        assertThat(texts("SELECT 'ü''\\'😀', \"é\"\"ß\" /* ñ */ -- 漢\n, $$ ' \" -- $$"))
                .containsExactly("SELECT", "'ü''\\'😀'", ",", "\"é\"\"ß\"", ",", "$$ ' \" -- $$");
    }

    @Test
    void the_longest_operator_wins() {
        assertThat(texts("a->>b::c:=d->e=>f||g**h<>i"))
                .containsExactly(
                        "a", "->>", "b", "::", "c", ":=", "d", "->", "e", "=>", "f", "||", "g",
                        "**", "h", "<>", "i");
    }

    @Test
    void numbers_end_where_they_end() {
        assertThat(texts("1e3 .5 1.5e-7 1e 2.x"))
                .containsExactly("1e3", ".5", "1.5e-7", "1", "e", "2.", "x");
    }

    @Test
    void a_file_url_is_a_path_in_put_and_get_only() {
        assertThat(texts("PUT file:///tmp/a//b.csv @s; SELECT file://x\n1"))
                .containsExactly(
                        "PUT", "file:///tmp/a//b.csv", "@s", ";", "SELECT", "file", ":", "1");
    }

    @Test
    void stages_end_at_blanks_and_punctuation() {
        var tokens = Lexer.read("COPY INTO t FROM @\"my db\".s/p/*.gz, (@%t)");
        assertThat(tokens.doubt())
                .as("a star behind a slash opens a comment elsewhere")
                .isNotNull();
        assertThat(texts("LIST @\"my db\".s/p, (@%t)"))
                .containsExactly("LIST", "@\"my db\".s/p", ",", "(", "@%t", ")");
    }

    @Test
    void the_end_anchor_of_match_recognize_is_an_operator() {
        assertThat(texts("PATTERN (^ a+ $)"))
                .containsExactly("PATTERN", "(", "^", "a", "+", "$", ")");
    }

    @Test
    void literals_lose_their_escapes() {
        var tokens = Lexer.read("'a''b' 'c\\'d' '\\x41\\102\\u0043\\n\\q' $$\\n$$");
        assertThat(tokens.literal(0)).isEqualTo("a'b");
        assertThat(tokens.literal(1)).isEqualTo("c'd");
        assertThat(tokens.literal(2)).isEqualTo("ABC\nq");
        assertThat(tokens.literal(3)).isEqualTo("\\n");
    }

    @Test
    void an_escape_with_too_few_digits_is_its_letter() {
        assertThat(Lexer.read("'\\x4' ").literal(0)).isEqualTo("x4");
        assertThat(Lexer.read("'\\u12' ").literal(0)).isEqualTo("u12");
    }

    private static List<String> texts(String text) {
        var tokens = Lexer.read(text);
        assertThat(tokens.doubt()).isNull();
        var texts = new ArrayList<String>();
        for (int k = 0; tokens.kind(k) != Kind.END; k++) {
            texts.add(tokens.text(k));
        }
        return texts;
    }
}
