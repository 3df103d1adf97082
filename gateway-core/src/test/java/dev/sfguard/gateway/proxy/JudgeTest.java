package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.gateway.policy.Decision;
import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.policy.Usage;
import dev.sfguard.gateway.sql.Catalog;
import dev.sfguard.gateway.sql.Catalog.Column;
import dev.sfguard.gateway.sql.Catalog.Kind;
import dev.sfguard.gateway.sql.Catalog.Relation;
import dev.sfguard.gateway.sql.NameScope;
import dev.sfguard.gateway.sql.ObjectName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is remembered of a text holds for the place that it was read in, and for no other.
class JudgeTest {
    private static final ObjectName T = new ObjectName("SHOP", "PUBLIC", "T");

    @TempDir Path folder;
    private Policy policy;
    private final Judge judge = new Judge();

    @BeforeEach
    void read() throws Exception {
        var file = folder.resolve("policy.yaml");
        Files.writeString(
                file,
                TestGateway.POLICY
                        + """
                        masks:
                          - {name: pii, columns: ["SHOP.*.*.SSN"], with: redact}
                        """);
        policy = PolicyFile.read(file, Set.of());
    }

    private static Catalog catalog(String... columns) {
        var list = List.of(columns).stream().map(name -> new Column(name, "TEXT")).toList();
        return new Catalog(1, Set.of("SHOP"), Map.of(T, new Relation(T, Kind.TABLE, list, null)));
    }

    private Judgement judge(String connection, NameScope scope, Catalog catalog, String text) {
        var around =
                new Surroundings(
                        connection, Set.of("ANALYST_RO"), scope, "", Optional.empty(), _ -> false);
        return judge.judge(
                policy, TestGateway.ANA, around, catalog, text, Usage.NONE, Instant.EPOCH);
    }

    private static final NameScope SCOPE = new NameScope("SHOP", "PUBLIC");

    @Test
    void two_connections_with_equal_names_and_versions_are_told_apart() {
        var one = judge("one", SCOPE, catalog("A", "B"), "select * from t");
        var other = judge("other", SCOPE, catalog("A", "SSN"), "select * from t");
        assertThat(one.text("select * from t")).isEqualTo("select * from t");
        assertThat(other.text("select * from t")).contains("'***' AS \"SSN\"");
    }

    @Test
    void the_same_text_means_another_table_in_another_schema() {
        var catalog = catalog("SSN");
        assertThat(judge("one", SCOPE, catalog, "select * from t").whole())
                .isInstanceOf(Decision.Allow.class);
        assertThat(judge("one", new NameScope("OTHER", "S"), catalog, "select * from t").whole())
                .isInstanceOf(Decision.Deny.class);
        assertThat(judge("one", NameScope.NONE, catalog, "select * from t").whole())
                .isInstanceOf(Decision.Deny.class);
    }

    @Test
    void every_statement_of_a_text_is_masked_in_its_place_and_the_rest_stays() {
        String text = " select 1 ; -- one\nselect ssn from t;\n/* x */ select ssn from t u ;";
        assertThat(judge("one", SCOPE, catalog("SSN"), text).text(text))
                .isEqualTo(
                        " select 1 ; -- one\nselect ssn from (SELECT * REPLACE ('***' AS \"SSN\") FROM"
                                + " \"SHOP\".\"PUBLIC\".\"T\") AS \"T\";\n/* x */ select ssn from"
                                + " (SELECT * REPLACE ('***' AS \"SSN\") FROM"
                                + " \"SHOP\".\"PUBLIC\".\"T\") u ;");
    }

    @Test
    void after_a_statement_whose_end_cannot_be_foreseen_no_bare_name_is_trusted() {
        String text = "create schema if not exists x; select ssn from t";
        var judged = judge("one", SCOPE, catalog("SSN"), text);
        assertThat(judged.whole()).isInstanceOf(Decision.Deny.class);
        assertThat(judged.ends()).isEmpty();
    }
}
