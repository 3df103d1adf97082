package dev.sfguard.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.cli.CapturedStreams;
import dev.sfguard.cli.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyCommandsTest {
    private static final String POLICY =
            """
            version: 1
            roles:
              prod: {analysts: ANALYST_RO}
            rules:
              - name: no-drop
                match: {statement: [DROP, TRUNCATE]}
                effect: block
                message: "Ask #data-platform."
              - name: changes
                match: {statement: DELETE}
                effect: approve
                approvers: {groups: [dba]}
              - name: readers
                who: {groups: [analysts]}
                match: {statement: [SELECT, SHOW, ALTER_SESSION]}
                effect: allow
            """;
    private static final String ANA = "user=ana@acme.io,groups=analysts";

    @TempDir private Path folder;
    private final CapturedStreams world = new CapturedStreams();
    private Path policy = Path.of("policy.yaml");

    @BeforeEach
    void write() throws IOException {
        policy = write("policy.yaml", POLICY);
    }

    @Test
    void check_says_nothing_of_a_clean_file() {
        assertThat(world.run("policy", "check", policy.toString())).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).isEmpty();
        assertThat(world.err()).isEmpty();
    }

    @Test
    void check_shows_every_problem_of_every_file_under_a_caret() throws IOException {
        var wrong = write("a.yaml", "version: 1\nrulez: []\ndefault: maybe\n");
        var gone = folder.resolve("gone.yaml");
        assertThat(world.run("policy", "check", wrong.toString(), gone.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.out())
                .contains("a.yaml:2:1: unknown key \"rulez\"")
                .contains("\n    rulez: []\n    ^\n")
                .contains("a.yaml:3:10: ")
                .contains("gone.yaml: no such file");
        assertThat(world.err()).startsWith("sfguard: 3 problems.");
    }

    @Test
    void check_looks_names_up_in_a_catalog() throws IOException {
        var catalog = catalog();
        var masks =
                write(
                        "m.yaml",
                        POLICY
                                + "masks:\n  - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SNS],"
                                + " with: redact}\n");
        assertThat(
                        world.run(
                                "policy",
                                "check",
                                "-o",
                                "json",
                                "--catalog",
                                catalog.toString(),
                                masks.toString()))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.out()).startsWith("[\n  {\"file\":\"m.yaml\",\"line\":18,\"column\":");
    }

    @Test
    void explain_tells_what_was_read_which_rules_were_asked_and_the_verdict() {
        assertThat(explain("drop table orders")).isEqualTo(ExitCode.DONE);
        assertThat(world.out())
                .isEqualTo(
                        """
                        statement  drop table orders
                        class      DROP
                        effects    DROP
                        objects    not known: what ORDERS is cannot be told: the session has no present database
                        role       ANALYST_RO
                        rules      no-drop (line 5, block): fires
                                   changes (line 9, approve): another statement
                                   readers (line 13, allow): another statement
                        verdict    block by no-drop
                        message    Denied by rule "no-drop" (policy.yaml:5): Ask #data-platform.
                        masked     nothing
                        sent       nothing
                        """);
    }

    @Test
    void the_strictest_of_several_statements_stands_on_top_of_the_json() throws IOException {
        explain("select 1; delete from t where a = 1; select 2", "-o", "json");
        var json = new ObjectMapper().readTree(world.out());
        assertThat(json.get("verdict").asText()).isEqualTo("approve");
        assertThat(json.get("rule").asText()).isEqualTo("changes");
        assertThat(json.get("masked")).isEmpty();
        assertThat(json.get("sql").asText())
                .isEqualTo("select 1; delete from t where a = 1; select 2");
        assertThat(json.get("statements").findValuesAsText("verdict"))
                .containsExactly("allow", "approve", "allow");
    }

    @Test
    void what_is_blocked_has_no_sql() throws IOException {
        explain("select 1; drop table t; truncate t", "-o", "json");
        var json = new ObjectMapper().readTree(world.out());
        assertThat(json.get("sql").isNull()).isTrue();
        assertThat(json.get("rule").asText()).isEqualTo("no-drop");
        assertThat(json.get("message").asText()).contains("Ask #data-platform.");
    }

    @Test
    void what_needs_masks_is_shown_as_it_would_go_upstream() throws IOException {
        var catalog = catalog().toString();
        write(
                "policy.yaml",
                POLICY
                        + "masks:\n  - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SSN],"
                        + " with: redact}\n");
        explain("select ssn from customers", "--catalog", catalog, "-o", "json");
        var json = new ObjectMapper().readTree(world.out());
        assertThat(json.get("verdict").asText()).isEqualTo("mask");
        assertThat(json.get("rule").asText()).isEqualTo("readers");
        assertThat(json.get("masked").get(0).asText()).isEqualTo("SHOP.PUBLIC.CUSTOMERS.SSN");
        assertThat(json.get("sql").asText())
                .startsWith("select ssn from (SELECT * REPLACE (")
                .doesNotContain("from customers");
    }

    @Test
    void a_catalog_beside_the_policy_is_taken_and_named() throws IOException {
        write("policy.catalog.yaml", Files.readString(catalog()));
        write(
                "policy.yaml",
                POLICY
                        + "masks:\n  - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SSN],"
                        + " with: redact}\n");
        assertThat(explain("select ssn from customers")).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).contains("verdict    mask by readers");
        assertThat(world.err())
                .isEqualTo(
                        "Tables and columns are those of "
                                + folder.resolve("policy.catalog.yaml")
                                + ".\n");
        world.run("policy", "check", policy.toString());
        assertThat(world.err()).contains("policy.catalog.yaml");
    }

    @Test
    void a_configuration_brings_what_the_gateway_opens_its_schema_and_its_function()
            throws IOException {
        write("policy.catalog.yaml", Files.readString(catalog()) + OTHER_DATABASE);
        write(
                "policy.yaml",
                POLICY
                        + "masks:\n  - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SSN],"
                        + " with: hash}\n");
        String history = "select * from table(information_schema.query_history())";
        assertThat(explain(history)).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).contains("block by always-refused");
        var config = write("gateway.yaml", CONFIG).toString();
        var opened = new CapturedStreams();
        opened.run("policy", "explain", "--config", config, "--as", ANA, history);
        assertThat(opened.out()).doesNotContain("always-refused");
        var hashed = new CapturedStreams();
        hashed.run(
                "policy", "explain", "--config", config, "--as", ANA, "select ssn from customers");
        assertThat(hashed.out()).contains("mask by readers", "\"SFGUARD\".\"PUBLIC\".\"MASK\"(");
        var examples =
                write(
                        "policy.test.yaml",
                        """
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: select ssn from customers
                          expect: {verdict: mask}
                        """);
        assertThat(world.run("policy", "test", examples.toString())).isEqualTo(ExitCode.INTERNAL);
        assertThat(world.run("policy", "test", "--config", config, examples.toString()))
                .isEqualTo(ExitCode.DONE);
    }

    @Test
    void what_the_configuration_does_not_have_is_said() throws IOException {
        var config = write("gateway.yaml", CONFIG.replace("  prod:\n", "  dev:\n")).toString();
        assertThat(explain("select 1", "--config", config)).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("no connection \"prod\"", "It has [dev].");
        var wrong = write("gateway.yaml", CONFIG + "keyz: 1\n").toString();
        assertThat(explain("select 1", "--config", wrong)).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("unknown key \"keyz\"");
    }

    @Test
    void files_need_to_be_told_who_asks_and_a_gateway_has_its_own_tables() throws IOException {
        assertThat(world.run("policy", "explain", "--policy", policy.toString(), "select 1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("Files do not know who you are.");
        assertThat(world.run("policy", "explain", "--catalog", "x.yaml", "select 1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("A gateway knows its tables itself.");
        assertThat(world.run("policy", "explain", "--rows-today", "5", "select 1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("A gateway counts itself what was used.");
    }

    private static final String OTHER_DATABASE =
            "  OTHER: {PUBLIC: {CUSTOMERS: {columns: {SSN: TEXT}}}}\n";

    private static final String CONFIG =
            """
            listen: {ssh: 127.0.0.1:0}
            issuers: [{issuer: https://idp.acme.example, client_id: sfguard}]
            connections:
              prod:
                account: xy12345
                user: SFGUARD
                private_key: file:is-not-here.p8
                database: shop
                schema: public
                mask_function: SFGUARD.PUBLIC.MASK
            policy: policy.yaml
            recordings: {readers: [auditors]}
            approvals: {webhooks: [{url: "file:is-not-here"}]}
            unsafe_allow: [history]
            """;

    @Test
    void limits_on_rows_are_told_and_used_up_ones_block() throws IOException {
        write(
                "policy.yaml",
                POLICY
                        + "limits:\n"
                        + "  - {name: few, rows_per_statement: 10, rows_per_day: 15,"
                        + " statements_per_minute: 5}\n");
        explain("select 1", "-o", "json", "--rows-today", "9");
        var json = new ObjectMapper().readTree(world.out());
        assertThat(json.get("verdict").asText()).isEqualTo("allow");
        assertThat(json.get("sql").asText()).isEqualTo("select 1");
        assertThat(json.get("message").asText())
                .isEqualTo("Limit \"few\" cuts its result at 6 rows.");
        explain("select 1", "--rows-today", "15");
        assertThat(world.out()).contains("block by few", "15 rows were delivered today");
        explain("select 1", "--statements-this-minute", "6");
        assertThat(world.out()).contains("block by few", "more than 5 statements in one minute");
    }

    @Test
    void explain_tells_where_each_column_of_the_result_comes_from() throws IOException {
        var catalog = catalog().toString();
        write(
                "policy.yaml",
                POLICY
                        + "masks:\n  - {name: pii, columns: [SHOP.PUBLIC.CUSTOMERS.SSN],"
                        + " with: redact}\n");
        explain("select ssn as x, 1 as y, upper(ssn) from customers", "--catalog", catalog);
        assertThat(world.out())
                .endsWith(
                        """
                        columns    1 X from SHOP.PUBLIC.CUSTOMERS.SSN: masked by pii
                                   2 Y from no table
                                   3 from SHOP.PUBLIC.CUSTOMERS.SSN: masked by pii
                        """);
        var json = columns("select ssn as x, 1 as y from customers", catalog);
        assertThat(json.toString())
                .isEqualTo(
                        "[{\"column\":1,\"name\":\"X\",\"origins\":[\"SHOP.PUBLIC.CUSTOMERS.SSN\"],\"masks\":[\"pii\"],\"certain\":true},"
                                + "{\"column\":2,\"name\":\"Y\",\"origins\":[],\"masks\":[],\"certain\":true}]");
        var spread = columns("select 1, v.*, ssn from customers, values (1) v", catalog);
        assertThat(spread.findValuesAsText("column")).containsExactly("1", "-1");
        assertThat(columns("drop table customers", catalog)).isEmpty();
        assertThat(columns("show tables", catalog)).isEmpty();
    }

    private JsonNode columns(String sql, String catalog) throws IOException {
        var fresh = new CapturedStreams();
        fresh.run(
                "policy",
                "explain",
                "--policy",
                policy.toString(),
                "--as",
                ANA,
                "--catalog",
                catalog,
                "-o",
                "json",
                sql);
        return new ObjectMapper().readTree(fresh.out()).get("columns");
    }

    @Test
    void a_closed_connection_blocks_and_so_does_what_cannot_be_read() throws IOException {
        world.run("policy", "explain", "--policy", policy.toString(), "--as", "user=x", "select 1");
        assertThat(world.out()).contains("block by roles").contains("the login is refused");
        for (String sql : new String[] {"select 'x", "", " ; -- nothing", "select 1 /* "}) {
            var other = new CapturedStreams().input(sql);
            other.run("policy", "explain", "--policy", policy.toString(), "--as", ANA);
            assertThat(other.out()).contains("verdict    block by unreadable");
        }
    }

    @Test
    void what_speaks_to_the_gateway_alone_goes_nowhere() throws IOException {
        explain("alter session set SFGUARD_REASON = 'x'", "-o", "json");
        var json = new ObjectMapper().readTree(world.out());
        assertThat(json.get("verdict").asText()).isEqualTo("allow");
        assertThat(json.get("sql").isNull()).isTrue();
    }

    @Test
    void who_asks_must_be_said_well() {
        for (String who :
                new String[] {
                    "", "groups=a", "user=a,kind=robot", "user=a,usr=b", "user=a,user=b"
                }) {
            assertThat(
                            new CapturedStreams()
                                    .run(
                                            "policy",
                                            "explain",
                                            "--policy",
                                            policy.toString(),
                                            "--as",
                                            who,
                                            "select 1"))
                    .as(who)
                    .isEqualTo(ExitCode.USAGE);
        }
    }

    @Test
    void several_connections_need_a_name() throws IOException {
        write("policy.yaml", POLICY.replace("  prod:", "  dev: {analysts: DEV}\n  prod:"));
        assertThat(explain("select 1")).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("The policy speaks of dev, prod.");
        assertThat(explain("select 1", "--connection", "dev")).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).contains("role       DEV\n");
    }

    @Test
    void examples_that_pass_are_counted() throws IOException {
        var examples =
                write(
                        "policy.test.yaml",
                        """
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: drop table orders
                          expect: {verdict: block, rule: no-drop}
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: select 1
                          expect: {verdict: allow}
                        """);
        assertThat(world.run("policy", "test", examples.toString())).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).isEqualTo("2 examples, 2 passed, 0 failed\n");
    }

    @Test
    void an_example_may_say_what_was_used_before() throws IOException {
        write(
                "policy.yaml",
                POLICY + "limits:\n  - {name: few, rows_per_day: 15, statements_per_minute: 5}\n");
        var examples =
                write(
                        "policy.test.yaml",
                        """
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: select 1
                          usage: {rows_today: 14, statements_this_minute: 5}
                          expect: {verdict: allow}
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: select 1
                          usage: {rows_today: 15}
                          expect: {verdict: block, rule: few}
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: select 1; select 2
                          usage: {statements_this_minute: 5}
                          expect: {verdict: block, rule: few}
                        """);
        assertThat(world.run("policy", "test", examples.toString())).isEqualTo(ExitCode.DONE);
        assertThat(world.out()).isEqualTo("3 examples, 3 passed, 0 failed\n");
    }

    @Test
    void an_example_that_fails_is_explained() throws IOException {
        var examples =
                write(
                        "other.test.yaml",
                        """
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: drop table orders
                          expect: {verdict: allow, masked: [A.B.C.D]}
                        - as: {user: ana@acme.io, groups: [analysts]}
                          sql: drop table orders
                          expect: {verdict: block, rule: changes}
                        """);
        assertThat(world.run("policy", "test", examples.toString())).isEqualTo(ExitCode.INTERNAL);
        assertThat(world.out())
                .startsWith(
                        """
                        FAILED  other.test.yaml:1: drop table orders
                          expected  mask, masked A.B.C.D
                          got       block by no-drop, nothing masked
                            statement  drop table orders
                        """)
                .contains("  expected  block by changes\n")
                .endsWith("2 examples, 0 passed, 2 failed\n");
        assertThat(world.err()).startsWith("sfguard: 2 of the examples failed.");
    }

    @Test
    void results_of_examples_come_as_json() throws IOException {
        var examples =
                write(
                        "policy.test.yaml",
                        "- {as: {user: a, groups: [analysts]}, sql: select 1, expect: {verdict: block}}\n");
        assertThat(world.run("policy", "test", "-o", "json", examples.toString()))
                .isEqualTo(ExitCode.INTERNAL);
        var row = new ObjectMapper().readTree(world.out()).get(0);
        assertThat(row.get("id").asText()).isEqualTo("policy.test.yaml:1");
        assertThat(row.get("state").asText()).isEqualTo("failed");
        assertThat(row.get("got").asText()).isEqualTo("allow by readers, nothing masked");
    }

    @Test
    void unusable_examples_are_wrong_usage() throws IOException {
        var unknown =
                write(
                        "policy.test.yaml",
                        "- {as: {user: a}, sql: select 1, expekt: {verdict: block}}\n");
        assertThat(world.run("policy", "test", unknown.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(world.err()).contains("policy.test.yaml:1:34: unknown key \"expekt\"");
        assertThat(world.run("policy", "test", policy.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(world.out()).isEmpty();
    }

    @Test
    void escape_sequences_of_a_statement_are_shown_and_not_obeyed() {
        explain("select '\u001b[2J'");
        assertThat(world.out()).contains("␛[2J").doesNotContain("\u001b");
    }

    private ExitCode explain(String sql, String... more) {
        var args = new ArrayList<String>();
        args.addAll(List.of("policy", "explain", "--policy", policy.toString()));
        args.addAll(List.of("--as", ANA));
        args.addAll(List.of(more));
        args.add(sql);
        return world.run(args.toArray(String[]::new));
    }

    private Path catalog() throws IOException {
        return write(
                "catalog.yaml",
                "version: 1\ndatabases:\n  SHOP: {PUBLIC: {CUSTOMERS: {columns: {SSN: TEXT}}}}\n");
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }
}
