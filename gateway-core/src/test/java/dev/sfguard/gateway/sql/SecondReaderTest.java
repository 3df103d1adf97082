package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Analysis.Opaque;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Texts that JSqlParser reads otherwise than Snowflake, and how it is kept from that.
class SecondReaderTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT id FROM orders; DROP TABLE orders",
                "SELECT 1 /* /* */ , ssn FROM customers",
                "SELECT `ssn` FROM customers",
                "SELECT $tag$ ssn $tag$ FROM customers",
                "SELECT ssn FROM cust\u043emers",
                "SELECT 1 # , ssn FROM customers",
                "SELECT 1 -- \r , ssn FROM customers"
            })
    void where_readers_disagree_nothing_is_read(String sql) {
        assertThat(Shop.analyze(sql)).isInstanceOf(Opaque.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SELECT city FROM customers\\n\\n\\nUNION ALL SELECT ssn FROM customers | READ CUSTOMERS(CITY SSN)
                    SELECT city FROM customers\\n/\\nid FROM customers              | UNKNOWN / at 2:1 is not followed here
                    SELECT city FROM customers\\ngo\\nUNION ALL SELECT ssn FROM customers | READ CUSTOMERS(CITY SSN)
                    SELECT q'[' , ssn FROM customers WHERE city = ']'              | READ CUSTOMERS(CITY SSN)
                    SELECT 'c\\' '' ', ssn FROM customers                          | READ CUSTOMERS(SSN)
                    SELECT $4 FROM customers                                       | READ CUSTOMERS(*)
                    SELECT * ILIKE '%s%' FROM customers                            | READ CUSTOMERS(*)
                    SELECT 1 FROM IDENTIFIER('customers')                          | READ CUSTOMERS
                    SELECT 1 FROM TABLE('customers') TABLESAMPLE BERNOULLI (20)    | READ CUSTOMERS
                    CREATE TABLE x CLONE customers                                 | DDL X, READ CUSTOMERS(*)
                    SET v = (SELECT ssn FROM customers)                            | READ CUSTOMERS(SSN)
                    SELECT 1 FROM (WITH customers AS (SELECT 1 a) SELECT * FROM customers) a, customers | READ CUSTOMERS
                    CREATE OR REPLACE FILE FORMAT f TYPE = CSV                     | DDL F
                    SELECT ALL ssn FROM customers                                  | READ CUSTOMERS(SSN)
                    SELECT N'x', ssn FROM customers                                | READ CUSTOMERS(SSN)
                    """)
    void texts_that_a_parser_reads_otherwise_are_read_rightly(String sql, String accesses) {
        String text = sql.replace("\\n", "\n");
        assertThat(Shop.show(ObjectsTest.understood(text).objects())).isEqualTo(accesses);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SELECT/**/'it''s', $$b$$, -1.5e3 --x                   | SELECT 's1' , 's3' , - 1
                    select "a b"."c" from @s/x (pattern => 'y') z          | select "q1"."q3" from stg_5 z
                    select a:b:from.c[0]::object(x int) d from t           | select a [ 1 ] d from t
                    select cast(a as number(1, 2)), {'k': b} from t        | select cast ( a AS INT ) , F ( 's14' , b ) from t
                    select * exclude (a) rename b as c from t              | select * from t
                    select a from t at (offset => 1) sample (3) fetch 5    | select a from t
                    select a from t at (timestamp => (select 1 from u))    | select a from t at ( timestamp => ( select 1 from u ) )
                    select a from t asof join u match_condition (a > b)    | select a from t join u
                    select x from identifier('a') , table('b')             | select x from idn_3 , idn_8
                    select :a, ?, $v, $1, a, from t                        | select ? , ? , ? , pos_8 , a from t
                    1 + (select a from t)                                  | SELECT 1 + ( select a from t )
                    """)
    void a_query_is_written_anew(String sql, String canonical) {
        assertThat(canonical(sql)).isEqualTo(canonical);
    }

    @Test
    void long_lists_of_literals_are_written_short() {
        assertThat(canonical("select 1 from t where a in ('x'" + ", 'x'".repeat(5000) + ")"))
                .hasSizeLessThan(80);
        assertThat(canonical("select * from values (1, 'a')" + ", (2, null)".repeat(5000)))
                .hasSizeLessThan(120);
    }

    @Test
    void nothing_of_a_literal_or_comment_is_in_it() {
        assertThat(canonical("select 'secret', \"secret\", $$secret$$ /* secret */ from @secret/x"))
                .doesNotContain("secret");
    }

    @Test
    void what_was_lost_or_cut_elsewhere_does_not_pass() {
        assertThat(IntegrityGate.passes("select a from t", "SELECT a FROM T")).isTrue();
        assertThat(IntegrityGate.passes("select a from t where b", "SELECT a FROM t")).isFalse();
        assertThat(IntegrityGate.passes("select 's0'", "SELECT 's1'")).isFalse();
        assertThat(IntegrityGate.passes("select a", "SELECT 'a")).isFalse();
    }

    @Test
    void a_relation_or_column_that_only_one_of_both_sees_is_a_doubt() {
        var tokens = Lexer.read("select a from t join u on b = 1");
        var whole = new Range(0, tokens.size());
        try (var parser = new BoundedParser(1)) {
            var agreed = new Reading();
            new ObjectReader(tokens, agreed).readChain(whole);
            assertThat(new SecondReader(parser, parser).doubt(tokens, agreed)).isEmpty();

            var lessRelations = new Reading();
            new ObjectReader(tokens, lessRelations).readChain(whole);
            lessRelations.sources.removeLast();
            assertThat(new SecondReader(parser, parser).doubt(tokens, lessRelations))
                    .contains("two readings differ on the relation at 1:22");

            var lessColumns = new Reading();
            new ObjectReader(tokens, lessColumns).readChain(whole);
            lessColumns.columnTokens.clear(1);
            assertThat(new SecondReader(parser, parser).doubt(tokens, lessColumns))
                    .contains("two readings differ on the column at 1:8");
        }
    }

    private static String canonical(String sql) {
        var tokens = Lexer.read(sql);
        return CanonicalSql.of(tokens, new Range(0, tokens.size()), new BitSet()).text();
    }
}
