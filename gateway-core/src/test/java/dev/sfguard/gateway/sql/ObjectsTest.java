package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Signal.Unseen;
import dev.sfguard.gateway.sql.Signal.Unseen.Cause;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    select ssn from customers                            | READ CUSTOMERS(SSN)
                    select 1                                             | ''
                    select count(*) from customers                       | READ CUSTOMERS
                    select * from customers                              | READ CUSTOMERS(*)
                    select * exclude ssn from customers                  | READ CUSTOMERS(SSN *)
                    select $4 from customers                             | READ CUSTOMERS(*)
                    select c.$4 from customers c                         | READ CUSTOMERS(*)
                    select c.* from customers c, orders o                | READ CUSTOMERS(*), READ ORDERS
                    select hash(*) from orders                           | READ ORDERS(*)
                    select {*} from orders                               | READ ORDERS(*)
                    select {'k': ssn} from customers                     | READ CUSTOMERS(SSN)
                    select city as ssn from customers                    | READ CUSTOMERS(CITY)
                    select city ssn from customers                       | READ CUSTOMERS(CITY)
                    select name n, concat(n, 'x') from customers         | READ CUSTOMERS(NAME)
                    select name:ssn::ssn from customers                  | READ CUSTOMERS(NAME)
                    select ssn::varchar(3) from customers                | READ CUSTOMERS(SSN)
                    select cast(ssn as object(city int)) from customers  | READ CUSTOMERS(SSN)
                    select id from employees connect by prior id = manager_id | READ EMPLOYEES(ID MANAGER_ID)
                    select status, city from customers, orders           | READ CUSTOMERS(CITY), READ ORDERS(STATUS)
                    select id from customers, orders                     | READ CUSTOMERS(ID), READ ORDERS(ID)
                    select 1 from customers natural join orders          | READ CUSTOMERS(*), READ ORDERS(*)
                    select 1 from customers join orders using (id)       | READ CUSTOMERS(ID), READ ORDERS(ID)
                    select 1 from customers c, orders o where c.id = o.id (+) | READ CUSTOMERS(ID), READ ORDERS(ID)
                    select 1 from orders o where exists (select 1 from customers where id = o.id and city = status) | READ CUSTOMERS(CITY ID), READ ORDERS(ID STATUS)
                    select dept from employees group by all qualify max(salary) over (partition by dept) > 1 | READ EMPLOYEES(DEPT SALARY)
                    select * from customers pivot (max(ssn) for city in (any)) | READ CUSTOMERS(CITY SSN *)
                    select x.s from (select ssn s from customers) x      | READ CUSTOMERS(SSN)
                    select s from (select ssn from customers) x (s)      | READ CUSTOMERS(SSN)
                    select c.x from customers c (x)                      | READ CUSTOMERS(*)
                    with c as (select ssn s from customers) select s from c | READ CUSTOMERS(SSN)
                    with customers as (select 1 ssn) select ssn from customers | ''
                    with customers as (select ssn from customers) select ssn from customers | READ CUSTOMERS(SSN)
                    with customers as (select 1 a) select ssn from public.customers | READ CUSTOMERS(SSN)
                    select (with orders as (select 1 a) select a from orders), status from orders | READ ORDERS(STATUS)
                    with a as (select * from b), b as (select 1) select * from a | READ B(*)
                    with recursive r as (select id from employees union all select e.id from employees e join r on r.id = e.manager_id) select * from r | READ EMPLOYEES(ID MANAGER_ID)
                    select ssn from identifier('customers')              | READ CUSTOMERS(SSN)
                    select ssn from table('shop.public.customers')       | READ CUSTOMERS(SSN)
                    select f.value from customers c, lateral flatten(c.ssn) f | READ CUSTOMERS(SSN)
                    select * from customers at (offset => -1) sample (1) | READ CUSTOMERS(*)
                    select name from customers minus select dept from employees | READ CUSTOMERS(NAME), READ EMPLOYEES(DEPT)
                    show tables ->> select ssn from customers ->> select * from $1 | READ CUSTOMERS(SSN)
                    insert into notes select id, ssn from customers      | READ CUSTOMERS(ID SSN), WRITE NOTES(*)
                    insert into notes (txt) values ((select max(ssn) from customers)) | READ CUSTOMERS(SSN), WRITE NOTES(TXT)
                    insert first when s > 1 then into notes (txt) values (s) else into orders select ssn s from customers | READ CUSTOMERS(SSN), WRITE NOTES(TXT), WRITE ORDERS(*)
                    update customers set city = name where ssn = '1'     | READ CUSTOMERS(NAME SSN), WRITE CUSTOMERS(CITY)
                    update notes set txt = 'x'                           | WRITE NOTES(TXT)
                    update notes n set n.txt = c.ssn from customers c where c.id = n.id | READ CUSTOMERS(ID SSN), READ NOTES(ID), WRITE NOTES(TXT)
                    delete from notes                                    | WRITE NOTES(*)
                    delete from notes using customers c where c.ssn = txt | READ CUSTOMERS(SSN), READ NOTES(TXT), WRITE NOTES(*)
                    merge into notes n using (select id, ssn from customers) s on n.id = s.id when matched then update set txt = s.ssn when not matched then insert (id) values (s.id) | READ CUSTOMERS(ID SSN), READ NOTES(ID), WRITE NOTES(ID TXT)
                    merge into notes using customers c on true when not matched then insert all by name | READ CUSTOMERS(*), WRITE NOTES(*)
                    truncate table if exists notes                       | WRITE NOTES(*)
                    copy into notes (txt) from (select $1 from @s/x)     | WRITE NOTES(TXT)
                    copy into @s from customers                          | READ CUSTOMERS(*)
                    copy into @s from (select ssn from customers) partition by (ssn) | READ CUSTOMERS(SSN)
                    get @%customers file:///tmp                          | READ CUSTOMERS(*)
                    put file:///tmp/x @%customers                        | WRITE CUSTOMERS(*)
                    select $1 from '@shop.public.%customers/a'           | READ CUSTOMERS(*)
                    create table x as select ssn from customers          | DDL X, READ CUSTOMERS(SSN)
                    create or replace view v (a) as (select ssn from customers) | DDL V, READ CUSTOMERS(SSN)
                    create table x clone customers at (offset => -9)     | DDL X, READ CUSTOMERS(*)
                    create table x like customers                        | DDL X, READ CUSTOMERS
                    create stream x on table customers                   | DDL X, READ CUSTOMERS(*)
                    create task x schedule = '1 minute' as delete from notes where txt in (select ssn from customers) | DDL X, READ CUSTOMERS(SSN), READ NOTES(TXT), WRITE NOTES(*)
                    create table x (a int references customers (id))     | DDL X, READ CUSTOMERS
                    create row access policy r as (s string) returns boolean -> exists (select 1 from customers where ssn = s) | DDL R, READ CUSTOMERS(SSN)
                    alter table customers rename to x                    | DDL CUSTOMERS(*), DDL X
                    alter table customers swap with orders               | DDL CUSTOMERS(*), DDL ORDERS
                    alter table customers drop row access policy p       | DDL CUSTOMERS(*)
                    drop table if exists customers                       | DDL CUSTOMERS
                    undrop table customers                               | DDL CUSTOMERS
                    grant select on table customers to share s           | DDL CUSTOMERS
                    revoke select on customers from role r               | DDL CUSTOMERS
                    grant role a to role b                               | ''
                    comment on column customers.ssn is 'x'               | DDL CUSTOMERS(SSN)
                    describe view people                                 | READ PEOPLE
                    describe table customers                             | READ CUSTOMERS
                    show columns in table customers                      | READ CUSTOMERS
                    explain using text select ssn from customers         | READ CUSTOMERS(SSN)
                    set v = 1 + (select max(ssn) from customers)         | READ CUSTOMERS(SSN)
                    execute immediate 'select ssn from customers'        | READ CUSTOMERS(SSN)
                    use warehouse customers                              | ''
                    """)
    void a_statement_touches_objects(String sql, String accesses) {
        assertThat(Shop.show(understood(sql).objects())).isEqualTo(accesses);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "call p()",
                "begin select ssn from customers; end",
                "execute immediate 'begin select ssn from customers; end'",
                "execute immediate $x",
                "execute task t",
                "create function f() returns int as $$ select max(ssn) from customers $$",
                "select * from identifier($t)",
                "select identifier($c) from customers",
                "insert into identifier(?) select 1",
                "select * from table(:t)",
                "select f(table(customers)) from orders",
                "select * from customers, (delete from notes)",
                "select a from customers from orders",
                "select a from customers frobnicate orders",
                "from customers select ssn",
                "create semantic view v tables (c as customers)",
                "wipe customers",
                "select interval, prior from customers",
                "with r as (select id from employees union all select id from employees)"
                        + " select 1 from a.b.c.d",
                "with customers as (select 1 a union all select ssn from customers) select 1"
            })
    void what_cannot_be_followed_is_unknown_with_all_its_names(String sql) {
        var objects = understood(sql).objects();
        assertThat(objects).as(sql).isInstanceOf(Objects.Unknown.class);
        var mentioned = ((Objects.Unknown) objects).mentioned();
        if (sql.contains("customers")) {
            assertThat(mentioned).contains("CUSTOMERS");
        }
        assertThat(understood(sql).structure()).isEqualTo(Structure.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SHOP  | PUBLIC | customers       | READ CUSTOMERS
                    SHOP  | X      | customers       | READ CUSTOMERS
                    SHOP  |        | customers       | READ CUSTOMERS
                    SHOP  | X      | public.customers | READ CUSTOMERS
                    OTHER | X      | shop..customers | READ CUSTOMERS
                    SHOP  | X      | nothing         | READ NOTHING, READ SHOP.X.NOTHING
                    OTHER | X      | customers       | READ OTHER.PUBLIC.CUSTOMERS, READ OTHER.X.CUSTOMERS
                    OTHER | X      | y.customers     | READ OTHER.Y.CUSTOMERS
                    SHOP  | PUBLIC | "Customers"     | READ CUSTOMERS, READ Customers
                    SHOP  | PUBLIC | "Unheard"       | READ Unheard
                    OTHER | X      | "a"."b"         | READ OTHER.A.B, READ OTHER.A.b, READ OTHER.a.B, READ OTHER.a.b
                    """)
    void a_name_is_looked_up_as_snowflake_does(
            String database, String schema, String name, String accesses) {
        var scope = new NameScope(database, schema);
        var analysis =
                Shop.ANALYZER.analyze(
                        new Statement("select count(*) from " + name, 0), scope, Shop.CATALOG);
        assertThat(Shop.show(((Understood) analysis).objects())).isEqualTo(accesses);
    }

    @Test
    void without_a_database_a_short_name_may_be_anything() {
        assertThat(
                        Shop.show(
                                ((Understood)
                                                Shop.ANALYZER.analyze(
                                                        new Statement("select 1 from t", 0)))
                                        .objects()))
                .isEqualTo("UNKNOWN what T is cannot be told: the session has no present database");
    }

    @Test
    void a_view_is_read_with_all_that_its_definition_reads() {
        assertThat(Shop.show(understood("select s from people2").objects()))
                .isEqualTo("READ CUSTOMERS(ID SSN), READ PEOPLE(S), READ PEOPLE2(S)");
        assertThat(unseen("select s from people2")).isEmpty();
    }

    @Test
    void what_nothing_can_look_into_is_told() {
        assertThat(unseen("select x from secrets"))
                .containsExactly(new Unseen(Cause.VIEW, "SHOP.PUBLIC.SECRETS"));
        assertThat(unseen("select a from d"))
                .containsExactly(new Unseen(Cause.DERIVED, "SHOP.PUBLIC.D"));
        assertThat(unseen("select a from elsewhere.x.t"))
                .containsExactly(new Unseen(Cause.NOT_IN_CATALOG, "ELSEWHERE.X.T"));
        assertThat(unseen("select shop.public.spy(1), max(ssn) from customers"))
                .containsExactly(new Unseen(Cause.FUNCTION, "SHOP.PUBLIC.SPY"));
        assertThat(unseen("select * from table(spy())"))
                .containsExactly(new Unseen(Cause.FUNCTION, "SPY"));
        assertThat(unseen("select m!predict(1)")).containsExactly(new Unseen(Cause.FUNCTION, "M!"));
        assertThat(unseen("select $1 from @%customers"))
                .containsExactly(
                        new Unseen(Cause.DERIVED, "the files of SHOP.PUBLIC.CUSTOMERS's stage"));
        assertThat(unseen("drop schema public"))
                .containsExactly(new Unseen(Cause.CONTAINER, "PUBLIC"));
        assertThat(unseen("insert into unheard values (1)")).isEmpty();
        assertThat(unseen("select * from information_schema.tables")).isEmpty();
    }

    @Test
    void a_schema_and_a_database_are_all_that_is_known_in_them() {
        var everything =
                "DDL CUSTOMERS, DDL D, DDL EMPLOYEES, DDL NOTES, DDL ORDERS, DDL PEOPLE, DDL PEOPLE2, DDL SECRETS";
        for (String sql :
                List.of(
                        "drop schema public",
                        "drop database shop",
                        "alter schema shop.public rename to x",
                        "grant select on all tables in schema public to role r",
                        "create or replace schema public")) {
            assertThat(Shop.show(understood(sql).objects())).as(sql).isEqualTo(everything);
        }
        assertThat(Shop.show(understood("create schema x clone public").objects()))
                .isEqualTo(
                        everything
                                .replace("DDL", "READ")
                                .replaceAll("(\\w),|$", "$1(*),")
                                .replaceAll(",$", ""));
    }

    @Test
    void a_quoted_column_is_also_read_in_upper_case() {
        assertThat(Shop.show(understood("select \"ssn\" from customers").objects()))
                .isEqualTo("READ CUSTOMERS(SSN ssn)");
    }

    @Test
    void a_database_that_the_catalog_covers_rules_a_name_out() {
        var names =
                Set.copyOf(
                        understood("select 1 from \"orders\"")
                                .structure()
                                .tables()
                                .getFirst()
                                .names());
        assertThat(names).containsExactlyInAnyOrder(Shop.name("orders"), Shop.name("ORDERS"));
    }

    static List<Unseen> unseen(String sql) {
        return understood(sql).signals().stream()
                .filter(Unseen.class::isInstance)
                .map(Unseen.class::cast)
                .toList();
    }

    static Understood understood(String sql) {
        var analysis = Shop.analyze(sql);
        assertThat(analysis).as(sql).isInstanceOf(Understood.class);
        return (Understood) analysis;
    }
}
