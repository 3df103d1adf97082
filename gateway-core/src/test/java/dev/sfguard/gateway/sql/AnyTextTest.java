package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Tokens.Kind;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

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

    /// Queries cut in pieces, mostly in an order that makes sense.
    @Provide
    Arbitrary<String> queryPieces() {
        return Arbitraries.of(
                        "SELECT a FROM r1",
                        "SELECT",
                        "a , b",
                        "FROM r2",
                        "FROM",
                        "JOIN r3 ON a = b",
                        "LEFT JOIN",
                        "r4",
                        "r5 x",
                        "s.r6",
                        "\"r7\"",
                        ", r8",
                        ",",
                        "(",
                        ")",
                        "( SELECT a FROM r9 )",
                        "WHERE a IN",
                        "EXISTS",
                        "UNION ALL",
                        "EXCEPT",
                        "WITH c AS (",
                        "WITH RECURSIVE",
                        "c",
                        "AS",
                        "x",
                        "AT ( OFFSET => 1 )",
                        "SAMPLE ( 1 )",
                        "PIVOT ( MAX ( a ) FOR b IN ( 'x' ) )",
                        "LATERAL",
                        "TABLE ( 'r10' )",
                        "IDENTIFIER ( 'r11' )",
                        "VALUES ( 1 )",
                        "INSERT INTO r12",
                        "UPDATE r13 SET a = 1",
                        "DELETE FROM r14",
                        "USING r15",
                        "MERGE INTO r16 USING r17 ON a = b WHEN MATCHED THEN DELETE",
                        "EXTRACT ( YEAR FROM a )",
                        "IS DISTINCT FROM a",
                        "CASE WHEN a THEN b END",
                        "* EXCLUDE a",
                        "COUNT ( * )",
                        "ORDER BY a",
                        "GROUP BY ALL",
                        "LIMIT 1",
                        "->> SELECT * FROM $1",
                        "=",
                        "1",
                        "'s'",
                        "::int",
                        ":p")
                .list()
                .ofMinSize(1)
                .ofMaxSize(14)
                .map(pieces -> String.join(" ", pieces));
    }

    @Property(tries = 5000)
    void no_relation_behind_from_or_join_is_missing_where_objects_are_known(
            @ForAll("queryPieces") String text) {
        for (var statement : StatementSplitter.split(text)) {
            if (analyzer.analyze(statement, Shop.SCOPE, Catalog.EMPTY) instanceof Understood read
                    && read.objects() instanceof Objects.Known) {
                var tokens = Lexer.read(statement.text());
                for (int k = 0; k < tokens.size(); k++) {
                    var chain = standsForRelation(tokens, k);
                    if (chain != null) {
                        int start = tokens.start(k);
                        assertThat(read.structure().tables())
                                .as(statement.text())
                                .anyMatch(
                                        it ->
                                                it.last().equals(chain.last())
                                                        && it.name().start() == start);
                    }
                }
            }
        }
    }

    /// A plain name behind FROM, JOIN or INTO, where that is no function's or operator's FROM.
    private static @Nullable NameChain standsForRelation(Tokens tokens, int k) {
        boolean relation =
                (tokens.is(k - 1, "FROM")
                                && !tokens.is(k - 2, "DISTINCT")
                                && !tokens.is(k - 2, "YEAR"))
                        || tokens.is(k - 1, "JOIN")
                        || tokens.is(k - 1, "INTO");
        var chain = relation ? NameChain.at(tokens, k) : null;
        return chain == null || tokens.kind(chain.to()) == Kind.OPEN || isPart(tokens.word(k))
                ? null
                : chain;
    }

    private static boolean isPart(String word) {
        return word.equals("LATERAL") || word.equals("SELECT") || word.equals("WITH");
    }

    private static List<String> significant(Tokens tokens) {
        var texts = new ArrayList<String>();
        for (int k = 0; tokens.kind(k) != Kind.END; k++) {
            texts.add(tokens.text(k));
        }
        return texts;
    }
}
