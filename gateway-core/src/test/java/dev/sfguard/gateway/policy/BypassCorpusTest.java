package dev.sfguard.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.proxy.Trial;
import dev.sfguard.gateway.sql.Catalog;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Ways around the policy. A statement that lands in `bypass/` stays in it.
class BypassCorpusTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Policy POLICY = policy();
    private static final Catalog CATALOG = catalog();

    @ParameterizedTest(name = "{0}")
    @MethodSource("decided")
    void the_policy_gives_the_expected_verdict(String id, JsonNode row) {
        assertThat(verdict(row).toString())
                .as("%s %s: %s", id, row.get("attack").asText(), row.get("sql").asText())
                .isIn(accepted(row));
    }

    static Stream<Object[]> decided() throws Exception {
        return rows().map(row -> new Object[] {id(row), row});
    }

    @Test
    void no_row_is_lost_and_none_stands_twice() throws Exception {
        assertThat(rows("founding.jsonl")).hasSize(40);
        assertThat(rows("floor.jsonl")).hasSize(129);
        assertThat(rows("guards.jsonl")).hasSize(34);
        assertThat(rows("approval.jsonl")).hasSize(13);
        assertThat(rows("masking.jsonl")).hasSize(128);
        assertThat(rows("review.jsonl")).hasSize(3);
        assertThat(rows("oracles.jsonl")).hasSize(53);
        assertThat(rows("snowflake.jsonl")).hasSize(177);
        assertThat(rows("refused.jsonl")).hasSize(82);
        assertThat(rows("primed.jsonl")).hasSize(30);
        assertThat(rows().map(BypassCorpusTest::id)).doesNotHaveDuplicates();
    }

    @Test
    void policy_and_catalog_of_the_corpus_fit() {
        assertThat(POLICY.check(CATALOG)).isEmpty();
    }

    private static Stream<JsonNode> rows() throws Exception {
        return Stream.of(
                        rows("founding.jsonl"),
                        rows("floor.jsonl"),
                        rows("guards.jsonl"),
                        rows("approval.jsonl"),
                        rows("masking.jsonl"),
                        rows("oracles.jsonl"),
                        rows("snowflake.jsonl"),
                        rows("refused.jsonl"),
                        rows("primed.jsonl"),
                        rows("review.jsonl"))
                .flatMap(it -> it);
    }

    /// The expected verdict, and those that are stricter and safe too.
    private static List<String> accepted(JsonNode row) {
        var accepted = new ArrayList<String>();
        accepted.add(row.get("expect").asText());
        row.path("accept").forEach(verdict -> accepted.add(verdict.asText()));
        return accepted;
    }

    private static Stream<JsonNode> rows(String file) throws Exception {
        return Files.readAllLines(resource(file)).stream().map(BypassCorpusTest::parse);
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new AssertionError("a row that is no JSON: " + line, e);
        }
    }

    private static String id(JsonNode row) {
        return row.get("id").asText();
    }

    private static Verdict verdict(JsonNode row) {
        var ana =
                new Identity(
                        "u-1",
                        "ana@acme.io",
                        Identity.Kind.HUMAN,
                        Set.of(row.get("given").asText().split("\\+", -1)),
                        "https://idp.acme.io",
                        Instant.MAX);
        var session =
                new SessionView(
                        "shop",
                        "ANALYST_RO",
                        Optional.of("SHOP"),
                        Optional.of("PUBLIC"),
                        "",
                        CATALOG,
                        Set.of("own-query-id")::contains);
        // By the code that a gateway runs, rewriting included.
        return Trial.run(POLICY, ana, session, row.get("sql").asText(), Instant.EPOCH)
                .strictest()
                .verdict();
    }

    private static Policy policy() {
        try {
            return PolicyFile.read(resource("corpus.policy.yaml"), Set.of());
        } catch (Exception e) {
            throw new AssertionError("the corpus has no policy", e);
        }
    }

    private static Catalog catalog() {
        try {
            return CatalogFile.read(resource("corpus.catalog.yaml"));
        } catch (Exception e) {
            throw new AssertionError("the corpus has no catalog", e);
        }
    }

    private static Path resource(String name) throws URISyntaxException {
        return Path.of(BypassCorpusTest.class.getResource("/bypass/" + name).toURI());
    }
}
