package dev.sfguard.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileTest {
    @TempDir private Path folder;

    @Test
    void every_problem_is_pointed_at_with_line_and_caret() throws IOException {
        assertProblems(
                """
                version: 2
                defualt: block
                default: maybe
                roles:
                  prod: {dba: "no role"}
                rules:
                  - name: no-drop
                    match: {statement: [DROP, TRUNCAT]}
                    effect: block
                  - name: no-drop
                    match: {statment: DROP}
                    effect: approve
                  - who: {group: [dba]}
                    match: {statement: ["!SELECT", DROP]}
                  - name: agents
                    who: {agents: false}
                    match: {has_where: sometimes}
                    effect: block
                """,
                """
                policy.yaml:1:10: this gateway reads version 1 of the policy file
                    version: 2
                             ^
                policy.yaml:2:1: unknown key "defualt" in the file; did you mean "default"?
                    defualt: block
                    ^
                policy.yaml:3:10: "default" must be allow or block, not "maybe"
                    default: maybe
                             ^
                policy.yaml:5:15: "dba" must be the name of a role, not "no role"
                      prod: {dba: "no role"}
                                  ^
                policy.yaml:8:31: unknown statement class "TRUNCAT"; did you mean "TRUNCATE"?
                        match: {statement: [DROP, TRUNCAT]}
                                                  ^
                policy.yaml:10:5: the key "approvers" is missing in an entry of "rules"
                      - name: no-drop
                        ^
                policy.yaml:10:11: a rule named "no-drop" stands in line 7 already
                      - name: no-drop
                              ^
                policy.yaml:11:13: unknown key "statment" in "match"; did you mean "statement"?
                        match: {statment: DROP}
                                ^
                policy.yaml:13:5: the key "name" is missing in an entry of "rules"
                      - who: {group: [dba]}
                        ^
                policy.yaml:13:5: the key "effect" is missing in an entry of "rules"
                      - who: {group: [dba]}
                        ^
                policy.yaml:13:11: unknown key "group" in "who"; did you mean "groups"?
                      - who: {group: [dba]}
                              ^
                policy.yaml:14:24: classes with and without "!" cannot stand in one list: write two rules
                        match: {statement: ["!SELECT", DROP]}
                                           ^
                policy.yaml:16:19: "agents" can only be true; leave it out otherwise
                        who: {agents: false}
                                      ^
                policy.yaml:17:24: "has_where" must be true or false, not "sometimes"
                        match: {has_where: sometimes}
                                           ^""");
    }

    @Test
    void a_rule_that_can_never_fire_is_a_problem() throws IOException {
        assertProblems(
                """
                version: 1
                roles:
                  prod: {dba: DBA}
                rules:
                  - name: exempted
                    who: {groups: [a]}
                    unless: {groups: [a, b]}
                    effect: block
                  - name: nobody
                    who: {}
                    effect: block
                  - name: where-of-drop
                    match: {statement: DROP, has_where: true}
                    effect: block
                  - name: unmapped
                    match: {role: analyst}
                    effect: block
                  - name: allow-drop
                    who: {groups: [dba]}
                    match: {statement: [DROP]}
                    effect: allow
                  - name: no-drop
                    match: {statement: [DROP, TRUNCATE]}
                    effect: block
                  - name: nothing
                    match: {statement: []}
                    effect: block
                """,
                """
                policy.yaml:7:13: this rule can never fire: "unless" exempts all of "who"
                        unless: {groups: [a, b]}
                                ^
                policy.yaml:10:10: this names nobody: give users, groups, agents or humans
                        who: {}
                             ^
                policy.yaml:13:12: this rule can never fire: these statements have no WHERE
                        match: {statement: DROP, has_where: true}
                               ^
                policy.yaml:16:12: this rule can never fire: "roles" maps nobody to ANALYST
                        match: {role: analyst}
                               ^
                policy.yaml:18:5: this rule can never fire: rule "no-drop" in line 22 blocks all of it
                      - name: allow-drop
                        ^
                policy.yaml:26:24: "statement" is an empty list
                        match: {statement: []}
                                           ^""");
    }

    @Test
    void conditions_are_checked_before_anybody_meets_them() throws IOException {
        assertProblems(
                """
                version: 1
                rules:
                  - name: a
                    when: statement.knd == "DELETE" && sesion.role == "X"
                    effect: block
                  - name: b
                    when: statement.kind
                    effect: block
                  - name: c
                    when: "false && now.getHours() > 3"
                    effect: block
                  - name: d
                    when: |
                      now.getHours("UTC") > 3 &&
                        now.getHours("Europe/Berln") > 3
                    effect: block
                  - name: e
                    when: identity.name.matches('(')
                    effect: block
                  - name: f
                    when: identity == "x"
                    effect: block
                  - name: g
                    when: 1 +
                    effect: block
                """,
                """
                policy.yaml:4:11: in "when": unknown name "statement.knd"; did you mean "statement.kind"?
                        when: statement.knd == "DELETE" && sesion.role == "X"
                              ^
                policy.yaml:4:40: in "when": unknown name "sesion.role"; did you mean "session.role"?
                        when: statement.knd == "DELETE" && sesion.role == "X"
                                                           ^
                policy.yaml:7:20: in "when": expected type 'bool' but found 'string'
                        when: statement.kind
                                       ^
                policy.yaml:10:11: this rule can never fire: "when" is always false
                        when: "false && now.getHours() > 3"
                              ^
                policy.yaml:15:22: in "when": unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"?
                            now.getHours("Europe/Berln") > 3
                                         ^
                policy.yaml:18:33: in "when": this is no regular expression of RE2: missing closing )
                        when: identity.name.matches('(')
                                                    ^
                policy.yaml:21:11: in "when": "identity" alone is no value: name a part of it, such as identity.groups
                        when: identity == "x"
                              ^
                policy.yaml:24:14: in "when": mismatched input end
                        when: 1 +
                                 ^""");
    }

    @Test
    void masks_detectors_and_limits_are_checked() throws IOException {
        assertProblems(
                """
                version: 1
                rules:
                  - name: held
                    match: {writes: [ORDERS, SHOP.PUBLIC.ORDERS]}
                    effect: approve
                    approvers: {groups: [], at_least: 0, who: x}
                    expires: 3s
                  - name: free
                    effect: allow
                    approvers: {groups: [dba]}
                  - name: useless
                    match: {statement: [USE, BEGIN], reads: ["*.*.*"]}
                    effect: block
                masks:
                  - name: held
                    columns: [SHOP.PUBLIC.SSN]
                    with: partail
                  - name: default
                    columns: [SHOP.PUBLIC.C.SSN]
                    with: (select max(x) from t)
                    writes: allow
                  - name: sql
                    columns: [SHOP.PUBLIC.C.SSN]
                    with: "left(SSN, 2) || '*'"
                  - name: nothing
                    with: null
                detectors:
                  - find: [card, emial]
                    with: hash
                  - patterns: {ticket: "T-[0-9", any: "x*"}
                    with: left(x)
                  - with: redact
                limits:
                  - who: {agents: true}
                  - rows_per_statement: 0
                    excess: drop
                """,
                """
                policy.yaml:4:22: "ORDERS" must be DATABASE.SCHEMA.OBJECT, where * stands for any letters
                        match: {writes: [ORDERS, SHOP.PUBLIC.ORDERS]}
                                         ^
                policy.yaml:6:25: "groups" is an empty list
                        approvers: {groups: [], at_least: 0, who: x}
                                            ^
                policy.yaml:6:39: "at_least" must be a whole number from 1 to 20, not "0"
                        approvers: {groups: [], at_least: 0, who: x}
                                                          ^
                policy.yaml:6:42: unknown key "who" in "approvers"
                        approvers: {groups: [], at_least: 0, who: x}
                                                             ^
                policy.yaml:7:14: "expires" must be from 1m to 7d
                        expires: 3s
                                 ^
                policy.yaml:10:16: "approvers" goes with effect: approve
                        approvers: {groups: [dba]}
                                   ^
                policy.yaml:12:12: this rule can never fire: these statements touch no objects
                        match: {statement: [USE, BEGIN], reads: ["*.*.*"]}
                               ^
                policy.yaml:15:11: a rule named "held" stands in line 3 already
                      - name: held
                              ^
                policy.yaml:16:15: "SHOP.PUBLIC.SSN" must be DATABASE.SCHEMA.OBJECT.COLUMN, where * stands for any letters
                        columns: [SHOP.PUBLIC.SSN]
                                  ^
                policy.yaml:17:11: "with" must be redact, partial, null, hash or an SQL expression, not "partail"; did you mean "partial"?
                        with: partail
                              ^
                policy.yaml:18:11: "default" is a name of the gateway's own
                      - name: default
                              ^
                policy.yaml:20:11: this is no plain SQL expression: it must be one value made of the column, without a query of its own
                        with: (select max(x) from t)
                              ^
                policy.yaml:21:13: "writes" must be block or mask, not "allow"
                        writes: allow
                                ^
                policy.yaml:25:5: the key "columns" is missing in an entry of "masks"
                      - name: nothing
                        ^
                policy.yaml:28:18: unknown detector "emial"; did you mean "email"?
                      - find: [card, emial]
                                     ^
                policy.yaml:30:27: this is no regular expression of RE2: missing closing ]
                      - patterns: {ticket: "T-[0-9", any: "x*"}
                                              ^
                policy.yaml:30:39: this pattern matches the empty text: it would be found everywhere
                      - patterns: {ticket: "T-[0-9", any: "x*"}
                                                          ^
                policy.yaml:31:11: "with" must be redact, partial, null or hash, not "left(x)"
                        with: left(x)
                              ^
                policy.yaml:32:5: this finds nothing: give "find" or "patterns"
                      - with: redact
                        ^
                policy.yaml:34:5: this limits nothing: give rows_per_statement, rows_per_day or statements_per_minute
                      - who: {agents: true}
                        ^
                policy.yaml:35:25: "rows_per_statement" must be a whole number from 1 to 1000000000000, not "0"
                      - rows_per_statement: 0
                                            ^
                policy.yaml:36:13: "excess" must be cut or block, not "drop"
                        excess: drop
                                ^""");
    }

    @Test
    void the_version_is_the_hash_of_the_files_bytes() throws Exception {
        var file = Files.writeString(folder.resolve("p.yaml"), "version: 1\n");
        // printf 'version: 1\\n' | sha256sum
        assertThat(PolicyFile.read(file, Set.of()).version()).isEqualTo(HASH_OF_VERSION_1);
        Files.writeString(file, "version: 1\n\n");
        assertThat(PolicyFile.read(file, Set.of()).version())
                .hasSize(64)
                .isNotEqualTo(HASH_OF_VERSION_1);
    }

    private static final String HASH_OF_VERSION_1 =
            "09bfcc6a14b83e2192b8673677725c84883ee9cd0c70e45c9ec09daa8f2b2847";

    @Test
    void a_missing_file_says_so() {
        var file = folder.resolve("gone.yaml");
        assertThat(
                        catchThrowableOfType(
                                PolicyProblems.class, () -> PolicyFile.read(file, Set.of())))
                .hasMessage("gone.yaml: no such file: " + file);
    }

    @Test
    void an_unknown_name_in_unsafe_allow_is_the_callers_error() {
        assertThatThrownBy(() -> PolicyFile.read(folder.resolve("p"), Set.of("everything")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("unknown name in unsafe_allow: everything");
        assertThat(UnsafeAllow.configNames()).allMatch(name -> UnsafeAllow.of(name).isPresent());
    }

    @Test
    void the_file_says_of_which_connections_it_speaks() throws Exception {
        var file =
                Files.writeString(
                        folder.resolve("p.yaml"),
                        """
                        version: 1
                        roles: {prod: {a: A}}
                        rules:
                          - {name: r, match: {connection: [dev, prod]}, effect: block}
                        """);
        assertThat(PolicyFile.read(file, Set.of()).connections()).containsExactly("dev", "prod");
    }

    private void assertProblems(String policy, String expected) throws IOException {
        var file = Files.writeString(folder.resolve("policy.yaml"), policy);
        assertThat(
                        catchThrowableOfType(
                                PolicyProblems.class, () -> PolicyFile.read(file, Set.of())))
                .hasMessage(expected);
    }
}
