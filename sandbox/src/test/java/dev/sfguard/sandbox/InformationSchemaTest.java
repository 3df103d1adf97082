package dev.sfguard.sandbox;

import static dev.sfguard.sandbox.TestAccount.rows;
import static dev.sfguard.sandbox.TestAccount.run;
import static dev.sfguard.sandbox.TestAccount.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A database's INFORMATION_SCHEMA as a catalog reader asks for it.
class InformationSchemaTest {
    private static TestAccount account;
    private static Connection connection;

    @BeforeAll
    static void start() throws Exception {
        account = TestAccount.start();
        connection = account.admin();
        run(
                connection,
                "CREATE VIEW SHOP.PUBLIC.CITIES (TOWN) AS SELECT city /* of */ FROM customers");
        run(connection, "CREATE SECURE VIEW SHOP.PUBLIC.HIDDEN AS SELECT 1 AS one");
    }

    @AfterAll
    static void stop() throws Exception {
        connection.close();
        account.close();
    }

    @Test
    void tables_and_views_are_listed_with_their_kinds() throws Exception {
        assertThat(
                        rows(
                                connection,
                                "SELECT t.table_name, table_type FROM SHOP.INFORMATION_SCHEMA.TABLES t"
                                        + " WHERE table_schema = 'PUBLIC' ORDER BY 1"))
                .containsExactly(
                        List.of("CITIES", "VIEW"),
                        List.of("CUSTOMERS", "BASE TABLE"),
                        List.of("EMPLOYEES", "BASE TABLE"),
                        List.of("HIDDEN", "VIEW"),
                        List.of("ORDERS", "BASE TABLE"));
    }

    @Test
    void columns_have_snowflakes_types_in_their_order() throws Exception {
        assertThat(
                        rows(
                                connection,
                                "SELECT COLUMN_NAME, DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE"
                                        + " TABLE_NAME = 'EMPLOYEES' ORDER BY ORDINAL_POSITION"))
                .containsExactly(
                        List.of("ID", "NUMBER"),
                        List.of("NAME", "TEXT"),
                        List.of("DEPT", "TEXT"),
                        List.of("SALARY", "NUMBER"),
                        List.of("MANAGER_ID", "NUMBER"));
    }

    @Test
    void a_views_definition_is_its_whole_text_and_a_secure_one_shows_none() throws Exception {
        assertThat(
                        rows(
                                connection,
                                "SELECT TABLE_NAME, VIEW_DEFINITION, IS_SECURE FROM"
                                        + " SHOP.INFORMATION_SCHEMA.VIEWS ORDER BY 1"))
                .containsExactly(
                        List.of(
                                "CITIES",
                                "CREATE VIEW SHOP.PUBLIC.CITIES (TOWN) AS SELECT city /* of */ FROM"
                                        + " customers",
                                "NO"),
                        List.of("HIDDEN", "null", "YES"));
        assertThat(value(connection, "SELECT GET_DDL('VIEW', 'cities')"))
                .startsWith("CREATE VIEW SHOP.PUBLIC.CITIES");
    }

    @Test
    void a_role_that_may_read_nothing_sees_nothing() throws Exception {
        try (var stranger = account.as("PUBLIC")) {
            assertThat(rows(stranger, "SELECT * FROM SHOP.INFORMATION_SCHEMA.TABLES")).isEmpty();
            assertThatThrownBy(() -> value(stranger, "SELECT GET_DDL('VIEW', 'CITIES')"))
                    .isInstanceOf(SQLException.class);
        }
    }
}
