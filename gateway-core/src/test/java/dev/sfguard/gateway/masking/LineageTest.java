package dev.sfguard.gateway.masking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.policy.CatalogFile;
import dev.sfguard.gateway.policy.Masks;
import dev.sfguard.gateway.policy.Masks.ColumnMask;
import dev.sfguard.gateway.policy.Masks.With;
import dev.sfguard.gateway.policy.Masks.Writes;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.Catalog.Relation;
import dev.sfguard.gateway.sql.ColumnOrigin;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.Statement;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What is told of a statement's result columns. `A < C.SSN !pii` reads: a column A comes from
/// CUSTOMERS' SSN and is masked by the mask pii; `?` stands where it may be any of the origins, `…`
/// before what may be any number of columns.
class LineageTest {
    private static final NameScope SCOPE = new NameScope("SHOP", "PUBLIC");

    private static final Catalog CATALOG =
            catalog(
                    table("C", "ID", "NAME", "SSN", "CITY"),
                    table("O", "ID", "C_ID", "AMOUNT"),
                    table("E", "ID", "SALARY"),
                    new Relation(name("W"), Kind.TABLE, List.of(), null),
                    view("P", "create view p as select id, ssn as s from c", "ID", "S"),
                    view(
                            "P2",
                            "create view p2 (x, y) as select p.s, o.amount from p join o on true",
                            "X",
                            "Y"),
                    view(
                            "PX",
                            "create view px as select * from c union all select * from c",
                            "ID",
                            "NAME",
                            "SSN",
                            "CITY"),
                    view("SECRET", null, "K", "L"));

    private static final Masks MASKS =
            new Masks(
                    Map.of(
                            name("C"),
                            Map.of("SSN", mask("pii"), "NAME", mask("names")),
                            name("E"),
                            Map.of("SALARY", mask("pay"))),
                    List.of());

    private final Analyzer analyzer = new Analyzer();

    private static ObjectName name(String last) {
        return new ObjectName("SHOP", "PUBLIC", last);
    }

    private static ColumnMask mask(String rule) {
        return new ColumnMask(rule, new With.Redact(), Writes.BLOCK);
    }

    private static Relation table(String name, String... columns) {
        return new Relation(name(name), Kind.TABLE, columns(columns), null);
    }

    private static Relation view(String name, String definition, String... columns) {
        return new Relation(name(name), Kind.VIEW, columns(columns), definition);
    }

    private static List<Column> columns(String... names) {
        return Arrays.stream(names).map(it -> new Column(it, "TEXT")).toList();
    }

    private static Catalog catalog(Relation... relations) {
        var map = new HashMap<ObjectName, Relation>();
        Arrays.stream(relations).forEach(it -> map.put(it.name(), it));
        return new Catalog(1, Set.of("SHOP"), map);
    }

    private Lineage lineage(String sql) {
        var statement = new Statement(sql, 0);
        var analysis = analyzer.analyze(statement, SCOPE, CATALOG);
        assertThat(analysis).describedAs(sql).isInstanceOf(Understood.class);
        return Lineage.of(analyzer, statement, (Understood) analysis, SCOPE, CATALOG, MASKS);
    }

    private String told(String sql) {
        var lineage = lineage(sql);
        var parts = new StringBuilder(told(lineage.head()));
        lineage.spread()
                .ifPresent(
                        it -> {
                            parts.append(parts.isEmpty() ? "" : ", ").append("… ");
                            it.named().entrySet().stream()
                                    .sorted(Map.Entry.comparingByKey())
                                    .forEach(
                                            each ->
                                                    parts.append(told(each.getValue()))
                                                            .append(' '));
                            parts.append(told(it.others()));
                        });
        parts.append(lineage.tail().isEmpty() ? "" : ", ").append(told(lineage.tail()));
        return parts.toString();
    }

    private static String told(List<Lineage.Column> columns) {
        return columns.stream().map(LineageTest::told).collect(Collectors.joining(", "));
    }

    private static String told(Lineage.Column column) {
        var origins =
                column.origins().stream()
                        .map(it -> it.object().name() + "." + it.column())
                        .sorted()
                        .collect(Collectors.joining(" "));
        var masks = column.masks().stream().sorted().collect(Collectors.joining(" !"));
        return column.name().orElse("_")
                + (origins.isEmpty() ? "" : " < " + origins)
                + (masks.isEmpty() ? "" : " !" + masks)
                + (column.certain() ? "" : " ?");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "⇒",
            quoteCharacter = '`',
            value = {
                "select id, ssn from c ⇒ ID < C.ID, SSN < C.SSN !pii",
                "select id as ssn from c ⇒ SSN < C.ID",
                "select ssn id, c.city \"x\" from c ⇒ ID < C.SSN !pii, x < C.CITY",
                "select * from c ⇒ ID < C.ID, NAME < C.NAME !names, SSN < C.SSN !pii, CITY < C.CITY",
                "select 1, 'x' as y, current_date ⇒ _, Y, _",
                "select upper(ssn), ssn || city as k from c ⇒ _ < C.SSN !pii, K < C.CITY C.SSN !pii",
                "select count(*) from c where ssn = '1' ⇒ _",
                "select count(ssn) n from c ⇒ N < C.SSN !pii",
                "select iff(ssn = '1', 1, 0) from c ⇒ _ < C.SSN !pii",
                "select case when city = 'x' then name end from c ⇒ _ < C.CITY C.NAME !names",
                "select ssn:a.b::int v from c ⇒ V < C.SSN !pii",
                "select max(ssn) over (partition by city order by id) from c ⇒ _ < C.CITY C.ID C.SSN !pii",
                "select o.*, c.ssn from o join c on c.id = o.c_id ⇒ ID < O.ID, C_ID < O.C_ID, AMOUNT < O.AMOUNT, SSN < C.SSN !pii",
                "select * from o, e ⇒ ID < O.ID, C_ID < O.C_ID, AMOUNT < O.AMOUNT, ID < E.ID, SALARY < E.SALARY !pay",
                "select * exclude (ssn, name) from c ⇒ ID < C.ID, CITY < C.CITY",
                "select * exclude ssn from c ⇒ ID < C.ID, NAME < C.NAME !names, CITY < C.CITY",
                "select * rename (ssn as city, city as ssn) from c ⇒ ID < C.ID, NAME < C.NAME !names, CITY < C.SSN !pii, SSN < C.CITY",
                "select * exclude (name) replace (upper(ssn) as city) rename id as k from c ⇒ K < C.ID, SSN < C.SSN !pii, CITY < C.SSN !pii",
                "select s from (select ssn as s, id from c) d ⇒ S < C.SSN !pii",
                "select * from (select ssn as s, id from c) d (a, b) ⇒ A < C.SSN !pii, B < C.ID",
                "select d.b from (select ssn as s, id from c) d (a, b) ⇒ B < C.ID",
                "select k.a from c as k (a, b, d, e) ⇒ A < C.ID",
                "select k.d from c as k (a, b, d, e) ⇒ D < C.SSN !pii",
                "with w as (select ssn, id from c) select w.id, ssn from w ⇒ ID < C.ID, SSN < C.SSN !pii",
                "with w (a, b) as (select ssn, id from c), v as (select b, a from w) select * from v ⇒ B < C.ID, A < C.SSN !pii",
                "with c as (select city as ssn, ssn as city from c) select ssn from c ⇒ SSN < C.CITY",
                "with recursive r as (select id as n, ssn s from c union all select n + 1, s from r) select n, s from r ⇒ N < C.ID C.SSN !pii ?, S < C.ID C.SSN !pii ?",
                "select city from c union all select ssn from c ⇒ CITY < C.CITY C.SSN !pii",
                "select id from c except select salary from e ⇒ ID < C.ID",
                "select id from o intersect select salary from e ⇒ ID < E.SALARY O.ID !pay",
                "(select id from o) union (select salary from e union select 1) ⇒ ID < E.SALARY O.ID !pay",
                "select id from o union by name select salary from e ⇒ … _ < E.SALARY O.ID !pay ?",
                "select ssn as x, upper(x) as y, y || id z from c ⇒ X < C.SSN !pii, Y < C.SSN !pii, Z < C.ID C.SSN !pii",
                "select x + 1 as x from c ⇒ X",
                "select y as x, x as y, ssn || y as y from c ⇒ X < C.SSN !pii, Y < C.SSN !pii, Y < C.SSN !pii",
                "select (select max(salary) from e where e.id = c.id) m from c ⇒ M < C.ID E.ID E.SALARY !pay",
                "select exists (select 1 from c where ssn = '1') ⇒ _ < C.SSN !pii",
                "select id in (select salary from e) from c ⇒ _ < C.ID E.SALARY !pay",
                "select object_construct(*) from c ⇒ _ < C.CITY C.ID C.NAME C.SSN !names !pii",
                "select {*} from e ⇒ _ < E.ID E.SALARY !pay",
                "select $3 from c ⇒ _ < C.CITY C.ID C.NAME C.SSN !names !pii",
                "select f.value from c, lateral flatten(input => c.ssn) f ⇒ VALUE < C.SSN !pii ?",
                "select f.* from c, table(flatten(input => c.ssn)) f ⇒ … _ < C.SSN !pii ?",
                "select ssn from identifier('shop.public.c') ⇒ SSN < C.SSN !pii",
                "select ssn from table('c') ⇒ SSN < C.SSN !pii",
                "select ssn from c at (offset => -60) sample (10) ⇒ SSN < C.SSN !pii",
                "select s, id from p ⇒ S < C.SSN !pii, ID < C.ID",
                "select * from p2 ⇒ X < C.SSN !pii, Y < O.AMOUNT",
                "select ssn from px ⇒ SSN < C.SSN !pii",
                "select k from secret ⇒ K < SECRET.* ?",
                "select a, w.b from w ⇒ A < W.* ?, B < W.* ?",
                "select * from w ⇒ … _ < W.* ?",
                "select id, w.* , ssn from w, c ⇒ ID < C.ID W.* ?, … _ < W.* ?, SSN < C.SSN W.* !pii ?",
                "select * from o join e using (id) ⇒ … AMOUNT < O.AMOUNT C_ID < O.C_ID ID < E.ID O.ID SALARY < E.SALARY !pay _ < E.ID E.SALARY O.AMOUNT O.C_ID O.ID !pay ?",
                "select salary from o natural join e ⇒ SALARY < E.SALARY !pay",
                "select * ilike '%s%' from c ⇒ … CITY < C.CITY ID < C.ID NAME < C.NAME !names SSN < C.SSN !pii _ < C.CITY C.ID C.NAME C.SSN !names !pii ?",
                "select * from (select id, ssn from c) pivot (max(ssn) for id in (1, 2)) ⇒ … _ < C.ID C.SSN !pii ?",
                "select p.\"1\" from (select id, ssn from c) pivot (max(ssn) for id in (1, 2)) p ⇒ 1 < C.ID C.SSN !pii ?",
                "select * from values (1, 'a') ⇒ … _ ?",
                "select column1 from values ((select max(ssn) from c)) v ⇒ COLUMN1 < C.SSN !pii ?",
                "select top 3 ssn from c ⇒ SSN < C.SSN !pii",
                "select distinct ssn, from c ⇒ SSN < C.SSN !pii",
                "select t.$1 from @shop.public.%c t ⇒ _ < C.* !names !pii ?",
                "select id, ssn from c ->> select * from $1 ⇒ … _ < C.CITY C.ID C.NAME C.SSN !names !pii ?",
                "show tables ⇒ … _",
                "insert into o (id) select salary from e ⇒ … _",
                "explain select ssn from c ⇒ … _",
                "execute immediate 'select ssn from c' ⇒ … _ < C.SSN !pii ?",
            })
    void each_column_has_its_origins_and_their_masks(String sql, String told) {
        assertThat(told(sql)).isEqualTo(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select * from c, c c2, c c3, c c4",
                "with a as (select * from c, c d), b as (select * from a, a d), e as (select * from b, b d), f as (select * from e, e d), g as (select * from f, f d), h as (select * from g, g d), i as (select * from h, h d), j as (select * from i, i d), k as (select * from j, j d), l as (select * from k, k d), m as (select * from l, l d), n as (select * from m, m d) select * from n, n d",
            })
    void what_grows_without_end_is_not_followed_and_names_all_that_is_read(String sql) {
        var columns = lineage(sql).columns();
        assertThat(columns).isNotEmpty().anyMatch(it -> it.masks().contains("pii"));
    }

    @Test
    void aliases_of_aliases_are_followed_in_no_time() {
        var sql = new StringBuilder("select ssn as a0");
        for (int i = 1; i < 400; i++) {
            sql.append(", a%1$d || a%1$d as a%2$d".formatted(i - 1, i));
        }
        var last = lineage(sql.append(" from c").toString()).columns().getLast();
        assertThat(last.masks()).containsExactly("pii");
    }

    @Test
    void deep_nesting_is_followed_or_given_up_and_never_breaks() {
        var sql = "select ssn from c";
        for (int i = 0; i < 90; i++) {
            sql = "select ssn from (" + sql + ")";
        }
        assertThat(lineage(sql).columns()).allMatch(it -> it.masks().contains("pii"));
        var chain = new StringBuilder("with t0 as (select ssn from c)");
        for (int i = 1; i < 300; i++) {
            chain.append(", t%d as (select * from t%d)".formatted(i, i - 1));
        }
        assertThat(lineage(chain.append(" select * from t299").toString()).columns())
                .isNotEmpty()
                .allMatch(it -> it.masks().contains("pii"));
    }

    @Test
    void whatever_the_bypass_corpus_says_origins_are_columns_that_the_statement_reads()
            throws Exception {
        var catalog = CatalogFile.read(resource("corpus.catalog.yaml"));
        int followed = 0;
        for (var statement : corpus()) {
            var analysis = analyzer.analyze(statement, SCOPE, catalog);
            if (analysis instanceof Understood understood
                    && understood.objects() instanceof Objects.Known(var accesses)) {
                var lineage =
                        Lineage.of(analyzer, statement, understood, SCOPE, catalog, Masks.NONE);
                for (var column : lineage.columns()) {
                    assertThat(column.origins())
                            .as(statement.text())
                            .allMatch(
                                    origin ->
                                            accesses.stream()
                                                    .anyMatch(it -> reads(it, origin, column)));
                }
                followed += lineage.head().isEmpty() ? 0 : 1;
            }
        }
        assertThat(followed).isGreaterThan(100);
    }

    private static boolean reads(ObjectAccess access, ColumnOrigin origin, Lineage.Column column) {
        return access.object().equals(origin.object())
                && (origin.isAny() || access.concerns(origin.column()) || !column.certain());
    }

    private static List<Statement> corpus() throws Exception {
        var json = new ObjectMapper();
        var statements = new ArrayList<Statement>();
        for (var name : List.of("founding", "floor", "guards", "approval", "masking")) {
            for (var line : Files.readAllLines(resource(name + ".jsonl"))) {
                statements.addAll(StatementSplitter.split(json.readTree(line).get("sql").asText()));
            }
        }
        return statements;
    }

    private static Path resource(String name) throws Exception {
        return Path.of(LineageTest.class.getResource("/bypass/" + name).toURI());
    }
}
