package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementSplitterTest {

    @Test
    void semicolons_in_quotes_and_comments_end_nothing() {
        assertThat(texts("SELECT ';' AS \";\" /* ; */ -- ;\n; SELECT $$;$$;"))
                .containsExactly("SELECT ';' AS \";\"", "SELECT $$;$$");
    }

    @Test
    void a_statement_knows_where_it_begins() {
        assertThat(StatementSplitter.split("  SELECT 1 ;\n\tDROP TABLE t -- end"))
                .containsExactly(new Statement("SELECT 1", 2), new Statement("DROP TABLE t", 14));
    }

    @Test
    void blanks_comments_and_semicolons_are_no_statement() {
        assertThat(texts(" ; -- a\n ; /* b */ ;")).isEmpty();
    }

    @Test
    void a_block_is_one_statement() {
        assertThat(texts("BEGIN SELECT 1; IF (a) THEN SELECT 2; END IF; END; SELECT 3"))
                .containsExactly("BEGIN SELECT 1; IF (a) THEN SELECT 2; END IF; END", "SELECT 3");
    }

    @Test
    void declarations_belong_to_their_block() {
        assertThat(texts("DECLARE a INT; b INT; BEGIN a := 1; END; SELECT 1"))
                .containsExactly("DECLARE a INT; b INT; BEGIN a := 1; END", "SELECT 1");
    }

    @Test
    void every_kind_of_block_nests() {
        String block =
                "BEGIN FOR i IN 1 TO 2 DO WHILE (a) DO LOOP REPEAT CASE (b) WHEN 1 THEN"
                        + " SELECT CASE WHEN c THEN 1 END; END CASE; UNTIL (d) END REPEAT;"
                        + " BEGIN SELECT 1; END; END LOOP; END WHILE; END FOR; END";
        assertThat(texts(block + "; SELECT 2")).containsExactly(block, "SELECT 2");
    }

    @Test
    void a_procedure_carries_its_block() {
        String procedure = "CREATE PROCEDURE p() RETURNS INT AS DECLARE a INT; BEGIN a := 1; END";
        assertThat(texts(procedure + "; SELECT 1")).containsExactly(procedure, "SELECT 1");
    }

    @Test
    void a_transaction_is_no_block() {
        assertThat(texts("BEGIN; SELECT 1; BEGIN TRANSACTION; BEGIN NAME x; COMMIT"))
                .containsExactly(
                        "BEGIN", "SELECT 1", "BEGIN TRANSACTION", "BEGIN NAME x", "COMMIT");
    }

    @Test
    void names_that_look_like_blocks_open_none() {
        assertThat(texts("SELECT t.begin, begin FROM t; SELECT a AS begin FROM t; SELECT 1"))
                .hasSize(3);
    }

    @Test
    void a_block_without_its_end_is_opaque() {
        var statements = StatementSplitter.split("BEGIN SELECT 1; DROP TABLE t");
        assertThat(statements).hasSize(1);
        assertThat(new Analyzer().analyze(statements.getFirst()))
                .isEqualTo(new Analysis.Opaque("a block without its END"));
    }

    @Test
    void a_thousand_statements_are_split_and_one_more_is_opaque() {
        assertThat(StatementSplitter.split("SELECT 1;".repeat(StatementSplitter.MOST)))
                .hasSize(StatementSplitter.MOST);

        var more = StatementSplitter.split("SELECT 1;".repeat(StatementSplitter.MOST + 1));
        assertThat(more).hasSize(1);
        assertThat(new Analyzer().analyze(more.getFirst()))
                .isEqualTo(new Analysis.Opaque("more than 1000 statements in one text"));
    }

    @Test
    void the_analyzer_takes_one_statement_only() {
        assertThat(new Analyzer().analyze(new Statement("SELECT 1; SELECT 2", 0)))
                .isEqualTo(new Analysis.Opaque("several statements where one should be"));
        assertThat(new Analyzer().analyze(new Statement(" -- nothing", 0)))
                .isEqualTo(new Analysis.Opaque("there is no statement in it"));
    }

    private static List<String> texts(String text) {
        return StatementSplitter.split(text).stream().map(Statement::text).toList();
    }
}
