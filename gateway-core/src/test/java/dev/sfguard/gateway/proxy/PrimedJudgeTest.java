package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.policy.CatalogFile;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.NameScope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A judge that has seen the whole bypass corpus decides as one that has not, whoever asked before
/// and wherever names were looked up then.
class PrimedJudgeTest {
    private static final List<Set<String>> ASKERS =
            List.of(Set.of("P1"), Set.of("P2"), Set.of("P3"), Set.of("P1", "P2", "P3"));
    private static final List<NameScope> SCOPES =
            List.of(new NameScope("SHOP", "PUBLIC"), new NameScope("SHOP", "ELSEWHERE"));

    private static Policy policy;
    private static Catalog catalog;
    private static final List<String> TEXTS = new ArrayList<>();

    @BeforeAll
    static void read() throws Exception {
        var folder = Path.of(PrimedJudgeTest.class.getResource("/bypass").toURI());
        policy = PolicyFile.read(folder.resolve("corpus.policy.yaml"), Set.of());
        catalog = CatalogFile.read(folder.resolve("corpus.catalog.yaml"));
        var json = new ObjectMapper();
        try (var files = Files.list(folder)) {
            for (var file :
                    files.filter(it -> it.toString().endsWith(".jsonl")).sorted().toList()) {
                for (var line : Files.readAllLines(file)) {
                    TEXTS.add(json.readTree(line).get("sql").asText());
                }
            }
        }
    }

    @Test
    void what_is_remembered_changes_no_decision_and_no_text() {
        assertThat(TEXTS).hasSizeGreaterThan(600);
        var primed = new Judge();
        for (var groups : ASKERS) {
            for (var scope : SCOPES) {
                // It has seen what this asker asked here, and nothing of the others.
                var own = new Judge();
                for (var text : TEXTS) {
                    var fresh = judge(own, groups, scope, text);
                    var again = judge(primed, groups, scope, text);
                    assertThat(again.whole()).as("%s: %s", groups, text).isEqualTo(fresh.whole());
                    assertThat(again.text(text)).as(text).isEqualTo(fresh.text(text));
                    assertThat(again.ends()).as(text).isEqualTo(fresh.ends());
                }
            }
        }
    }

    private static Judgement judge(Judge judge, Set<String> groups, NameScope scope, String text) {
        var asker =
                new Identity(
                        "u-1",
                        "ana@acme.io",
                        Identity.Kind.HUMAN,
                        groups,
                        "https://idp.acme.io",
                        Instant.MAX);
        var around =
                new Surroundings(
                        "shop",
                        Set.of("ANALYST_RO"),
                        scope,
                        "",
                        Optional.empty(),
                        Set.of("own-query-id")::contains);
        return judge.judge(policy, asker, around, catalog, text, Usage.NONE, Instant.EPOCH);
    }
}
