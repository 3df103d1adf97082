package dev.sfguard.e2e;

import static dev.sfguard.e2e.MaskedShop.rows;
import static dev.sfguard.e2e.MaskedShop.run;
import static dev.sfguard.e2e.MaskedShop.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sfguard.sandbox.ReceivedStatement;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Masks by the operator's own function, which Snowflake runs: values join, and stay unknown.
class HashMaskIT {
    private static final String FUNCTION =
            "create function shop.public.mask(v varchar) returns varchar as 'sha2(v || ''a key'')'";

    @TempDir static Path folder;
    static Stage stage;
    static String ssn;
    static String hash;
    private Connection ana;

    @BeforeAll
    static void raise() throws Exception {
        stage =
                Stage.raise(
                        folder,
                        MaskedShop.POLICY.replaceFirst("with: redact", "with: hash")
                                + "  - {name: late, columns: [SHOP.PUBLIC.ORDERS.AMOUNT],"
                                + " with: hash, unless: {groups: [dba]}}\n");
        try (var warehouse = stage.warehouse()) {
            run(warehouse, FUNCTION);
            ssn = value(warehouse, "select ssn from shop.public.customers where id = 7");
            hash =
                    value(
                            warehouse,
                            "select shop.public.mask(ssn) from shop.public.customers where id = 7");
        }
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    @BeforeEach
    void connect() throws Exception {
        ana = stage.ana().jdbc();
    }

    @AfterEach
    void disconnect() throws Exception {
        ana.close();
    }

    @Test
    void values_come_hashed_by_the_operators_function() throws Exception {
        assertThat(hash).hasSize(64);
        assertThat(value(ana, "select ssn from customers where id = 7")).isEqualTo(hash);
    }

    @Test
    void equal_values_stay_equal_so_that_joins_work() throws Exception {
        assertThat(
                        rows(
                                ana,
                                "select b.id from customers a join customers b on a.ssn = b.ssn"
                                        + " where a.id = 7"))
                .containsExactly(List.of("7"));
        assertThat(value(ana, "select count(*) from customers where ssn = '" + hash + "'"))
                .isEqualTo("1");
    }

    @Test
    void predicates_see_the_hash_and_not_the_value() throws Exception {
        assertThat(value(ana, "select count(*) from customers where ssn = '" + ssn + "'"))
                .isEqualTo("0");
        assertThat(value(ana, "select count(*) from customers where ssn like '9__-%'"))
                .isEqualTo("0");
    }

    @Test
    void neither_a_key_nor_a_value_of_the_gateways_is_in_the_text() throws Exception {
        rows(ana, "select ssn from customers where id = 8");
        assertThat(stage.sandbox().received())
                .extracting(ReceivedStatement::text)
                .contains(
                        "select ssn from (SELECT * REPLACE (\"SHOP\".\"PUBLIC\".\"MASK\"(\"SSN\")"
                                + " AS \"SSN\") FROM \"SHOP\".\"PUBLIC\".\"CUSTOMERS\") AS"
                                + " \"CUSTOMERS\" where id = 8");
    }

    /// Nine digits would be guessed in no time by whoever may hash them.
    @Test
    void people_who_see_hashes_may_not_call_the_function() {
        for (String sql :
                List.of(
                        "select shop.public.mask('" + ssn + "')",
                        "select mask(column1) from (values ('" + ssn + "'))",
                        "select id from customers where ssn = mask('" + ssn + "')",
                        "select identifier('shop.public.mask')('" + ssn + "')")) {
            assertThatThrownBy(() -> rows(ana, sql))
                    .as(sql)
                    .isInstanceOf(SQLException.class)
                    .hasMessageStartingWith("sfguard: Denied");
            assertThat(stage.reachedTheSandbox(sql)).as(sql).isFalse();
        }
    }

    @Test
    void a_number_cannot_be_hashed_and_is_refused() {
        assertThatThrownBy(() -> rows(ana, "select amount from orders"))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("a hash can stand for text alone");
    }

    @Test
    void without_the_function_nothing_is_shown() throws Exception {
        try (var warehouse = stage.warehouse()) {
            run(warehouse, "drop function shop.public.mask(varchar)");
            assertThatThrownBy(() -> rows(ana, "select ssn from customers where id = 7"))
                    .isInstanceOf(SQLException.class);
            assertThat(rows(ana, "select id from customers where id = 7"))
                    .containsExactly(List.of("7"));
            run(warehouse, FUNCTION);
        }
    }
}
