package dev.sfguard.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Identity.Kind;
import dev.sfguard.gateway.policy.Decision.Allow;
import dev.sfguard.gateway.policy.Decision.Approvers;
import dev.sfguard.gateway.policy.Decision.Deny;
import dev.sfguard.gateway.policy.Decision.Hold;
import dev.sfguard.gateway.policy.Masks.ColumnMask;
import dev.sfguard.gateway.policy.Masks.With;
import dev.sfguard.gateway.policy.Masks.Writes;
import dev.sfguard.gateway.sql.Analysis.Understood;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Effect;
import dev.sfguard.gateway.sql.ObjectAccess;
import dev.sfguard.gateway.sql.ObjectAccess.Mode;
import dev.sfguard.gateway.sql.ObjectName;
import dev.sfguard.gateway.sql.Objects;
import dev.sfguard.gateway.sql.StatementClass;
import dev.sfguard.gateway.sql.Structure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Rules on objects, conditions, approvals, masks and limits, with analyses made by hand.
class ObjectRulesTest {
    private static final Identity ANA = identity(Kind.HUMAN, "analysts");
    private static final Identity ROBOT = identity(Kind.AGENT, "agents");
    private static final Identity READER = identity(Kind.HUMAN, "analysts", "pii-readers");
    private static final Instant EVENING = Instant.parse("2026-11-23T18:30:00Z");
    private static final Instant NOON = Instant.parse("2026-11-23T12:00:00Z");
    private static final Objects SOMETHING =
            new Objects.Unknown("PIVOT is not followed yet", Set.of("T", "PIVOT"));

    @TempDir private Path folder;
    private Instant now = NOON;
    private Usage usage = Usage.NONE;
    private Catalog catalog = Catalog.EMPTY;

    @Test
    void a_rule_on_objects_blocks_by_mode() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        default: allow
                        rules:
                          - {name: hr, match: {reads: ["HR.*.SAL*"]}, effect: block}
                          - {name: log, match: {statement: DELETE, writes: ['shop."audit".LOG']}, effect: block}
                        """);
        assertThat(policyRule(policy, select(read("HR.X.SALARIES", "A")))).isEqualTo("hr");
        assertThat(policyRule(policy, select(read("HR.X.DEPTS", "A")))).isEqualTo("default");
        assertThat(policyRule(policy, select(read("SHOP.X.SALARIES", "A")))).isEqualTo("default");
        assertThat(policyRule(policy, dml(StatementClass.DELETE, write("SHOP.audit.LOG"))))
                .isEqualTo("log");
        assertThat(policyRule(policy, dml(StatementClass.DELETE, write("SHOP.AUDIT.LOG"))))
                .isEqualTo("default");
        assertThat(policyRule(policy, dml(StatementClass.INSERT, write("HR.X.SALARIES"))))
                .isEqualTo("default");
    }

    @Test
    void columns_count_where_any_may_be_concerned() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        default: allow
                        rules:
                          - {name: ssn, match: {columns: ["*.*.*.SSN"]}, effect: block}
                        """);
        assertThat(policyRule(policy, select(read("A.B.C", "X", "SSN")))).isEqualTo("ssn");
        assertThat(policyRule(policy, select(read("A.B.C", "X")))).isEqualTo("default");
        assertThat(policyRule(policy, select(readAll("A.B.C")))).isEqualTo("ssn");
    }

    @Test
    void what_cannot_be_followed_is_denied_to_whom_the_rule_speaks_of() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        default: allow
                        rules:
                          - name: hr
                            who: {agents: true}
                            match: {statement: [SELECT, DROP], reads: [HR.P.SALARIES]}
                            effect: block
                        """);
        var unknown = understood(StatementClass.SELECT, SOMETHING);
        assertThat(decide(policy, ROBOT, unknown))
                .isEqualTo(
                        new Deny(
                                "not-followed",
                                "Denied: it cannot be told which objects this statement touches"
                                        + " (PIVOT is not followed yet), and rule \"hr\""
                                        + " (policy.yaml:4) speaks of objects. Nothing was sent."
                                        + " Check the names in it, write it in a simpler way, or"
                                        + " ask whoever keeps the policy."));
        assertThat(decide(policy, ANA, unknown)).isEqualTo(new Allow("default"));
        assertThat(decide(policy, ROBOT, understood(StatementClass.INSERT, SOMETHING)))
                .isEqualTo(new Allow("default"));
    }

    @Test
    void a_statement_that_runs_no_query_touches_only_what_it_names() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        default: allow
                        rules:
                          - {name: hr, match: {ddl: [HR.P.SALARIES]}, effect: block}
                        """);
        assertThat(policyRule(policy, drop("T"))).isEqualTo("default");
        assertThat(policyRule(policy, drop("SALARIES"))).isEqualTo("not-followed");
        assertThat(policyRule(policy, drop("P"))).isEqualTo("not-followed");
        assertThat(policyRule(policy, drop("HR"))).isEqualTo("not-followed");
        assertThat(policyRule(policy, drop())).isEqualTo("not-followed");
    }

    @Test
    void an_allow_covers_the_objects_that_it_lists_and_no_others() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        rules:
                          - {name: a, match: {statement: SELECT, reads: [S.P.A]}, effect: allow}
                          - {name: b, match: {statement: SELECT, reads: ["S.Q.*"]}, effect: allow}
                          - {name: w, match: {statement: [INSERT, UPDATE], writes: [S.P.W]}, effect: allow}
                          - {name: d, match: {statement: DELETE, writes: [S.P.D]}, effect: allow}
                        """);
        assertThat(policyRule(policy, select(read("S.P.A"), read("S.Q.X")))).isEqualTo("a");
        assertThat(decide(policy, ANA, select(read("S.P.A"), read("S.P.B"))))
                .isEqualTo(
                        new Deny(
                                "default",
                                "Denied: no rule allows reading S.P.B to ana@acme.io on prod in"
                                        + " such a statement (policy.yaml). Ask whoever keeps"
                                        + " the policy."));
        assertThat(allows(policy, dml(StatementClass.INSERT, write("S.P.W"), read("S.P.A"))))
                .isTrue();
        assertThat(allows(policy, dml(StatementClass.INSERT, write("S.P.W"), read("S.P.Z"))))
                .isFalse();
        assertThat(allows(policy, dml(StatementClass.UPDATE, write("S.P.W"), read("S.P.W"))))
                .isTrue();
        assertThat(allows(policy, dml(StatementClass.INSERT, write("S.P.A")))).isFalse();
        assertThat(allows(policy, dml(StatementClass.DELETE, write("S.P.W")))).isFalse();
        assertThat(policyRule(policy, understood(StatementClass.SELECT, SOMETHING)))
                .isEqualTo("not-followed");
    }

    @Test
    void two_allows_do_not_lend_each_other_their_objects() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        rules:
                          - {name: m, match: {statement: MERGE, writes: [S.P.W]}, effect: allow}
                          - {name: d, match: {statement: DELETE, writes: [S.P.D]}, effect: allow}
                        """);
        var merge =
                new Understood(
                        StatementClass.MERGE,
                        Set.of(),
                        Set.of(Effect.MERGE, Effect.DELETE),
                        true,
                        List.of(),
                        new Objects.Known(List.of(write("S.P.W"))),
                        Structure.NONE);
        assertThat(allows(policy, merge)).isFalse();
        assertThat(allows(policy, dml(StatementClass.MERGE, write("S.P.W")))).isTrue();
    }

    @Test
    void a_condition_decides_by_time_people_and_objects() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        default: allow
                        rules:
                          - name: late
                            when: statement.kind in ["DELETE", "UPDATE"] && now.getHours("Europe/Berlin") >= 18
                            effect: block
                          - name: hr
                            when: '"agents" in identity.groups && statement.reads.exists(r, r.matches("^HR\\\\."))'
                            effect: block
                        """);
        var delete = dml(StatementClass.DELETE, write("S.P.W"));
        assertThat(policyRule(policy, delete)).isEqualTo("default");
        now = EVENING;
        assertThat(policyRule(policy, delete)).isEqualTo("late");
        assertThat(decide(policy, ROBOT, select(read("HR.P.S"))).rule()).isEqualTo("hr");
        assertThat(decide(policy, ANA, select(read("HR.P.S"))).rule()).isEqualTo("default");
        assertThat(decide(policy, ROBOT, understood(StatementClass.SELECT, SOMETHING)).rule())
                .isEqualTo("not-followed");
        assertThat(decide(policy, ANA, understood(StatementClass.SELECT, SOMETHING)).rule())
                .isEqualTo("default");
    }

    @Test
    void a_condition_that_fails_denies_and_ends_soon() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        default: allow
                        rules:
                          - {name: index, match: {statement: DELETE}, when: 'statement.reads[7] == "x"', effect: allow}
                          - name: loop
                            match: {statement: SELECT}
                            when: "[1,2,3,4,5,6,7,8,9].all(a, [1,2,3,4,5,6,7,8,9].all(b, [1,2,3,4,5,6,7,8,9].all(c, [1,2,3,4,5,6,7,8,9].all(d, [1,2,3,4,5,6,7,8,9].all(e, a + b + c + d + e < 99 || now > now)))))"
                            effect: block
                        """);
        assertThat(decide(policy, ANA, dml(StatementClass.DELETE, write("S.P.W"))))
                .isInstanceOfSatisfying(
                        Deny.class,
                        deny -> {
                            assertThat(deny.rule()).isEqualTo("index");
                            assertThat(deny.message())
                                    .startsWith(
                                            "Denied: the condition of rule \"index\""
                                                    + " (policy.yaml:4) cannot be evaluated");
                        });
        assertThat(decide(policy, ANA, select(read("A.B.C"))))
                .isInstanceOfSatisfying(
                        Deny.class, deny -> assertThat(deny.message()).contains("budget"));
    }

    @Test
    void the_most_severe_wins_and_every_rule_that_holds_is_asked() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        rules:
                          - {name: all, match: {statement: [DELETE, SELECT]}, effect: allow}
                          - {name: one, match: {statement: DELETE}, effect: approve, approvers: {groups: [dba]}, message: Why?}
                          - {name: two, match: {writes: [S.P.W]}, effect: approve, approvers: {groups: [sec], at_least: 2}, expires: 2h}
                          - {name: no, match: {writes: [S.P.X]}, effect: block}
                        """);
        var demandTwo = new Approvers("two", Set.of("sec"), 2, Duration.ofHours(2));
        var demandOne = new Approvers("one", Set.of("dba"), 1, Duration.ofMinutes(30));
        var held = decide(policy, ANA, dml(StatementClass.DELETE, write("S.P.W")));
        assertThat(held)
                .isEqualTo(
                        new Hold(
                                "two",
                                List.of(demandTwo, demandOne),
                                Optional.of("Why?"),
                                Masks.NONE,
                                Limits.NONE));
        assertThat(((Hold) held).expires()).isEqualTo(Duration.ofMinutes(30));
        assertThat(policyRule(policy, dml(StatementClass.DELETE, write("S.P.X")))).isEqualTo("no");
        // A person's yes opens what no allow speaks of, but nothing beside it.
        assertThat(decide(policy, ANA, dml(StatementClass.INSERT, write("S.P.W"))))
                .isInstanceOf(Hold.class);
        assertThat(decide(policy, ANA, select(read("S.P.W")))).isEqualTo(new Allow("all"));
    }

    private static final String MASKED =
            """
            version: 1
            default: allow
            masks:
              - name: pii
                columns: [S.P.C.SSN, "S.*.*.CARD"]
                with: partial
                unless: {groups: [pii-readers]}
              - name: mail
                columns: [S.P.C.EMAIL]
                with: "'x' || EMAIL"
                writes: mask
            """;

    @Test
    void columns_that_may_be_read_are_masked_and_no_others() throws Exception {
        var policy = policy(MASKED);
        var pii = new ColumnMask("pii", new With.Partial(), Writes.BLOCK);
        var mail = new ColumnMask("mail", new With.Expression("'x' || EMAIL"), Writes.MASK);
        assertThat(masks(policy, ANA, select(read("S.P.C", "SSN", "CITY"))))
                .isEqualTo(Map.of(name("S.P.C"), Map.of("SSN", pii)));
        assertThat(masks(policy, ANA, select(readAll("S.P.C"))))
                .isEqualTo(Map.of(name("S.P.C"), Map.of("SSN", pii, "CARD", pii, "EMAIL", mail)));
        catalog =
                new Catalog(
                        1,
                        Set.of("S"),
                        Map.of(
                                name("S.P.C"),
                                new Catalog.Relation(
                                        name("S.P.C"),
                                        Catalog.Kind.TABLE,
                                        List.of(
                                                new Catalog.Column("SSN", "TEXT"),
                                                new Catalog.Column("CITY", "TEXT"),
                                                new Catalog.Column("EMAIL", "TEXT")),
                                        null)));
        assertThat(masks(policy, READER, select(readAll("S.P.C"))))
                .isEqualTo(Map.of(name("S.P.C"), Map.of("EMAIL", mail)));
        assertThat(masks(policy, ANA, select(read("S.P.C", "CITY")))).isEmpty();
        assertThat(policyRule(policy, understood(StatementClass.SELECT, SOMETHING)))
                .isEqualTo("not-followed");
    }

    @Test
    void a_masked_column_does_not_leave_by_a_write() throws Exception {
        var policy = policy(MASKED);
        var copy = dml(StatementClass.INSERT, write("S.P.N"), read("S.P.C", "SSN"));
        assertThat(decide(policy, ANA, copy))
                .isEqualTo(
                        new Deny(
                                "pii",
                                "Denied by mask \"pii\" (policy.yaml:4): S.P.C.SSN is masked for"
                                        + " you and may not be written elsewhere. Leave the"
                                        + " column out. Or ask whoever keeps the policy."));
        assertThat(
                        allows(
                                policy,
                                dml(StatementClass.INSERT, write("S.P.N"), read("S.P.C", "EMAIL"))))
                .isTrue();
        assertThat(decide(policy, READER, copy)).isEqualTo(new Allow("default"));
        var unload =
                new Understood(
                        StatementClass.COPY_UNLOAD,
                        Set.of(),
                        Set.of(Effect.UNLOAD),
                        false,
                        List.of(),
                        new Objects.Known(List.of(read("S.P.C", "SSN"))),
                        Structure.NONE);
        assertThat(policyRule(policy, unload)).isEqualTo("pii");
        assertThat(
                        policyRule(
                                policy,
                                dml(StatementClass.UPDATE, write("S.P.C"), read("S.P.C", "EMAIL"))))
                .isEqualTo("mail");
        assertThat(allows(policy, dml(StatementClass.INSERT, write("S.P.C")))).isTrue();
    }

    @Test
    void a_table_with_masked_columns_is_not_moved_or_shared() throws Exception {
        var policy = policy(MASKED);
        for (var kind : List.of(StatementClass.ALTER, StatementClass.GRANT)) {
            var statement = dml(kind, new ObjectAccess(name("S.P.C"), Mode.DDL, Set.of(), false));
            assertThat(policyRule(policy, statement)).isEqualTo("pii");
            assertThat(policyRule(policy, understood(kind, SOMETHING))).isEqualTo("not-followed");
        }
        var clone =
                dml(
                        StatementClass.CREATE,
                        new ObjectAccess(name("S.P.N"), Mode.DDL, Set.of(), false),
                        readAll("S.P.C"));
        assertThat(policyRule(policy, clone)).isEqualTo("pii");
    }

    @Test
    void limits_are_counted_and_the_tightest_holds() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        default: allow
                        limits:
                          - {who: {agents: true}, rows_per_statement: 1000, rows_per_day: 5000, statements_per_minute: 60}
                          - {name: all, rows_per_statement: 2000, excess: block}
                        """);
        assertThat(policy.counted(ROBOT)).isEqualTo(new Policy.Counted(true, true));
        assertThat(policy(MASKED).counted(ROBOT)).isEqualTo(new Policy.Counted(false, false));
        var any = select(read("A.B.C"));
        var most = new Limits.Rows("limit-1", 1000, Limits.Excess.CUT);
        assertThat(decide(policy, ROBOT, any))
                .isEqualTo(
                        new Allow(
                                "default",
                                Masks.NONE,
                                new Limits(
                                        Optional.of(most),
                                        Optional.of(
                                                new Limits.Rows(
                                                        "limit-1", 5000, Limits.Excess.CUT)))));
        usage = new Usage(60, 4900);
        assertThat(((Allow) decide(policy, ROBOT, any)).limits().nearest(usage.rowsToday()))
                .contains(new Limits.Rows("limit-1", 100, Limits.Excess.CUT));
        usage = new Usage(61, 0);
        assertThat(decide(policy, ROBOT, any))
                .isEqualTo(
                        new Deny(
                                "limit-1",
                                "Denied by limit \"limit-1\" (policy.yaml:4): more than 60"
                                        + " statements in one minute. Run it again in 60 s, when"
                                        + " the next minute begins.",
                                Decision.Why.LIMIT));
        usage = new Usage(1, 5000);
        assertThat(decide(policy, ROBOT, any).rule()).isEqualTo("limit-1");
        assertThat(((Allow) decide(policy, ANA, any)).limits().perStatement())
                .contains(new Limits.Rows("all", 2000, Limits.Excess.BLOCK));
    }

    @Test
    void a_catalog_finds_names_that_are_not_there() throws Exception {
        var policy =
                policy(
                        """
                        version: 1
                        rules:
                          - {name: r, match: {reads: [S.P.CC, T.P.X]}, effect: block}
                        masks:
                          - {name: m, columns: [S.P.C.SNN, "S.P.C.S*"], with: redact}
                        """);
        var columns = List.of(new Catalog.Column("SSN", "TEXT"));
        var relation = new Catalog.Relation(name("S.P.C"), Catalog.Kind.TABLE, columns, null);
        var known = new Catalog(1, Set.of("S"), Map.of(name("S.P.C"), relation));
        assertThat(policy.check(known))
                .extracting(Object::toString)
                .containsExactly(
                        """
                        policy.yaml:3:31: unknown table or view S.P.CC; did you mean "S.P.C"?
                              - {name: r, match: {reads: [S.P.CC, T.P.X]}, effect: block}
                                                          ^""",
                        """
                        policy.yaml:5:25: S.P.C has no column SNN; did you mean "SSN"?
                              - {name: m, columns: [S.P.C.SNN, "S.P.C.S*"], with: redact}
                                                    ^""");
        assertThat(policy.check(Catalog.EMPTY)).isEmpty();
    }

    private boolean allows(Policy policy, Understood statement) {
        return decide(policy, ANA, statement) instanceof Allow;
    }

    private String policyRule(Policy policy, Understood statement) {
        return decide(policy, ANA, statement).rule();
    }

    private Map<ObjectName, Map<String, ColumnMask>> masks(
            Policy policy, Identity who, Understood statement) {
        return ((Allow) decide(policy, who, statement)).masks().columns();
    }

    private Decision decide(Policy policy, Identity who, Understood statement) {
        var session =
                new SessionView(
                        "prod", "R", Optional.empty(), Optional.empty(), "", catalog, _ -> false);
        return policy.decide(who, session, statement, usage, now);
    }

    private Policy policy(String yaml) throws Exception {
        return PolicyFile.read(Files.writeString(folder.resolve("policy.yaml"), yaml), Set.of());
    }

    private static Understood select(ObjectAccess... accesses) {
        return understood(StatementClass.SELECT, new Objects.Known(List.of(accesses)));
    }

    private static Understood dml(StatementClass kind, ObjectAccess... accesses) {
        return understood(kind, new Objects.Known(List.of(accesses)));
    }

    private static Understood drop(String... mentioned) {
        return understood(StatementClass.DROP, new Objects.Unknown("why", Set.of(mentioned)));
    }

    private static Understood understood(StatementClass kind, Objects objects) {
        return new Understood(
                kind, Set.of(), kind.implied(), true, List.of(), objects, Structure.NONE);
    }

    private static ObjectAccess read(String object, String... columns) {
        return new ObjectAccess(name(object), Mode.READ, Set.of(columns), false);
    }

    private static ObjectAccess readAll(String object) {
        return new ObjectAccess(name(object), Mode.READ, Set.of(), true);
    }

    private static ObjectAccess write(String object) {
        return new ObjectAccess(name(object), Mode.WRITE, Set.of(), false);
    }

    private static ObjectName name(String dotted) {
        var parts = dotted.split("\\.", -1);
        return new ObjectName(parts[0], parts[1], parts[2]);
    }

    private static Identity identity(Kind kind, String... groups) {
        return new Identity(
                "u", "ana@acme.io", kind, Set.of(groups), "https://idp.acme.io", Instant.MAX);
    }
}
