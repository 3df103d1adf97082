package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The work on a text grows with its length and not faster, whatever the text. Work is
/// counted in looks at tokens, not in time.
class LinearWorkTest {
    /// Looks that one token may cost: a few passes, and a condition's nesting times a few
    /// more.
    private static final int LOOKS_PER_TOKEN = 250;

    /// What is repeated until the text is long, behind a start of its own.
    static List<String[]> pathological() {
        return List.of(
                new String[] {"", "a "},
                new String[] {"", "("},
                new String[] {"", ")"},
                new String[] {"", "( SELECT "},
                new String[] {"", "BEGIN "},
                new String[] {"BEGIN x; ", "THEN x "},
                new String[] {"BEGIN x; ", "THEN WITH a "},
                new String[] {"BEGIN x; ", "THEN SELECT a "},
                new String[] {"BEGIN x; ", "SELECT a; "},
                new String[] {"BEGIN x; ", "AS DELETE FROM a "},
                new String[] {"BEGIN x; ", "DECLARE a; "},
                new String[] {"BEGIN x; ", "CASE "},
                new String[] {"CREATE ", "OR REPLACE TEMP "},
                new String[] {"", "CREATE TASK a AS "},
                new String[] {"CREATE TASK a AS ", "BEGIN CREATE TASK a AS "},
                new String[] {"", "WITH a AS ( "},
                new String[] {"WITH ", "PROCEDURE AS "},
                new String[] {"SELECT 1 ", "->> SELECT 1 "},
                new String[] {"DELETE FROM t WHERE ", "NOT "},
                new String[] {"DELETE FROM t WHERE ", "( "},
                new String[] {"DELETE FROM t WHERE ", "(a = 1 OR "},
                new String[] {"DELETE FROM t WHERE ", "(a = 1 AND (b = 1 OR "},
                new String[] {"DELETE FROM t WHERE a = 1 ", "OR a = a.b "},
                new String[] {"DELETE FROM t WHERE a = 1 ", "AND a BETWEEN a "},
                new String[] {"DELETE FROM t WHERE a = 1 ", "OR a IS NULL "},
                new String[] {"DELETE FROM t WHERE a", ".a"},
                new String[] {"DELETE FROM t WHERE a IN (1", ", a b"},
                new String[] {"DELETE FROM t WHERE ", "a + a IN (a, "},
                new String[] {"DELETE FROM t WHERE ", "EXISTS (SELECT 1 WHERE "},
                new String[] {"DELETE FROM t WHERE ", "CASE WHEN a THEN "},
                new String[] {"SELECT 1 ", "WHERE a = 1 UNION SELECT 1 "},
                new String[] {"SELECT 1 ", "WHERE "},
                new String[] {"MERGE INTO t ", "ON a WHEN MATCHED THEN DELETE "},
                new String[] {"SELECT ", "IDENTIFIER('a') "},
                new String[] {"SELECT ", "RESULT_SCAN( "},
                new String[] {"SELECT ", "(UPDATE "},
                new String[] {"ALTER SESSION SET ", "a = 1 "},
                new String[] {"ALTER TABLE t ", "DROP POLICY "},
                new String[] {"SELECT ", "EXECUTE IMMEDIATE 'a' "},
                new String[] {"SELECT ", "/**/ "},
                new String[] {"SELECT ", "1e+ "},
                new String[] {"SELECT ", "$a "},
                new String[] {"SELECT ", "@\"a\"\"b\" "});
    }

    @ParameterizedTest
    @MethodSource("pathological")
    void a_quarter_megabyte_costs_a_bounded_number_of_looks_per_token(String start, String piece) {
        costsLinearWork(start, piece, Lexer.LONGEST / 4);
    }

    static List<String[]> pathologicalQueries() {
        return List.of(
                new String[] {"SELECT a FROM t", ", t AT (OFFSET => 1) SAMPLE (1) x"},
                new String[] {"SELECT a FROM t", " JOIN t ON a = b"},
                new String[] {"SELECT a FROM t", " LEFT t"},
                new String[] {"SELECT ", "t SAMPLE "},
                new String[] {"SELECT ", "a LEFT OUTER "},
                new String[] {"SELECT ", "a AS b, "},
                new String[] {"SELECT ", "CAST(a AS INT), "},
                new String[] {"SELECT ", "a::int(1), "},
                new String[] {"SELECT ", "f({'a': b}), "},
                new String[] {"SELECT ", "* EXCLUDE (a), "},
                new String[] {"SELECT ", "(1, 2), "},
                new String[] {"SELECT ", "1, "},
                new String[] {"SELECT ", "a IN (1, 2) OR "},
                new String[] {"SELECT " + "PIVOT (".repeat(95), "a "},
                new String[] {"SELECT a FROM " + "(".repeat(95), "t "},
                new String[] {"SELECT a FROM " + "((SELECT a) UNION ".repeat(45), "t "},
                new String[] {"WITH a AS (SELECT 1)", ", a AS (SELECT 1)"},
                new String[] {"INSERT ALL ", "WHEN a THEN INTO t (a) VALUES (a) "},
                new String[] {"MERGE INTO t USING s ON a = b ", "WHEN MATCHED THEN DELETE "},
                new String[] {"CREATE TABLE t (", "a INT, "},
                new String[] {"ALTER TABLE t ", "SWAP WITH t "},
                new String[] {"GRANT a ON ALL ", "t "});
    }

    @ParameterizedTest
    @MethodSource("pathologicalQueries")
    void following_a_text_costs_a_bounded_number_of_looks_per_token(String start, String piece) {
        String text = start + piece.repeat((Bounds.LONGEST - start.length()) / piece.length());
        var tokens = Lexer.read(text);
        var whole = new Range(0, tokens.size());

        var reading = new Reading();
        new ObjectReader(tokens, reading).readChain(whole);
        CanonicalSql.of(tokens, whole, reading.names());

        assertThat(tokens.looks()).isLessThan((long) LOOKS_PER_TOKEN * (tokens.size() + 10));
    }

    @Test
    void a_whole_megabyte_costs_no_more_per_token() {
        costsLinearWork("", "a ", Lexer.LONGEST);
        costsLinearWork("DELETE FROM t WHERE ", "(a = 1 AND (b = 1 OR ", Lexer.LONGEST);
        costsLinearWork("BEGIN x; ", "THEN SELECT a ", Lexer.LONGEST);
    }

    private static void costsLinearWork(String start, String piece, int length) {
        int times = (length - start.length()) / piece.length();
        String text = start + piece.repeat(times);

        var tokens = Lexer.read(text);
        var split = BlockScanner.split(tokens);
        var findings = new Findings();
        StatementReader.readText(tokens, split, findings, 0);

        assertThat(tokens.doubt()).isNull();
        assertThat(tokens.looks()).isLessThan((long) LOOKS_PER_TOKEN * (tokens.size() + 10));
    }
}
