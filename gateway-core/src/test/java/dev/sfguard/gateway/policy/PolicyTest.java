package dev.sfguard.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Identity.Kind;
import dev.sfguard.gateway.policy.Decision.Allow;
import dev.sfguard.gateway.policy.Decision.Deny;
import dev.sfguard.gateway.sql.Analyzer;
import dev.sfguard.gateway.sql.StatementSplitter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyTest {
    private static final Identity ANA = identity("ana@acme.io", Kind.HUMAN, "analysts");
    private static final Identity BO = identity("bo@acme.io", Kind.HUMAN, "dba", "analysts");
    private static final Identity ROBOT = identity("robot", Kind.AGENT, "agents");
    private static final Identity LOADER = identity("loader", Kind.AGENT, "agents", "loaders");
    private static final Identity CI = identity("ci", Kind.WORKLOAD, "ci");

    private static final String EXAMPLE =
            """
            version: 1
            default: block
            roles:
              prod: {dba: DBA, analysts: analyst_ro, agents: AGENT_RO}
              dev: {dba: '"Dev Role"'}
            rules:
              - name: no-drop
                match: {statement: [DROP, TRUNCATE]}
                unless: {users: [bo@acme.io]}
                effect: block
                message: "Objects are dropped by migrations only. Ask #data-platform."
              - name: no-unload
                match: {statement: [COPY_UNLOAD, GET, PUT]}
                effect: block
              - name: where-required
                match: {statement: [DELETE, UPDATE], has_where: false}
                effect: block
              - name: agents-read-only
                who: {agents: true}
                match: {statement: "!SELECT"}
                unless: {groups: [loaders]}
                effect: block
              - name: readers
                who: {groups: [analysts, agents]}
                match: {statement: [SELECT, SHOW, DESCRIBE, USE, EXPLAIN, ALTER_SESSION, MERGE]}
                effect: allow
              - name: dba-writes
                who: {groups: [dba]}
                match: {statement: [INSERT, DELETE, CREATE, DROP, ALTER, USE_ROLE, SCRIPT], role: DBA}
                effect: allow
              - name: dev-only
                who: {humans: true}
                match: {statement: UPDATE, connection: dev}
                effect: allow
            """;

    @TempDir private Path folder;
    private Policy policy;

    @BeforeEach
    void read_the_example() throws Exception {
        policy = read(EXAMPLE, Set.of());
    }

    @Test
    void the_rule_that_allows_is_named() {
        assertThat(decide(ANA, "select 1")).isEqualTo(new Allow("readers"));
    }

    @Test
    void a_rule_that_blocks_wins_over_one_that_allows_and_speaks_with_its_message() {
        assertThat(decide(ANA, "drop table orders"))
                .isEqualTo(
                        new Deny(
                                "no-drop",
                                "Denied by rule \"no-drop\" (policy.yaml:7): Objects are dropped by"
                                        + " migrations only. Ask #data-platform."));
    }

    @Test
    void a_rule_without_a_message_says_what_it_blocks() {
        assertThat(decide(ANA, "get @s file:///tmp/"))
                .isEqualTo(
                        new Deny(
                                "no-unload",
                                "Denied by rule \"no-unload\" (policy.yaml:12): GET is blocked. Ask"
                                        + " whoever keeps the policy."));
        assertThat(decide(BO, "delete from orders where true"))
                .isEqualTo(
                        new Deny(
                                "where-required",
                                "Denied by rule \"where-required\" (policy.yaml:15): DELETE without a"
                                        + " WHERE that narrows it is blocked. Ask whoever keeps the"
                                        + " policy."));
        assertThat(decide(ROBOT, "show tables"))
                .isEqualTo(
                        new Deny(
                                "agents-read-only",
                                "Denied by rule \"agents-read-only\" (policy.yaml:18): SHOW is"
                                        + " blocked. Ask whoever keeps the policy."));
    }

    @Test
    void what_no_rule_speaks_of_meets_the_default() {
        assertThat(decide(ANA, "insert into t values (1)"))
                .isEqualTo(
                        new Deny(
                                "default",
                                "Denied: no rule allows INSERT to ana@acme.io on prod, and the"
                                        + " default is block (policy.yaml:2). Ask whoever keeps the"
                                        + " policy."));
    }

    @Test
    void exempted_people_and_groups_pass_a_rule_by() {
        assertThat(decide(BO, "DBA", "drop table t")).isEqualTo(new Allow("dba-writes"));
        assertThat(decide(LOADER, "show tables")).isEqualTo(new Allow("readers"));
    }

    @Test
    void a_mail_address_is_the_same_in_any_case() {
        var shouting = identity("BO@ACME.IO", Kind.HUMAN, "dba");
        assertThat(decide(shouting, "DBA", "drop table t")).isEqualTo(new Allow("dba-writes"));
    }

    @Test
    void a_workload_is_neither_human_nor_agent() {
        var developer = identity("dev@acme.io", Kind.HUMAN, "x");
        var update = "update t set a = 1 where b = 2";
        assertThat(on("dev", developer, update)).isEqualTo(new Allow("dev-only"));
        assertThat(on("dev", CI, update)).isInstanceOf(Deny.class);
        assertThat(on("prod", developer, update)).isInstanceOf(Deny.class);
    }

    @Test
    void a_rule_may_ask_for_the_sessions_role() {
        assertThat(decide(BO, "DBA", "insert into t select 1")).isEqualTo(new Allow("dba-writes"));
        assertThat(decide(BO, "ANALYST_RO", "insert into t select 1")).isInstanceOf(Deny.class);
    }

    @Test
    void every_effect_must_be_allowed_too() {
        // CREATE is allowed and so is DROP; GRANT is not.
        assertThat(decide(BO, "DBA", "create or replace table t (a int)"))
                .isEqualTo(new Allow("dba-writes"));
        assertThat(decide(BO, "DBA", "create role r")).isInstanceOf(Deny.class);
        // MERGE brings its updates and inserts, but not its deletes.
        assertThat(
                        decide(
                                ANA,
                                "merge into t using s on t.a = s.a when matched then update set b = 1"))
                .isEqualTo(new Allow("readers"));
        assertThat(decide(ANA, "merge into t using s on t.a = s.a when matched then delete"))
                .isInstanceOf(Deny.class);
    }

    @Test
    void everything_inside_of_a_block_must_be_allowed() {
        assertThat(decide(BO, "DBA", "begin insert into t select 1; end"))
                .isEqualTo(new Allow("dba-writes"));
        assertThat(decide(BO, "DBA", "begin call p(); end"))
                .isEqualTo(
                        new Deny(
                                "default",
                                "Denied: CALL is blocked unless a rule names it, because what it runs"
                                        + " cannot be seen beforehand. Run the statements themselves, or"
                                        + " ask whoever keeps the policy (policy.yaml)."));
        assertThat(decide(BO, "DBA", "begin delete from t; end")).isInstanceOf(Deny.class);
    }

    @Test
    void a_default_of_allow_opens_nothing_that_must_be_named() throws Exception {
        var open = read("version: 1\ndefault: allow\n", Set.of());
        for (String sql :
                List.of("call p()", "execute task t", "begin select 1; end", "frobnicate")) {
            assertThat(decide(open, ANA, sql)).as(sql).isInstanceOf(Deny.class);
        }
        assertThat(decide(open, ANA, "drop table t")).isEqualTo(new Allow("default"));
    }

    @Test
    void a_rule_for_everything_but_something_opens_nothing_that_must_be_named() throws Exception {
        var open =
                read(
                        """
                        version: 1
                        rules:
                          - {name: most, match: {statement: "!DROP"}, effect: allow}
                        """,
                        Set.of());
        assertThat(decide(open, ANA, "insert into t select 1")).isEqualTo(new Allow("most"));
        assertThat(decide(open, ANA, "create or replace table t (a int)")).isInstanceOf(Deny.class);
        assertThat(decide(open, ANA, "call p()")).isInstanceOf(Deny.class);
    }

    @Test
    void without_a_default_everything_is_blocked() throws Exception {
        assertThat(decide(read("version: 1\n", Set.of()), ANA, "select 1"))
                .isInstanceOf(Deny.class);
    }

    @Test
    void what_cannot_be_read_is_denied_whatever_the_rules_say() throws Exception {
        var open =
                read(
                        """
                        version: 1
                        default: allow
                        rules:
                          - {name: all, match: {statement: [OTHER, SCRIPT, EXECUTE, CALL]}, effect: allow}
                        """,
                        Set.of());
        assertThat(decide(open, ANA, "select 'abc"))
                .isEqualTo(
                        new Deny(
                                "unreadable",
                                "Denied: the statement cannot be read with certainty (unterminated"
                                        + " string at 1:8), and nothing was sent. Write that place in"
                                        + " another way and run it again."));
    }

    @Test
    void roles_come_from_the_first_group_of_the_file() {
        assertThat(policy.roleFor(BO, "prod")).contains("DBA");
        assertThat(policy.roleFor(ANA, "prod")).contains("ANALYST_RO");
        assertThat(policy.roleFor(BO, "dev")).contains("Dev Role");
        assertThat(policy.roleFor(ANA, "dev")).isEmpty();
        assertThat(policy.roleFor(ANA, "nowhere")).isEmpty();
    }

    @Test
    void use_role_stays_within_the_roles_of_ones_groups() {
        assertThat(decide(BO, "DBA", "use role analyst_ro")).isEqualTo(new Allow("dba-writes"));
        assertThat(decide(ANA, "use role dba"))
                .isEqualTo(
                        new Deny(
                                "roles",
                                "Denied: role DBA is none of ana@acme.io's on this connection. Yours:"
                                        + " ANALYST_RO. For another one ask whoever keeps the policy."));
        assertThat(decide(BO, "DBA", "use role \"dba\"")).isInstanceOf(Deny.class);
        assertThat(decide(BO, "DBA", "use role identifier($r)")).isInstanceOf(Deny.class);
    }

    @Test
    void the_strictest_decision_of_a_request_holds_for_all() {
        var allow = new Allow("a");
        var deny = new Deny("b", "no");
        assertThat(Decision.strictest(List.of(allow, deny, allow))).isEqualTo(deny);
        assertThat(Decision.strictest(List.of(allow, new Allow("c")))).isEqualTo(allow);
        assertThat(Decision.strictest(List.of())).isInstanceOf(Deny.class);
    }

    private Decision decide(Identity who, String sql) {
        return decide(policy, who, sql);
    }

    private Decision decide(Identity who, String role, String sql) {
        return decide(policy, who, new SessionView("prod", role, _ -> false), sql);
    }

    private Decision on(String connection, Identity who, String sql) {
        return decide(policy, who, new SessionView(connection, "X", _ -> false), sql);
    }

    private static Decision decide(Policy policy, Identity who, String sql) {
        return decide(policy, who, new SessionView("prod", "ANALYST_RO", _ -> false), sql);
    }

    private static Decision decide(Policy policy, Identity who, SessionView session, String sql) {
        var statements = StatementSplitter.split(sql);
        assertThat(statements).hasSize(1);
        var analysis = new Analyzer().analyze(statements.getFirst());
        return policy.decide(who, session, analysis, Usage.NONE, Instant.EPOCH);
    }

    private Policy read(String yaml, Set<String> unsafeAllow) throws Exception {
        return PolicyFile.read(Files.writeString(folder.resolve("policy.yaml"), yaml), unsafeAllow);
    }

    private static Identity identity(String name, Kind kind, String... groups) {
        return new Identity(
                "sub-" + name, name, kind, Set.of(groups), "https://idp.acme.io", Instant.MAX);
    }
}
