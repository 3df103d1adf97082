package dev.sfguard.gateway.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.sql.Analysis.Opaque;
import dev.sfguard.gateway.sql.Analysis.Understood;
import java.util.Arrays;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnalyzerTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    SELECT 1                                           | SELECT       |
                    VALUES (1)                                         | SELECT       |
                    WITH a AS (SELECT 1) SELECT * FROM a               | SELECT       |
                    WITH a AS (SELECT 1) INSERT INTO t SELECT 1        | INSERT       | INSERT
                    INSERT OVERWRITE INTO t SELECT 1                   | INSERT       | INSERT TRUNCATE
                    CREATE TABLE t (a INT)                             | CREATE       | CREATE
                    CREATE OR REPLACE TABLE t (a INT)                  | CREATE       | CREATE DROP
                    CREATE OR ALTER TABLE t (a INT)                    | CREATE       | ALTER CREATE DROP
                    CREATE ROLE r                                      | CREATE       | CREATE GRANT
                    CREATE DATABASE ROLE d.r                           | CREATE       | CREATE GRANT
                    DROP SHARE s                                       | DROP         | DROP GRANT
                    CREATE MASKING POLICY p AS (v STRING) RETURNS STRING -> v | CREATE | CREATE GRANT
                    ALTER TABLE t ADD COLUMN a INT                     | ALTER        | ALTER
                    ALTER TABLE t DROP COLUMN a                        | ALTER        | ALTER DROP
                    ALTER TABLE t DROP ALL ROW ACCESS POLICIES         | ALTER        | ALTER DROP GRANT
                    ALTER USER SET DEFAULT_ROLE = x                    | ALTER_USER   | ALTER GRANT
                    ALTER SESSION SET TIMEZONE = 'UTC'                 | ALTER_SESSION |
                    ALTER SESSION POLICY p SET COMMENT = 'x'           | ALTER        | ALTER GRANT
                    REVOKE ROLE a FROM ROLE b                          | REVOKE       | GRANT
                    TRUNCATE t                                         | TRUNCATE     | TRUNCATE
                    COPY INTO t FROM @s                                | COPY_LOAD    | INSERT
                    COPY INTO "T" FROM @s                              | COPY_LOAD    | INSERT
                    COPY INTO @s FROM t                                | COPY_UNLOAD  | UNLOAD
                    COPY INTO $s FROM t                                | COPY_UNLOAD  | UNLOAD
                    COPY INTO ? FROM t                                 | COPY_UNLOAD  | UNLOAD
                    COPY INTO IDENTIFIER('s') FROM t                   | COPY_UNLOAD  | UNLOAD
                    GET @s file:///tmp/                                | GET          | UNLOAD
                    SELECT BUILD_SCOPED_FILE_URL(@s, 'a')              | SELECT       | UNLOAD
                    USE ROLE a                                         | USE_ROLE     |
                    USE SECONDARY ROLES NONE                           | USE_ROLE     |
                    USE WAREHOUSE w                                    | USE          |
                    START TRANSACTION                                  | BEGIN        |
                    BEGIN TRANSACTION NAME x                           | BEGIN        |
                    BEGIN TRANSACTION DROP TABLE t                     | OTHER        |
                    START THE ENGINE                                   | OTHER        |
                    COPY t                                             | OTHER        |
                    WITH a AS (SELECT 1)                               | OTHER        |
                    END                                                | OTHER        |
                    "SELECT" 1                                         | OTHER        |
                    (DROP TABLE t)                                     | OTHER        |
                    EXPLAIN DROP TABLE t                               | EXPLAIN      |
                    """)
    void a_statement_has_a_class_and_effects(String sql, StatementClass kind, String effects) {
        var statement = understood(sql);
        assertThat(statement.kind()).isEqualTo(kind);
        assertThat(new TreeSet<>(statement.effects().stream().map(Enum::name).toList()))
                .containsExactlyElementsOf(
                        effects == null ? Arrays.asList() : Arrays.asList(effects.split(" ")));
    }

    @Test
    void a_merge_has_the_effects_of_its_actions() {
        assertThat(
                        understood(
                                        "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED AND s.d THEN"
                                                + " DELETE WHEN NOT MATCHED THEN INSERT (a) VALUES (1)")
                                .effects())
                .containsExactlyInAnyOrder(Effect.MERGE, Effect.DELETE, Effect.INSERT);
    }

    @Test
    void a_chain_has_the_classes_of_all_its_parts() {
        var chain = understood("SHOW TABLES ->> DELETE FROM t WHERE a = 1 ->> SELECT * FROM $1");
        assertThat(chain.kind()).isEqualTo(StatementClass.SELECT);
        assertThat(chain.classes())
                .containsExactlyInAnyOrder(
                        StatementClass.SHOW, StatementClass.DELETE, StatementClass.SELECT);
        assertThat(chain.effects()).containsExactly(Effect.DELETE);
    }

    @Test
    void a_block_has_the_classes_and_effects_of_what_it_runs() {
        var block =
                understood(
                        "DECLARE c CURSOR FOR SELECT 1; BEGIN LET x INT := 1; x := 2; IF (x = 1) THEN"
                                + " DROP TABLE t; ELSE CALL p(); END IF; WIPE TABLE u; EXCEPTION WHEN"
                                + " OTHER THEN GRANT ROLE a TO ROLE b; END");
        assertThat(block.kind()).isEqualTo(StatementClass.SCRIPT);
        assertThat(block.classes())
                .containsExactlyInAnyOrder(
                        StatementClass.SCRIPT,
                        StatementClass.DROP,
                        StatementClass.CALL,
                        StatementClass.OTHER,
                        StatementClass.GRANT);
        assertThat(block.effects()).containsExactlyInAnyOrder(Effect.DROP, Effect.GRANT);
    }

    @Test
    void a_block_of_known_statements_holds_no_unknown_one() {
        assertThat(
                        understood(
                                        "DECLARE x INT; r RESULTSET; BEGIN x := 1; FOR i IN 1 TO 3 DO"
                                                + " SELECT i; END FOR; RETURN x; END")
                                .classes())
                .containsExactlyInAnyOrder(StatementClass.SCRIPT, StatementClass.SELECT);
    }

    @Test
    void a_result_set_that_writes_is_seen() {
        assertThat(understood("BEGIN LET r RESULTSET := (DELETE FROM t); RETURN 1; END").classes())
                .contains(StatementClass.DELETE);
    }

    @Test
    void constant_text_is_read_and_computed_text_is_told() {
        var constant = understood("EXECUTE IMMEDIATE 'DROP TABLE t'");
        assertThat(constant.classes())
                .containsExactlyInAnyOrder(StatementClass.EXECUTE, StatementClass.DROP);
        assertThat(constant.signals()).isEmpty();

        for (String text : new String[] {"'a' || 'b'", "$x", ":x", "?", "FROM @s/f.sql"}) {
            assertThat(understood("EXECUTE IMMEDIATE " + text).signals())
                    .contains(new Signal.Computed("EXECUTE IMMEDIATE of computed text"));
        }
    }

    @Test
    void doubts_in_constant_text_count_and_say_where() {
        assertThat(new Analyzer().analyze(new Statement("EXECUTE IMMEDIATE 'SELECT #'", 0)))
                .isEqualTo(new Opaque("in the text at 1:19: unexpected # at 1:8"));
    }

    @Test
    void text_in_text_is_followed_three_deep() {
        String text = "DROP TABLE t";
        for (int depth = 1; depth <= 3; depth++) {
            text = "EXECUTE IMMEDIATE '" + text.replace("'", "''") + "'";
            assertThat(understood(text).effects()).containsExactly(Effect.DROP);
        }
        assertThat(
                        new Analyzer()
                                .analyze(
                                        new Statement(
                                                "EXECUTE IMMEDIATE '"
                                                        + text.replace("'", "''")
                                                        + "'",
                                                0)))
                .isEqualTo(new Opaque("statements in texts in texts, too deep to follow"));
    }

    @Test
    void tasks_in_tasks_are_followed_a_few_deep() {
        assertThat(understood("CREATE TASK a AS CREATE TASK b AS DROP TABLE t").effects())
                .containsExactlyInAnyOrder(Effect.CREATE, Effect.DROP);
        assertThat(new Analyzer().analyze(new Statement("CREATE TASK a AS ".repeat(50_000), 0)))
                .isEqualTo(new Opaque("definitions in definitions, too deep to follow"));
    }

    @Test
    void a_procedure_shows_its_effects_but_is_only_a_create() {
        var procedure =
                understood(
                        "CREATE PROCEDURE p() RETURNS INT AS BEGIN DELETE FROM t; CALL q(); END");
        assertThat(procedure.classes()).containsExactly(StatementClass.CREATE);
        assertThat(procedure.effects()).containsExactlyInAnyOrder(Effect.CREATE, Effect.DELETE);
    }

    @Test
    void a_body_in_another_language_stays_unread() {
        assertThat(
                        understood(
                                        "CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$\n"
                                                + "# DROP TABLE t `\n$$")
                                .effects())
                .containsExactly(Effect.CREATE);
    }

    @Test
    void a_semicolon_inside_a_plain_statement_is_opaque() {
        // Inside of the block's counting, were it ever wrong.
        var tokens = Lexer.read("SELECT 1; DROP TABLE t");
        var findings = new Findings();
        var whole = new Range(0, tokens.size());
        StatementReader.readText(
                tokens, new BlockScanner.Split(java.util.List.of(whole), false), findings, 0);
        assertThat(findings.opaque()).isEqualTo("a semicolon inside a statement at 1:9");
    }

    @Test
    void session_settings_are_told_with_their_values() {
        assertThat(
                        understood(
                                        "ALTER SESSION SET a = 'x''y' \"b\" = -1, c = TRUE d = $v e = :f")
                                .signals())
                .containsExactly(
                        new Signal.SessionParameter("A", "x'y"),
                        new Signal.SessionParameter("B", "-1"),
                        new Signal.SessionParameter("C", "TRUE"),
                        new Signal.SessionParameter("D", "$v"),
                        new Signal.SessionParameter("E", ":f"));
        assertThat(understood("ALTER SESSION UNSET a, b").signals())
                .containsExactly(
                        new Signal.SessionParameter("A", null),
                        new Signal.SessionParameter("B", null));
        assertThat(understood("SET (a, b) = (1, 2)").signals())
                .containsExactly(new Signal.SessionVariable("A"), new Signal.SessionVariable("B"));
    }

    @ParameterizedTest
    @CsvSource({
        "ALTER SESSION",
        "ALTER SESSION SET",
        "ALTER SESSION SET a",
        "ALTER SESSION SET a = ",
        "ALTER SESSION SET a = (SELECT 1)",
        "ALTER SESSION UNSET",
        "ALTER SESSION ABORT x"
    })
    void an_alter_session_of_another_form_is_opaque(String sql) {
        assertThat(new Analyzer().analyze(new Statement(sql, 0))).isInstanceOf(Opaque.class);
    }

    @Test
    void roles_fold_as_snowflake_folds_them() {
        assertThat(understood("USE ROLE dba").signals())
                .containsExactly(new Signal.RoleChange("DBA"));
        assertThat(understood("USE ROLE \"d\"\"ba\"").signals())
                .containsExactly(new Signal.RoleChange("d\"ba"));
        assertThat(understood("USE ROLE IDENTIFIER('\"dba\"')").signals())
                .containsExactly(new Signal.RoleChange("dba"));
        assertThat(understood("USE ROLE IDENTIFIER('a b')").signals())
                .containsExactly(new Signal.ComputedRoleChange());
    }

    @Test
    void temporary_objects_are_told() {
        assertThat(understood("CREATE OR REPLACE LOCAL TEMP TABLE t (a INT)").signals())
                .containsExactly(new Signal.TemporaryObject());
        assertThat(understood("CREATE TABLE temporary (a INT)").signals()).isEmpty();
    }

    @Test
    void computed_names_are_told_where_they_could_read() {
        assertThat(understood("SELECT * FROM IDENTIFIER($t)").signals())
                .containsExactly(new Signal.Computed("IDENTIFIER(…)"));
        assertThat(understood("SELECT * FROM TABLE(:t)").signals())
                .containsExactly(new Signal.Computed("TABLE(…)"));
        for (String written :
                new String[] {
                    "INSERT INTO IDENTIFIER($t) VALUES (1)",
                    "DELETE FROM IDENTIFIER($t) WHERE a = 1",
                    "USE SCHEMA IDENTIFIER($s)",
                    "DROP TABLE IF EXISTS IDENTIFIER(?)",
                    "SELECT * FROM TABLE(FLATTEN(x))",
                    "SELECT * FROM IDENTIFIER('a.b')"
                }) {
            assertThat(understood(written).signals()).as(written).isEmpty();
        }
    }

    private static Understood understood(String sql) {
        var analysis = new Analyzer().analyze(new Statement(sql, 0));
        assertThat(analysis).as(sql).isInstanceOf(Understood.class);
        return (Understood) analysis;
    }
}
