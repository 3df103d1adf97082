package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sfguard.sandbox.ReceivedStatement;
import dev.sfguard.sandbox.issuer.DevIssuerSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every row of the bypass corpus through Snowflake's own drivers, agent and gateway; the sandbox's
/// log is the witness of what passed.
///
/// What is asked for masked people is asked twice: between the two, every protected value in the
/// sandbox becomes another one. Whoever gets the same answer both times has learned nothing.
class BypassIT {
    private static final List<BypassRow> ROWS = BypassRow.all();
    private static final String MASKED = "mask";

    /// What the gateway itself sends when a session begins.
    private static final String AT_LOGIN = "USE SECONDARY ROLES NONE";

    @TempDir static Path folder;
    static Stage stage;
    static ProtectedValues real;
    static ProtectedValues replaced;
    static final Map<String, Attempt> FIRST = new LinkedHashMap<>();
    static final Map<String, Attempt> SECOND = new LinkedHashMap<>();
    static final Map<String, Attempt> UNMASKED_FIRST = new LinkedHashMap<>();
    static final Map<String, Attempt> UNMASKED_SECOND = new LinkedHashMap<>();
    private static final Map<String, Stage.Person> PEOPLE = new LinkedHashMap<>();

    @BeforeAll
    static void tryEverything() throws Exception {
        var given = ROWS.stream().map(BypassRow::given).distinct().toList();
        stage = Stage.raiseWith(given.stream().map(BypassIT::user).toList(), policy(), folder);
        for (String groups : given) {
            PEOPLE.put(groups, stage.person(name(groups)));
        }
        try (var warehouse = stage.warehouse()) {
            MaskedShop.run(warehouse, "create table shop.public.events (id int, \"drop\" varchar)");
            // Small, so that a cross join is over soon.
            MaskedShop.run(warehouse, "delete from shop.public.customers where id > 60");
            MaskedShop.run(warehouse, "delete from shop.public.orders where id > 150");
            real = ProtectedValues.read(warehouse);
            for (String groups : given) {
                attempt(groups, row -> row.given().equals(groups), FIRST);
            }
            attempt("P1", BypassIT::isOracle, UNMASKED_FIRST);
            ProtectedValues.replace(warehouse);
            replaced = ProtectedValues.read(warehouse);
            for (String groups : given) {
                attempt(groups, row -> row.given().equals(groups) && row.isMasked(), SECOND);
            }
            attempt("P1", BypassIT::isOracle, UNMASKED_SECOND);
        }
    }

    /// Statements that only read, each of which asks something of a protected value.
    private static boolean isOracle(BypassRow row) {
        return row.id().startsWith("Q");
    }

    /// By chance: which rows a sample takes.
    private static boolean drawsLots(BypassRow row) {
        return row.attack().contains("sample");
    }

    @AfterAll
    static void strike() throws Exception {
        stage.close();
    }

    private static DevIssuerSettings.User user(String groups) {
        String name = name(groups);
        return new DevIssuerSettings.User(
                name, name + "-pw", name + "@shop.example", Set.of(groups.split("\\+", -1)));
    }

    private static String name(String groups) {
        return groups.replace("+", "").toLowerCase(java.util.Locale.ROOT);
    }

    /// The corpus's own, with roles for the stage's people.
    private static String policy() throws Exception {
        return Files.readString(BypassRow.FOLDER.resolve("corpus.policy.yaml"))
                .replace("shop: {P1:", "shop: {dba: DBA, analysts: DBA, P1:");
    }

    private static void attempt(
            String groups, Predicate<BypassRow> which, Map<String, Attempt> outcomes)
            throws Exception {
        try (var session = new AttackerSession(stage, PEOPLE.get(groups))) {
            for (var row : ROWS.stream().filter(which).toList()) {
                outcomes.put(row.id(), session.attempt(row));
            }
        }
    }

    static List<BypassRow> rows() {
        return ROWS;
    }

    static List<BypassRow> masked() {
        return ROWS.stream().filter(BypassRow::isMasked).toList();
    }

    static List<BypassRow> oracles() {
        return ROWS.stream().filter(BypassIT::isOracle).toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void each_row_gets_its_verdict_through_the_driver(BypassRow row) {
        var attempt = FIRST.get(row.id());
        assertThat(attempt.verdict()).as("%s%n%s", row.sql(), attempt).isIn(row.accepted());
    }

    @ParameterizedTest
    @MethodSource("masked")
    void where_masks_apply_no_protected_table_reaches_snowflake_as_it_is(BypassRow row) {
        var attempt = FIRST.get(row.id());
        if (attempt.verdict().equals(MASKED)) {
            assertThat(attempt.received()).hasSize(1).allMatch(MaskedText::hasProjection);
            assertThat(attempt.received())
                    .noneMatch(text -> !definesItself(text) && MaskedText.reachesProtected(text));
        }
    }

    /// `WITH customers AS (…)`: such a name is the statement's own; what it delivers is looked at
    /// below.
    private static boolean definesItself(String text) {
        return text.matches("(?is).*\\bcustomers\\s+as\\s*\\(.*");
    }

    @ParameterizedTest
    @MethodSource("masked")
    void nothing_that_is_delivered_shows_a_protected_value(BypassRow row) {
        var attempt = FIRST.get(row.id());
        assertThat(attempt.cells()).as(row.sql()).noneMatch(real::shows);
        assertThat(attempt.failure()).as(row.sql()).doesNotMatch(real::shows);
    }

    @ParameterizedTest
    @MethodSource("masked")
    void answers_are_the_same_whatever_the_protected_values_are(BypassRow row) {
        var first = FIRST.get(row.id());
        var second = SECOND.get(row.id());
        // The first answer also primed the gateway's memory of texts.
        assertThat(second.verdict()).as(row.sql()).isEqualTo(first.verdict());
        assertThat(second.failure()).as(row.sql()).isEqualTo(first.failure());
        if (!drawsLots(row)) {
            assertThat(second.cells()).as(row.sql()).isEqualTo(first.cells());
        }
    }

    /// Or the test above would prove nothing.
    @ParameterizedTest
    @MethodSource("oracles")
    void whoever_is_not_masked_gets_other_answers(BypassRow row) {
        var first = UNMASKED_FIRST.get(row.id());
        var second = UNMASKED_SECOND.get(row.id());
        assertThat(first.verdict()).as(row.sql()).isEqualTo("allow");
        assertThat(first.cells() + first.failure())
                .as(row.sql())
                .isNotEqualTo(second.cells() + second.failure());
    }

    @Test
    void much_of_the_corpus_is_answered_and_not_only_refused() {
        var answered =
                masked().stream()
                        .map(row -> FIRST.get(row.id()))
                        .filter(it -> !it.received().isEmpty() && it.failure().isEmpty())
                        .toList();
        assertThat(answered).hasSizeGreaterThan(60);
    }

    /// JDBC sends no GET or PUT where the gateway tells it that there are no file transfers; Node
    /// sends them.
    @Test
    void another_driver_is_refused_the_same_and_the_sandbox_saw_none_of_it() throws Exception {
        var node = NpmProject.install("node", "the corpus is not tried with the Node driver");
        for (var person : PEOPLE.entrySet()) {
            var rows =
                    ROWS.stream()
                            .filter(row -> row.given().equals(person.getKey()))
                            .filter(row -> !row.sql().contains(AttackerSession.OWN_QUERY_ID))
                            .toList();
            stage.sandbox().forgetReceived();
            var seen = NodeAttempts.of(node, person.getValue(), rows);
            var arrived = stage.sandbox().received().stream().map(ReceivedStatement::text).toList();
            var allowed = new ArrayList<String>();
            for (var row : rows) {
                var first = FIRST.get(row.id()).verdict();
                boolean passes = first.equals("allow") || first.equals(MASKED);
                var outcome = seen.get(row.id());
                if (first.equals("allow")) {
                    allowed.add(row.sql());
                }
                if (!passes && !row.sql().isBlank()) {
                    assertThat(outcome.path("code").asText())
                            .as("%s: %s", row, outcome)
                            .isIn("098011", "098012", "000900");
                } else if (row.isMasked()) {
                    assertThat(outcome.path("code").asText()).as(row.sql()).doesNotStartWith("098");
                    assertThat(outcome.path("rows"))
                            .noneMatch(cells -> replaced.shows(cells.asText()));
                }
            }
            assertThat(arrived)
                    .filteredOn(text -> !text.equals(AT_LOGIN))
                    .filteredOn(text -> rows.stream().anyMatch(row -> row.sql().equals(text)))
                    .hasSameElementsAs(allowed);
        }
    }
}
