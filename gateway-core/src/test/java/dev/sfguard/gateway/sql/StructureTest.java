package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.TableReference.Kind;
import dev.sfguard.gateway.sql.TableReference.Role;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StructureTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    select * from customers                    | TABLE SOURCE <customers>
                    select * from Shop . public /**/. "CUSTOMERS" as c (a, b) where 1 = 1 | TABLE SOURCE <Shop . public /**/. "CUSTOMERS"> as <as c (a, b)>
                    select * from customers at (offset => -1) sample row (3) seed (1) c | TABLE SOURCE <customers> TIME_TRAVEL <at (offset => -1)> SAMPLE <sample row (3) seed (1)> as <c>
                    select * from customers changes (information => default) at (offset => 1) end (offset => 2) | TABLE SOURCE <customers> CHANGES <changes (information => default) at (offset => 1) end (offset => 2)>
                    select * from customers pivot (max(ssn) for city in ('x')) p | TABLE SOURCE <customers> PIVOT <pivot (max(ssn) for city in ('x'))> as <p>
                    select * from customers match_recognize (order by id measures first(ssn) as s pattern (x) define x as true) | TABLE SOURCE <customers> MATCH_RECOGNIZE <match_recognize (order by id measures first(ssn) as s pattern (x) define x as true)>
                    select * from identifier('customers') c    | IDENTIFIER SOURCE <identifier('customers')> as <c>
                    select * from table('customers')           | TABLE_LITERAL SOURCE <table('customers')>
                    with c as (select 1) select * from c x, orders | CTE SOURCE <c> as <x>; TABLE SOURCE <orders>
                    select * from table(flatten(x)) f, values (1) v, @s/a (pattern => 'x') st | FUNCTION SOURCE <table(flatten(x))> as <f>; VALUES SOURCE <values (1)> as <v>; STAGE SOURCE <@s/a> as <st>
                    insert into notes (id) select id from customers | TABLE TARGET <notes>; TABLE SOURCE <customers>
                    update notes n set id = 1 from orders o    | TABLE TARGET <notes> as <n>; TABLE SOURCE <orders> as <o>
                    delete from notes using orders             | TABLE TARGET <notes>; TABLE SOURCE <orders>
                    merge into notes n using orders o on n.id = o.id when matched then delete | TABLE TARGET <notes> as <n>; TABLE SOURCE <orders> as <o>
                    create table x clone customers             | TABLE TARGET <x>; TABLE COPIED <customers>
                    copy into @s from customers                | STAGE TARGET <@s>; TABLE SOURCE <customers>
                    show tables ->> select * from $1           | RESULT SOURCE <$1>
                    """)
    void references_lead_back_to_the_users_text(String sql, String references) {
        var structure = ObjectsTest.understood(sql).structure();
        assertThat(structure.complete()).isTrue();
        assertThat(
                        structure.tables().stream()
                                .map(table -> show(sql, table))
                                .collect(Collectors.joining("; ")))
                .isEqualTo(references);
    }

    private static String show(String sql, TableReference table) {
        var shown = new StringBuilder();
        shown.append(table.kind()).append(' ').append(table.role()).append(' ');
        shown.append(text(sql, table.name()));
        for (var clause : table.clauses()) {
            shown.append(' ').append(clause.form()).append(' ').append(text(sql, clause.span()));
        }
        var alias = table.aliasSpan();
        return alias == null ? shown.toString() : shown + " as " + text(sql, alias);
    }

    private static String text(String sql, Span span) {
        return "<" + sql.substring(span.start(), span.end()) + ">";
    }

    @Test
    void columns_with_a_schema_lead_back_to_their_parts() {
        String sql =
                "select shop.public.customers.ssn, public.customers.*, c.id, customers.id from customers";
        var columns = ObjectsTest.understood(sql).structure().columns();
        assertThat(columns)
                .extracting(
                        it ->
                                text(sql, it.prefix())
                                        + text(sql, it.table())
                                        + text(sql, it.column())
                                        + it.names())
                .containsExactly(
                        "<shop.public.><customers><ssn>[SHOP.PUBLIC.CUSTOMERS]",
                        "<public.><customers><*>[SHOP.PUBLIC.CUSTOMERS]");
    }

    @Test
    void a_reference_means_its_names() {
        var table =
                ObjectsTest.understood("select 1 from public.customers")
                        .structure()
                        .tables()
                        .getFirst();
        assertThat(table.names()).containsExactly(Shop.name("CUSTOMERS"));
        assertThat(table.kind()).isEqualTo(Kind.TABLE);
        assertThat(table.role()).isEqualTo(Role.SOURCE);
        assertThat(table.last()).isEqualTo("CUSTOMERS");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    select * from customers                                        | true
                    select customers.ssn from shop.public.customers                | true
                    select ssn as customers from customers                         | true
                    with customers as (select 1 a) select * from customers         | true
                    select * from shop.public.customers customers                  | true
                    select * from identifier('public.customers')                   | true
                    select f('customers') from customers                           | true
                    select customers from customers                                | false
                    select object_construct(customers) from orders                 | false
                    """)
    void a_name_that_is_left_over_is_seen(String sql, boolean explained) {
        assertThat(ObjectsTest.understood(sql).structure().explains("CUSTOMERS"))
                .isEqualTo(explained);
    }

    @Test
    void statements_inside_of_texts_are_not_in_the_structure() {
        var structure =
                ObjectsTest.understood("execute immediate 'select ssn from customers'").structure();
        assertThat(structure.complete()).isFalse();
        assertThat(structure.explains("CUSTOMERS")).isFalse();
    }
}
