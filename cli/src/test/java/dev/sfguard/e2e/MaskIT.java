package dev.sfguard.e2e;

import static dev.sfguard.e2e.MaskedShop.rows;
import static dev.sfguard.e2e.MaskedShop.run;
import static dev.sfguard.e2e.MaskedShop.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import net.snowflake.client.api.statement.SnowflakeStatement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Masks from the driver to the warehouse, where rows of the bypass corpus cannot say it: other
/// kinds of masks than `redact`, views, exempted people, what is recorded, and a catalog that
/// changes. The corpus itself runs in BypassIT.
class MaskIT {
    @TempDir static Path folder;
    static Stage stage;
    static String ssn;
    private Connection ana;
    private Connection bo;

    @BeforeAll
    static void raise() throws Exception {
        stage = MaskedShop.raise(folder);
        try (var warehouse = stage.warehouse()) {
            ssn = value(warehouse, "select ssn from shop.public.customers where id = 7");
        }
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    @BeforeEach
    void connect() throws Exception {
        ana = stage.ana().jdbc();
        bo = stage.bo().jdbc();
    }

    @AfterEach
    void disconnect() throws Exception {
        ana.close();
        bo.close();
    }

    @Test
    void an_analyst_sees_masked_values_and_an_exempted_person_the_raw_ones() throws Exception {
        String sql = "select ssn, email, card_number, name from customers where id = 7";
        assertThat(rows(bo, sql).getFirst().getFirst()).isEqualTo(ssn);
        var masked = rows(ana, sql).getFirst();
        assertThat(masked.get(0)).isEqualTo("***");
        assertThat(masked.get(1)).matches(".\\*\\*\\*@mail\\.example");
        assertThat(masked.get(2)).isEqualTo("null");
        assertThat(masked.get(3)).matches("[A-Z]\\.");
    }

    @Test
    void a_predicate_sees_the_masked_value_too() throws Exception {
        String sql = "select count(*) from customers where ssn = ?";
        try (var asAna = ana.prepareStatement(sql);
                var asBo = bo.prepareStatement(sql)) {
            asAna.setString(1, ssn);
            asBo.setString(1, ssn);
            assertThat(rows(asAna.executeQuery())).containsExactly(List.of("0"));
            assertThat(rows(asBo.executeQuery())).containsExactly(List.of("1"));
        }
    }

    @Test
    void what_reaches_snowflake_is_the_rewritten_text_and_it_is_recorded() throws Exception {
        rows(ana, "select /* mine */ c.ssn from customers c where id = 8");
        assertThat(stage.reachedTheSandbox("select /* mine */ c.ssn from customers c where id = 8"))
                .isFalse();
        String sent =
                "select /* mine */ c.ssn from (SELECT * REPLACE ('***' AS \"SSN\") FROM"
                        + " \"SHOP\".\"PUBLIC\".\"CUSTOMERS\") c where id = 8";
        assertThat(stage.reachedTheSandbox(sent)).isTrue();
        Await.until(
                () ->
                        Recorded.events(stage).stream()
                                .anyMatch(event -> event.path("text").asText().equals(sent)));
        assertThat(Recorded.events(stage))
                .filteredOn(event -> event.path("type").asText().equals("decided"))
                .anySatisfy(
                        event ->
                                assertThat(event.path("masked").toString())
                                        .isEqualTo("[\"SHOP.PUBLIC.CUSTOMERS.SSN\"]"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select p.ssn from people p",
                "select pay from rich",
                "select * from people2",
                "select p.who, c.ssn from people p join customers c on p.ssn = c.ssn where c.id < 3",
            })
    void views_over_masked_tables_show_no_raw_value(String sql) throws Exception {
        var raw = new ArrayList<String>();
        rows(bo, "select ssn, email, card_number from customers").forEach(raw::addAll);
        rows(bo, "select salary from employees").forEach(raw::addAll);
        var got = rows(ana, sql);
        var text = got.toString();
        assertThat(raw).noneMatch(text::contains);
        assertThat(text).doesNotContain("\"" + ssn.substring(0, 4));
    }

    @Test
    void unmasked_columns_of_a_masked_table_pass_as_they_are() throws Exception {
        String sql = "select id, city from customers where city = 'Rome' order by id";
        assertThat(rows(ana, sql)).isEqualTo(rows(bo, sql)).isNotEmpty();
        assertThat(stage.reachedTheSandbox(sql)).isTrue();
    }

    @Test
    void a_copy_that_the_policy_lets_through_holds_masked_values() throws Exception {
        run(ana, "create table shop.public.ssns as select id, ssn from customers where id < 5");
        assertThat(rows(bo, "select distinct ssn from ssns")).containsExactly(List.of("***"));
    }

    @Test
    void errors_over_masked_tables_do_not_quote_snowflakes_text() {
        assertThatThrownBy(() -> rows(ana, "select to_number(ssn) from customers"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("withheld");
        assertThatThrownBy(() -> rows(ana, "select nope, ssn from customers"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("NOPE");
    }

    @Test
    void a_description_has_the_columns_types() throws Exception {
        try (var described = ana.prepareStatement("select salary, ssn from employees, customers")) {
            assertThat(described.getMetaData().getColumnTypeName(1)).isEqualTo("NUMBER");
            assertThat(described.getMetaData().getColumnTypeName(2)).isEqualTo("VARCHAR");
        }
    }

    @Test
    void what_is_created_here_is_known_at_once() throws Exception {
        run(bo, "create table shop.public.fresh (id int, card_number varchar)");
        run(bo, "insert into fresh values (1, '4111111111111111')");
        assertThat(rows(ana, "select * from fresh")).containsExactly(List.of("1", "null"));
        run(bo, "create view shop.public.fresher as select card_number c from fresh");
        assertThat(rows(ana, "select c from fresher")).containsExactly(List.of("null"));
    }

    @Test
    void what_was_created_around_the_gateway_is_looked_for_once() throws Exception {
        rows(ana, "select ssn from customers where id = 1");
        try (var warehouse = stage.warehouse()) {
            run(warehouse, "create table shop.public.around as select '4' as card_number");
        }
        Await.until(
                () -> {
                    try {
                        return rows(ana, "select card_number from around")
                                .equals(List.of(List.of("null")));
                    } catch (SQLException notYet) {
                        assertThat(notYet.getMessage()).contains("AROUND");
                        return false;
                    }
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "use schema masked; select ssn from customers where id = 7; use schema public | 3",
                "use schema masked; use schema shop.public; select ssn from customers where id = 7 | 3",
                "create schema extra1; select ssn from shop.public.customers where id = 7; use schema public | 3",
            })
    void several_statements_are_masked_under_the_schema_that_each_of_them_runs_in(
            String sql, int count) throws Exception {
        var cells = new ArrayList<String>();
        try (var statement = ana.createStatement()) {
            statement.unwrap(SnowflakeStatement.class).setParameter("MULTI_STATEMENT_COUNT", count);
            statement.execute(sql);
            for (int i = 0; i < count; i++) {
                var result = statement.getResultSet();
                if (result != null) {
                    rows(result).forEach(cells::addAll);
                }
                statement.getMoreResults();
            }
        }
        assertThat(cells).contains("***").doesNotContain(ssn);
    }

    @Test
    void creating_a_schema_moves_the_session_into_it() throws Exception {
        run(bo, "create schema shop.elsewhere");
        run(bo, "create table customers as select 'mine' as ssn");
        run(bo, "use schema shop.public");
        run(ana, "use schema elsewhere");
        assertThat(rows(ana, "select ssn from customers")).containsExactly(List.of("mine"));
        run(ana, "use schema public");
        assertThat(rows(ana, "select ssn from customers where id = 7"))
                .containsExactly(List.of("***"));
        run(ana, "create schema shop.extra2");
        // EXTRA2 has no such table, and PUBLIC is looked in as well.
        assertThat(rows(ana, "select ssn from shop.public.customers where id = 7"))
                .containsExactly(List.of("***"));
    }

    @Test
    void fifty_sessions_at_once_are_all_masked() throws Exception {
        var asked = new ArrayList<Callable<String>>();
        for (int i = 0; i < 50; i++) {
            asked.add(
                    () -> {
                        try (var connection = stage.ana().jdbc()) {
                            return value(connection, "select ssn from customers where id = 7");
                        }
                    });
        }
        try (var threads = Executors.newFixedThreadPool(10)) {
            for (var answer : threads.invokeAll(asked)) {
                assertThat(answer.get()).isEqualTo("***");
            }
        }
    }
}
