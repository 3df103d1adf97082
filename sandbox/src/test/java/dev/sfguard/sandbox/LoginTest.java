package dev.sfguard.sandbox;

import static dev.sfguard.sandbox.TestAccount.rows;
import static dev.sfguard.sandbox.TestAccount.run;
import static dev.sfguard.sandbox.TestAccount.value;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class LoginTest {
    private static TestAccount account;

    @BeforeAll
    static void start() throws Exception {
        account = TestAccount.start();
    }

    @AfterAll
    static void stop() {
        account.close();
    }

    @Test
    void key_pair_login_reads_the_sample_tables() throws Exception {
        try (var connection = account.as("ANALYST_RO")) {
            assertThat(value(connection, "select count(*) from customers")).isEqualTo("1000");
            assertThat(value(connection, "select count(*) from SHOP.PUBLIC.ORDERS"))
                    .isEqualTo("20000");
            assertThat(value(connection, "select count(*) from employees")).isEqualTo("50");
        }
    }

    @Test
    void key_of_someone_else_is_refused_with_390144() throws Exception {
        var properties = account.properties(SandboxSettings.SERVICE_USER);
        properties.put("privateKey", TestAccount.keys().getPrivate());
        assertThatThrownBy(() -> account.connect(properties))
                .asInstanceOf(type(SQLException.class))
                .extracting(SQLException::getErrorCode)
                .isEqualTo(390_144);
    }

    @Test
    void password_is_refused() {
        var properties = account.properties(SandboxSettings.SERVICE_USER);
        properties.remove("privateKey");
        properties.remove("authenticator");
        properties.setProperty("password", "sesame");
        assertThatThrownBy(() -> account.connect(properties))
                .asInstanceOf(type(SQLException.class))
                .extracting(SQLException::getErrorCode)
                .isEqualTo(390_100);
    }

    @Test
    void role_the_user_does_not_have_is_refused_at_login() {
        var properties = account.properties(SandboxSettings.SERVICE_USER);
        properties.setProperty("role", "ACCOUNTADMIN");
        assertThatThrownBy(() -> account.connect(properties))
                .asInstanceOf(type(SQLException.class))
                .extracting(SQLException::getErrorCode)
                .isEqualTo(390_189);
    }

    @Test
    void use_role_changes_the_role_and_refuses_one_that_is_not_granted() throws Exception {
        try (var connection = account.as("ANALYST_RO")) {
            run(connection, "use role DBA");
            assertThat(value(connection, "select current_role()")).isEqualTo("DBA");
            assertThatThrownBy(() -> run(connection, "USE ROLE ACCOUNTADMIN"))
                    .asInstanceOf(type(SQLException.class))
                    .extracting(SQLException::getSQLState)
                    .isEqualTo("42501");
        }
    }

    @Test
    void secondary_roles_are_on_until_they_are_turned_off() throws Exception {
        try (var connection = account.connect(account.properties(SandboxSettings.SERVICE_USER))) {
            assertThat(value(connection, "select current_secondary_roles()")).contains("ALL");
            run(connection, "use secondary roles none");
            assertThat(value(connection, "select current_secondary_roles()"))
                    .isEqualTo("{\"roles\":\"\",\"value\":\"\"}");
        }
    }

    @Test
    void received_statements_are_remembered_with_role_and_tag() throws Exception {
        try (var connection = account.as("AGENT_RO")) {
            run(connection, "alter session set query_tag = 'witness'");
            rows(connection, "select 4711");
        }
        assertThat(account.server().received())
                .filteredOn(statement -> statement.text().equals("select 4711"))
                .hasSize(1)
                .first()
                .satisfies(
                        statement -> {
                            assertThat(statement.user()).isEqualTo("SFGUARD");
                            assertThat(statement.role()).isEqualTo("AGENT_RO");
                            assertThat(statement.queryTag()).isEqualTo("witness");
                            assertThat(statement.describeOnly()).isFalse();
                        });
    }

    @Test
    void unknown_table_has_snowflakes_code_state_and_text() throws Exception {
        try (var connection = account.as("ANALYST_RO")) {
            assertThatThrownBy(() -> rows(connection, "select * from nope"))
                    .hasMessageContaining("Object 'NOPE' does not exist or not authorized.")
                    .asInstanceOf(type(SQLException.class))
                    .extracting(SQLException::getErrorCode, SQLException::getSQLState)
                    .isEqualTo(List.of(2003, "42S02"));
        }
    }

    @Test
    void read_only_role_cannot_write() throws Exception {
        try (var connection = account.as("ANALYST_RO")) {
            assertThatThrownBy(() -> run(connection, "delete from orders"))
                    .hasMessageContaining("Insufficient privileges")
                    .asInstanceOf(type(SQLException.class))
                    .extracting(SQLException::getErrorCode, SQLException::getSQLState)
                    .isEqualTo(List.of(3001, "42501"));
            assertThat(value(connection, "select count(*) from orders")).isEqualTo("20000");
        }
    }
}
