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
                masks: []
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
                policy.yaml:10:11: a rule named "no-drop" stands in line 7 already
                      - name: no-drop
                              ^
                policy.yaml:11:13: unknown key "statment" in "match"; did you mean "statement"?
                        match: {statment: DROP}
                                ^
                policy.yaml:12:13: "effect" must be allow or block, not "approve"
                        effect: approve
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
                                           ^
                policy.yaml:19:1: unknown key "masks" in the file
                    masks: []
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
    void keys_of_later_times_are_refused_as_unknown() throws IOException {
        assertProblems(
                """
                version: 1
                rules:
                  - name: held
                    match: {statement: DELETE, writes: [SHOP.PUBLIC.ORDERS]}
                    when: now.getHours() > 18
                    effect: block
                """,
                """
                policy.yaml:4:32: unknown key "writes" in "match"
                        match: {statement: DELETE, writes: [SHOP.PUBLIC.ORDERS]}
                                                   ^
                policy.yaml:5:5: unknown key "when" in an entry of "rules"
                        when: now.getHours() > 18
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
