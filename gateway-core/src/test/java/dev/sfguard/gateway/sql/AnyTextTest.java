package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// What holds of any text at all.
class AnyTextTest {
    private final Analyzer analyzer = new Analyzer();

    @Property(tries = 3000)
    void no_text_makes_the_reader_throw(@ForAll String text) {
        for (var statement : StatementSplitter.split(text)) {
            assertThat(analyzer.analyze(statement)).isNotNull();
        }
    }

    @Property(tries = 5000)
    void no_text_of_sql_pieces_makes_the_reader_throw(@ForAll("sqlPieces") String text) {
        for (var statement : StatementSplitter.split(text)) {
            assertThat(analyzer.analyze(statement)).isNotNull();
        }
    }

    @Property(tries = 5000)
    void splitting_loses_no_token_and_invents_none(@ForAll("sqlPieces") String text) {
        var whole = Lexer.read(text);
        if (whole.doubt() != null) {
            assertThat(StatementSplitter.split(text)).containsExactly(new Statement(text, 0));
            return;
        }
        var pieces = new ArrayList<String>();
        for (var statement : StatementSplitter.split(text)) {
            assertThat(text.substring(statement.offset())).startsWith(statement.text());
            pieces.addAll(significant(Lexer.read(statement.text())));
        }
        // Between statements there is nothing but semicolons, blanks and comments.
        pieces.removeIf(";"::equals);
        var expected = significant(whole);
        expected.removeIf(";"::equals);
        assertThat(pieces).isEqualTo(expected);
    }

    @Property(tries = 5000)
    void a_statement_that_was_split_off_splits_no_further(@ForAll("sqlPieces") String text) {
        for (var statement : StatementSplitter.split(text)) {
            assertThat(StatementSplitter.split(statement.text()))
                    .containsExactly(new Statement(statement.text(), 0));
        }
    }

    /// Keywords, quotes, comments, blocks and semicolons in any order: what random letters never
    /// hit.
    @Provide
    Arbitrary<String> sqlPieces() {
        return Arbitraries.of(
                        "SELECT",
                        "DROP TABLE",
                        "DELETE FROM",
                        "WHERE",
                        "BEGIN",
                        "END",
                        "IF",
                        "THEN",
                        "ELSE",
                        "CASE",
                        "FOR",
                        "DO",
                        "LOOP",
                        "DECLARE",
                        "CREATE TASK",
                        "AS",
                        "EXECUTE IMMEDIATE",
                        "WITH",
                        "CALL",
                        "MERGE INTO",
                        "ON",
                        "WHEN",
                        "ALTER SESSION SET",
                        "USE ROLE",
                        "COPY INTO",
                        "PUT",
                        "GET",
                        "file:///a;b",
                        "TRANSACTION",
                        "IDENTIFIER(",
                        "TABLE(",
                        "RESULT_SCAN(",
                        "BETWEEN",
                        "AND",
                        "OR",
                        "NOT",
                        "IN",
                        ";",
                        ";",
                        ";",
                        "(",
                        ")",
                        ",",
                        ".",
                        "=",
                        ":=",
                        "->>",
                        "'",
                        "''",
                        "\\",
                        "\"",
                        "$$",
                        "$",
                        "$1",
                        "--",
                        "//",
                        "/*",
                        "*/",
                        "\n",
                        "\r",
                        " ",
                        " ",
                        "@",
                        "@~",
                        "@a/b",
                        "1",
                        "'x'",
                        "\"q\"",
                        "a",
                        "b.c",
                        "?",
                        ":x",
                        "#",
                        "é",
                        "\0")
                .list()
                .ofMaxSize(40)
                .map(pieces -> String.join(" ", pieces));
    }

    private static List<String> significant(Tokens tokens) {
        var texts = new ArrayList<String>();
        for (int k = 0; tokens.kind(k) != Kind.END; k++) {
            texts.add(tokens.text(k));
        }
        return texts;
    }
}
