package dev.sfguard.gateway.masking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Masks.ColumnMask;
import dev.sfguard.gateway.policy.Masks.With;
import dev.sfguard.gateway.policy.Masks.Writes;
import dev.sfguard.gateway.sql.Analysis;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.Catalog.Relation;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What texts become. `{C}` stands for the masked projection of CUSTOMERS without its closing
/// bracket, `{E}` for that of EMPLOYEES.
class MaskRewriterTest {
    private static final ObjectName CUSTOMERS = new ObjectName("SHOP", "PUBLIC", "CUSTOMERS");
    private static final ObjectName EMPLOYEES = new ObjectName("SHOP", "PUBLIC", "EMPLOYEES");
    private static final String C =
            "(SELECT * REPLACE ('***' AS \"SSN\") FROM \"SHOP\".\"PUBLIC\".\"CUSTOMERS\"";
    private static final String E =
            "(SELECT * REPLACE (0 AS \"SALARY\") FROM \"SHOP\".\"PUBLIC\".\"EMPLOYEES\"";

    private final Analyzer analyzer = new Analyzer();
    private final Catalog catalog =
            catalog(
                    table(
                            "CUSTOMERS",
                            "ID NUMBER",
                            "NAME TEXT",
                            "EMAIL TEXT",
                            "SSN TEXT",
                            "CITY TEXT"),
                    table("ORDERS", "ID NUMBER", "CUSTOMER_ID NUMBER", "AMOUNT NUMBER"),
                    table("EMPLOYEES", "ID NUMBER", "NAME TEXT", "DEPT TEXT", "SALARY NUMBER"),
                    view(
                            "CREATE VIEW people AS SELECT id, ssn FROM customers -- all",
                            "PEOPLE",
                            "ID",
                            "SSN"),
                    view(
                            "create or replace view shop.public.named (a, \"b c\") as select c.id, c.ssn from public.customers c join orders on true;",
                            "NAMED",
                            "A",
                            "b c"),
                    view(
                            "CREATE VIEW outer_people AS SELECT * FROM people p",
                            "OUTER_PEOPLE",
                            "ID",
                            "SSN"),
                    view("CREATE VIEW amounts AS SELECT amount FROM orders", "AMOUNTS", "AMOUNT"),
                    view(null, "HIDDEN", "SSN"));

    private static Relation table(String name, String... columns) {
        var list = new ArrayList<Column>();
        for (var column : columns) {
            list.add(new Column(column.split(" ", -1)[0], column.split(" ", -1)[1]));
        }
        return new Relation(new ObjectName("SHOP", "PUBLIC", name), Kind.TABLE, list, null);
    }

    private static Relation view(String definition, String name, String... columns) {
        return new Relation(
                new ObjectName("SHOP", "PUBLIC", name),
                Kind.VIEW,
                List.of(columns).stream().map(it -> new Column(it, "TEXT")).toList(),
                definition);
    }

    private static Catalog catalog(Relation... relations) {
        var map = new HashMap<ObjectName, Relation>();
        for (var relation : relations) {
            map.put(relation.name(), relation);
        }
        return new Catalog(1, Set.of("SHOP"), map);
    }

    private static Masks masks(With with, ObjectName object, String... columns) {
        var map = new HashMap<String, ColumnMask>();
        for (var column : columns) {
            map.put(column, new ColumnMask("pii", with, Writes.MASK));
        }
        return new Masks(Map.of(object, map), List.of());
    }

    private Rewriting rewrite(String sql, Masks masks) {
        var statement = new Statement(sql, 0);
        var scope = new NameScope("SHOP", "PUBLIC");
        var analysis = analyzer.analyze(statement, scope, catalog);
        assertThat(analysis).describedAs(sql).isInstanceOf(Understood.class);
        return new MaskRewriter(analyzer, Optional.of(new ObjectName("F", "P", "MASK")))
                .rewrite(statement, (Understood) analysis, masks, scope, catalog);
    }

    private String rewritten(String sql, Masks masks) {
        return switch (rewrite(sql, masks)) {
            case Rewriting.Rewritten(var text, _) -> text;
            case Rewriting.Refused(var why) -> throw new AssertionError(sql + " refused: " + why);
        };
    }

    private String refused(String sql, Masks masks) {
        return switch (rewrite(sql, masks)) {
            case Rewriting.Rewritten(var text, _) -> throw new AssertionError(sql + " → " + text);
            case Rewriting.Refused(var why) -> why;
        };
    }

    private static Masks ssn() {
        return masks(new With.Redact(), CUSTOMERS, "SSN");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select ssn from customers | select ssn from {C}) AS \"CUSTOMERS\"",
                "select c.ssn from customers c | select c.ssn from {C}) c",
                "select c.ssn from customers as c -- it's | select c.ssn from {C}) as c -- it's",
                "select * from public.customers | select * from {C}) AS \"CUSTOMERS\"",
                "select * from SHOP.\"PUBLIC\".customers x where x.ssn = ? and 1 = ? | select * from {C}) x where x.ssn = ? and 1 = ?",
                "select shop.public.customers.ssn from shop.public.customers | select customers.ssn from {C}) AS \"CUSTOMERS\"",
                "select public.customers.* from public.customers | select customers.* from {C}) AS \"CUSTOMERS\"",
                "select ssn from identifier('customers') | select ssn from {C}) AS \"CUSTOMERS\"",
                "select ssn from table('public.customers') | select ssn from {C}) AS \"CUSTOMERS\"",
                "select ssn from customers at(offset => -60) c | select ssn from {C} at(offset => -60))  c",
                "select ssn from customers before (statement => 'x') | select ssn from {C} before (statement => 'x')) AS \"CUSTOMERS\" ",
                "select ssn from customers c sample (10) | select ssn from {C} sample (10)) c ",
                "with p as (select ssn s from customers) select s from p | with p as (select ssn s from {C}) AS \"CUSTOMERS\") select s from p",
                "select name from customers union select ssn from customers | select name from {C}) AS \"CUSTOMERS\" union select ssn from {C}) AS \"CUSTOMERS\"",
                "select o.id from orders o where o.customer_id in (select id from customers where ssn like '9%') | select o.id from orders o where o.customer_id in (select id from {C}) AS \"CUSTOMERS\" where ssn like '9%')",
                "select * from orders o join customers c on c.id = o.customer_id | select * from orders o join {C}) c on c.id = o.customer_id",
                "select * from orders, customers | select * from orders, {C}) AS \"CUSTOMERS\"",
                "select * exclude (name) from customers | select * exclude (name) from {C}) AS \"CUSTOMERS\"",
                "select $4 from customers | select $4 from {C}) AS \"CUSTOMERS\"",
                "create table t2 as select ssn from customers | create table t2 as select ssn from {C}) AS \"CUSTOMERS\"",
                "insert into orders (id) select length(ssn) from customers c | insert into orders (id) select length(ssn) from {C}) c",
                "explain select ssn from customers | explain select ssn from {C}) AS \"CUSTOMERS\"",
                "copy into @s from (select ssn from customers) | copy into @s from (select ssn from {C}) AS \"CUSTOMERS\")",
                "copy into @s from customers | copy into @s from {C})",
                "select /* customers */ ssn, 'customers' from customers | select /* customers */ ssn, 'customers' from {C}) AS \"CUSTOMERS\"",
            })
    void tables_are_replaced_where_they_stand(String sql, String expected) {
        assertThat(rewritten(sql, ssn()).strip()).isEqualTo(expected.replace("{C}", C).strip());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "select ssn from people | select ssn from (SELECT id, ssn FROM {C}) AS \"CUSTOMERS\") AS \"PEOPLE\"",
                "select x.ssn from outer_people x | select x.ssn from (SELECT * FROM (SELECT id, ssn FROM {C}) AS \"CUSTOMERS\") p) x",
                "select * from named | select * from (WITH \"NAMED\" (\"A\", \"b c\") AS (select c.id, c.ssn from {C}) c join \"SHOP\".\"PUBLIC\".\"ORDERS\" on true) SELECT * FROM \"NAMED\") AS \"NAMED\"",
                "select p.ssn, amount from people p, amounts | select p.ssn, amount from (SELECT id, ssn FROM {C}) AS \"CUSTOMERS\") p, amounts",
            })
    void views_over_masked_tables_become_their_masked_queries(String sql, String expected) {
        assertThat(rewritten(sql, ssn())).isEqualTo(expected.replace("{C}", C));
    }

    @Test
    void a_common_table_expression_of_the_tables_name_is_not_the_table() {
        String sql =
                "with customers as (select 1 as ssn) select e.salary from customers, employees e";
        assertThat(rewritten(sql, masks(new With.Redact(), EMPLOYEES, "SALARY")))
                .isEqualTo(
                        "with customers as (select 1 as ssn) select e.salary from customers, "
                                + E
                                + ") e");
    }

    @Test
    void both_the_inner_and_the_outer_meaning_of_a_name_are_found() {
        String sql =
                "with customers as (select id, ssn from shop.public.customers) select ssn from customers";
        assertThat(rewritten(sql, ssn()))
                .isEqualTo(
                        "with customers as (select id, ssn from "
                                + C
                                + ") AS \"CUSTOMERS\") select ssn from customers");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table c2 clone customers",
                "update customers set name = ssn",
                "delete from customers where ssn = 'x'",
                "merge into customers t using orders o on t.ssn = 'x' when matched then delete",
                "select ssn from hidden, customers",
                "select ssn from people at(offset => -60)",
                "create view v as select ssn from customers; select 1",
                "execute immediate 'select ssn from customers'",
                "create procedure p() returns int language sql as $$ select ssn from customers $$",
            })
    void what_cannot_be_masked_is_refused(String sql) {
        var statement = new Statement(sql, 0);
        var scope = new NameScope("SHOP", "PUBLIC");
        var analysis = analyzer.analyze(statement, scope, catalog);
        switch (analysis) {
            // The policy refuses it before anything could be rewritten.
            case Analysis.Opaque(var why) -> assertThat(why).isNotBlank();
            case Understood understood ->
                    assertThat(
                                    new MaskRewriter(analyzer, Optional.empty())
                                            .rewrite(statement, understood, ssn(), scope, catalog))
                            .isInstanceOf(Rewriting.Refused.class);
        }
    }

    @Test
    void a_masked_table_that_the_statement_does_not_show_is_a_refusal() {
        assertThat(refused("select 1", ssn())).contains("SHOP.PUBLIC.CUSTOMERS");
        assertThat(
                        refused(
                                "select ssn from customers",
                                masks(new With.Redact(), CUSTOMERS, "NOPE")))
                .contains("does not know");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "TEXT | '***' | CAST(NULL AS VARCHAR)",
                "NUMBER | 0 | CAST(NULL AS NUMBER)",
                "FLOAT | CAST(0 AS FLOAT) | CAST(NULL AS FLOAT)",
                "DATE | CAST('1970-01-01' AS DATE) | CAST(NULL AS DATE)",
                "TIMESTAMP_NTZ | CAST('1970-01-01 00:00:00' AS TIMESTAMP_NTZ) | CAST(NULL AS TIMESTAMP_NTZ)",
                "BOOLEAN | CAST(NULL AS BOOLEAN) | CAST(NULL AS BOOLEAN)",
                "VARIANT | CAST(NULL AS VARIANT) | CAST(NULL AS VARIANT)",
            })
    void masks_keep_the_columns_type(String type, String redacted, String nothing)
            throws Exception {
        var expressions = new MaskExpression(Optional.of(new ObjectName("F", "P", "MASK")));
        assertThat(expressions.of(new With.Redact(), "X", type)).isEqualTo(redacted);
        assertThat(expressions.of(new With.Null(), "X", type)).isEqualTo(nothing);
        if (!type.equals("TEXT")) {
            assertThat(expressions.of(new With.Partial(), "X", type)).isEqualTo(redacted);
        }
    }

    @Test
    void hashes_call_the_operators_function_and_unknown_types_have_no_mask() throws Exception {
        var expressions = new MaskExpression(Optional.of(new ObjectName("F", "P", "MASK")));
        assertThat(expressions.of(new With.Hash(), "a\"b", "TEXT"))
                .isEqualTo("\"F\".\"P\".\"MASK\"(\"a\"\"b\")");
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> expressions.of(new With.Hash(), "X", "NUMBER"))
                .isInstanceOf(MaskRefused.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> expressions.of(new With.Redact(), "X", "VECTOR"))
                .isInstanceOf(MaskRefused.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> new MaskExpression(Optional.empty()).of(new With.Hash(), "X", "TEXT"))
                .hasMessageContaining("mask_function");
        assertThat(expressions.of(new With.Expression("left(ssn, 2) -- x"), "SSN", "TEXT"))
                .isEqualTo("(left(ssn, 2) -- x\n)");
    }
}
