package dev.sfguard.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlwaysRefusedTest {
    private static final Identity ANA =
            new Identity(
                    "u-1", "ana", Identity.Kind.HUMAN, Set.of("dba"), "https://idp", Instant.MAX);
    private static final SessionView SESSION = new SessionView("prod", "DBA", "mine"::equals);
    private static final String OPEN =
            """
            version: 1
            default: allow
            roles: {prod: {dba: DBA}}
            rules:
              - {name: all, match: {statement: [CALL, EXECUTE, SCRIPT, OTHER]}, effect: allow}
            """;

    @TempDir private Path folder;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    users               | ALTER USER SET RSA_PUBLIC_KEY = 'x'
                    users               | CREATE USER u
                    users               | DROP USER u
                    users               | BEGIN ALTER USER ADD PAT p; END
                    users               | CREATE PROCEDURE p() RETURNS INT AS 'BEGIN DROP USER u; END'
                    secondary_roles     | USE SECONDARY ROLES ALL
                    system_functions    | SELECT SYSTEM$CANCEL_ALL_QUERIES(1)
                    system_functions    | CALL SYSTEM$ABORT_SESSION(1)
                    file_urls           | SELECT GET_PRESIGNED_URL(@s, 'a')
                    user_stage          | COPY INTO t FROM @~
                    foreign_result_scan | SELECT * FROM TABLE(RESULT_SCAN('theirs'))
                    foreign_result_scan | SELECT * FROM TABLE(RESULT_SCAN(?))
                    history             | SELECT * FROM snowflake.account_usage.query_history
                    history             | SELECT * FROM TABLE(INFORMATION_SCHEMA.LOGIN_HISTORY_BY_USER())
                    search_path         | ALTER SESSION SET SEARCH_PATH = 'x'
                    computed_sql        | SELECT * FROM IDENTIFIER($x)
                    computed_sql        | EXECUTE IMMEDIATE $x
                    """)
    void only_its_own_name_in_unsafe_allow_opens_it(String name, String sql) throws Exception {
        assertThat(decide(sql, Set.of())).isInstanceOf(Decision.Deny.class);
        assertThat(decide(sql, Set.of()).rule()).isEqualTo("always-refused");

        var others = new java.util.HashSet<>(UnsafeAllow.configNames());
        others.remove(name);
        assertThat(decide(sql, others)).isInstanceOf(Decision.Deny.class);

        assertThat(decide(sql, Set.of(name))).isInstanceOf(Decision.Allow.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SELECT SYSTEM$TYPEOF(1)
                    USE SECONDARY ROLES NONE
                    SELECT * FROM TABLE(RESULT_SCAN('mine'))
                    SELECT * FROM TABLE(RESULT_SCAN(LAST_QUERY_ID(-2)))
                    DESCRIBE RESULT LAST_QUERY_ID()
                    SHOW USERS
                    DESCRIBE USER u
                    COPY INTO t FROM @named/~/x
                    """)
    void what_touches_nobody_else_is_left_to_the_rules(String sql) throws Exception {
        assertThat(decide(sql, Set.of())).isInstanceOf(Decision.Allow.class);
    }

    @Test
    void every_refusal_says_what_why_and_what_next() throws Exception {
        assertThat(message("CREATE USER u"))
                .isEqualTo(
                        "Denied, whatever the policy says: users, their keys, tokens and factors are"
                                + " not changed through the gateway. One Snowflake user stands behind"
                                + " everybody here, and a token of it would work around the gateway. Ask"
                                + " the administrators of the Snowflake account.");
        assertThat(message("USE SECONDARY ROLES ALL"))
                .isEqualTo(
                        "Denied, whatever the policy says: secondary roles stay NONE. They would add"
                                + " the rights of every role of the shared user to yours. Work with the"
                                + " role that you were given, or ask for another one.");
        assertThat(message("SELECT SYSTEM$ABORT_SESSION(1)"))
                .isEqualTo(
                        "Denied, whatever the policy says: SYSTEM$ABORT_SESSION is not among the"
                                + " system functions that only read. Others stop sessions, run text or"
                                + " reach what is not yours. Leave it out, or ask the gateway's operator"
                                + " to run it.");
        assertThat(message("SELECT GET_PRESIGNED_URL(@s, 'a')"))
                .isEqualTo(
                        "Denied, whatever the policy says: GET_PRESIGNED_URL makes an address from"
                                + " which files leave past the gateway. What is fetched there is neither"
                                + " checked nor recorded. Read the data with a query instead.");
        assertThat(message("LIST @~"))
                .isEqualTo(
                        "Denied, whatever the policy says: the user stage @~ is not available. One"
                                + " Snowflake user stands behind everybody here, so its files are"
                                + " everybody's. Use a named stage.");
        assertThat(message("SELECT * FROM TABLE(RESULT_SCAN('01b2'))"))
                .isEqualTo(
                        "Denied, whatever the policy says: the result of query \"01b2\" is not this"
                                + " session's. Results are shown only to the session that ran the query."
                                + " Run the query again in this session.");
        assertThat(message("SELECT * FROM TABLE(RESULT_SCAN($x))"))
                .isEqualTo(
                        "Denied, whatever the policy says: RESULT_SCAN needs a constant query id, or"
                                + " LAST_QUERY_ID(). Only then can be seen whose result it is. Write the"
                                + " id into the statement.");
        assertThat(message("SELECT * FROM ACCESS_HISTORY"))
                .isEqualTo(
                        "Denied, whatever the policy says: ACCESS_HISTORY shows other people's"
                                + " statements and logins. One Snowflake user stands behind everybody"
                                + " here, so it would show everybody's. To see your own statements, use:"
                                + " sfguard sessions");
        assertThat(message("ALTER SESSION UNSET SEARCH_PATH"))
                .isEqualTo(
                        "Denied, whatever the policy says: SEARCH_PATH stays as it is. Names in your"
                                + " statements would mean other objects than the policy takes them for."
                                + " Write names with database and schema.");
        assertThat(message("EXECUTE IMMEDIATE FROM @s/f"))
                .isEqualTo(
                        "Denied, whatever the policy says: EXECUTE IMMEDIATE of computed text is put"
                                + " together only when it runs. Nobody can say beforehand what it reads or"
                                + " does. Write the name or the statement itself.");
    }

    @Test
    void a_name_that_a_terminal_would_obey_is_shown_harmless_and_short() throws Exception {
        assertThat(message("SELECT * FROM \"QUERY_HISTORY\u001b[2J" + "x".repeat(500) + "\""))
                .contains("QUERY_HISTORY?[2JX")
                .doesNotContain("\u001b")
                .hasSizeLessThan(350);
    }

    private String message(String sql) throws Exception {
        return ((Decision.Deny) decide(sql, Set.of())).message();
    }

    private Decision decide(String sql, Set<String> unsafeAllow) throws Exception {
        var file = Files.writeString(folder.resolve("policy.yaml"), OPEN);
        var statements = StatementSplitter.split(sql);
        assertThat(statements).hasSize(1);
        return PolicyFile.read(file, unsafeAllow)
                .decide(
                        ANA,
                        SESSION,
                        new Analyzer().analyze(statements.getFirst()),
                        Usage.NONE,
                        Instant.EPOCH);
    }
}
