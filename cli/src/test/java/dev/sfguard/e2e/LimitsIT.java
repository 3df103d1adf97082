package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sfguard.e2e.Stage.Person;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import net.snowflake.client.api.resultset.SnowflakeResultSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Limits, as Snowflake's own drivers and our command meet them.
class LimitsIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LIMIT = 98_017;
    private static final String MANY =
            "select seq4() as n, 'row ' || seq4() as t from table(generator(rowcount => 200000))";

    @TempDir Path folder;

    private Stage stage(String... limits) throws Exception {
        return Stage.raise(
                folder,
                """
                version: 1
                default: block
                roles:
                  shop: {dba: DBA, analysts: ANALYST_RO, agents: AGENT_RO}
                rules:
                  - name: work
                    match: {statement: [SELECT, SHOW, DESCRIBE, USE, ALTER_SESSION, INSERT, CREATE]}
                    effect: allow
                limits:
                """
                        + "  - "
                        + String.join("\n  - ", limits)
                        + "\n");
    }

    /// Reads all rows and finds the first `expected` numbers in them, each once and in order.
    private static void assertFirst(long expected, Connection connection) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery(MANY)) {
            long count = 0;
            while (rows.next()) {
                assertThat(rows.getLong(1)).isEqualTo(count);
                count++;
            }
            assertThat(count).isEqualTo(expected);
            assertThat(rows.unwrap(SnowflakeResultSet.class).getQueryID()).isNotEmpty();
        }
    }

    private static Ran exec(Person person, String... more) throws Exception {
        var words = new java.util.ArrayList<>(List.of("exec", "shop"));
        words.addAll(List.of(more));
        return Ran.sfguard(person.home().folder(), words.toArray(String[]::new));
    }

    private static List<JsonNode> events(Stage stage, String type) throws Exception {
        return Recorded.events(stage).stream()
                .filter(event -> event.path("type").asText().equals(type))
                .toList();
    }

    @Test
    void large_results_end_at_the_limit_and_everybody_is_told() throws Exception {
        try (var stage =
                stage(
                        "{name: analysts, who: {groups: [analysts]}, rows_per_statement: 1000}",
                        "{name: admins, who: {groups: [dba]}, rows_per_statement: 123456}")) {
            try (var connection = stage.ana().jdbc()) {
                assertFirst(1000, connection);
                assertFirst(1000, connection);
            }
            try (var connection = stage.bo().jdbc()) {
                assertFirst(123_456, connection);
            }

            var cuts = events(stage, "ended").stream().map(it -> it.path("cut")).toList();
            assertThat(cuts)
                    .extracting(JsonNode::toString)
                    .contains(
                            "{\"rows\":1000,\"limit\":\"analysts\"}",
                            "{\"rows\":123456,\"limit\":\"admins\"}");
            assertThat(events(stage, "rows").stream().mapToLong(it -> it.path("count").asLong()))
                    .satisfies(
                            counts ->
                                    assertThat(counts.stream().mapToLong(Long::longValue).sum())
                                            .isLessThan(130_000));

            var csv = exec(stage.ana(), "-q", MANY, "-o", "csv");
            assertThat(csv.status()).isZero();
            assertThat(csv.out().lines()).hasSize(1001);
            assertThat(csv.err()).contains("Note: cut at 1000 rows by limit \"analysts\".\n");
            var json = exec(stage.ana(), "-q", MANY + "; select 1", "-o", "json");
            var told = JSON.readTree(json.out());
            assertThat(told.path(0).path("note").asText())
                    .isEqualTo("cut at 1000 rows by limit \"analysts\"");
            assertThat(told.path(0).path("rows")).hasSize(1000);
            assertThat(told.path(1).has("note")).isFalse();

            var session = Recorded.sessions(stage).path(0).path("id").asText();
            var replay = Ran.sfguard(stage.bo().home().folder(), "replay", "--text", session);
            assertThat(replay.out()).contains("cut at 1000 rows by limit \"analysts\"");
            var listed = Ran.sfguard(stage.bo().home().folder(), "sessions", session, "-o", "json");
            assertThat(listed.out()).contains("cut at 1000 rows by limit \\\"analysts\\\"");
        }
    }

    @Test
    void node_reads_cut_results() throws Exception {
        var judges = NpmProject.install("node", "limits are not tested with the Node driver");
        try (var stage =
                stage(
                        "{name: analysts, who: {groups: [analysts]}, rows_per_statement: 1000}",
                        "{name: admins, who: {groups: [dba]}, rows_per_statement: 123456}")) {
            var few = judge(judges, stage.ana(), "chunks");
            assertThat(few.path("count").asInt()).isEqualTo(1000);
            assertThat(few.path("sum").asLong()).isEqualTo(999L * 1000 / 2);
            var more = judge(judges, stage.bo(), "chunks");
            assertThat(more.path("count").asInt()).isEqualTo(123_456);
            assertThat(more.path("sum").asLong()).isEqualTo(123_455L * 123_456 / 2);
            assertThat(judge(judges, stage.ana(), "async").path("rows")).hasSize(1);
            assertThat(judge(judges, stage.ana(), "multi").path("results").toString())
                    .isEqualTo("[1,2,3]");
        }
    }

    private static JsonNode judge(NpmProject judges, Person person, String scenario)
            throws Exception {
        var builder = judges.node("judge.mjs", scenario);
        builder.environment().put("SNOWFLAKE_URL", "http://127.0.0.1:" + person.port());
        builder.environment().put("SNOWFLAKE_PASSWORD", person.secret().reveal());
        var process = builder.start();
        JsonNode outcome = JSON.readTree(process.getInputStream());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(outcome.has("failed")).as("%s: %s", scenario, outcome).isFalse();
        return outcome.path("ok");
    }

    @Test
    void results_that_are_too_large_are_refused_where_the_limit_blocks() throws Exception {
        try (var stage = stage("{name: whole, rows_per_statement: 100000, excess: block}")) {
            try (var connection = stage.ana().jdbc();
                    var statement = connection.createStatement()) {
                assertThatThrownBy(() -> statement.executeQuery(MANY))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> {
                                    assertThat(refused.getErrorCode()).isEqualTo(LIMIT);
                                    assertThat(refused.getSQLState()).isEqualTo("53400");
                                    assertThat(refused.getMessage())
                                            .contains("limit \"whole\"", "more than 100000 rows");
                                });
            }
            assertThat(events(stage, "rows")).isEmpty();

            var refused = exec(stage.ana(), "-q", MANY, "-o", "csv");
            assertThat(refused.status()).isEqualTo(17);
            assertThat(refused.out()).isEmpty();
            assertThat(refused.err()).contains("limit \"whole\"");
        }
    }

    @Test
    void day_is_shared_by_the_sessions_of_one_person() throws Exception {
        try (var stage = stage("{name: daily, rows_per_day: 150000}")) {
            try (var one = stage.ana().jdbc();
                    var other = stage.ana().jdbc()) {
                MaskedShop.rows(one, "select seq4() from table(generator(rowcount => 50000))");
                assertFirst(100_000, other);
                assertThatThrownBy(() -> MaskedShop.rows(one, "select 1"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> assertThat(refused.getErrorCode()).isEqualTo(LIMIT));
            }
            try (var bo = stage.bo().jdbc()) {
                assertThat(MaskedShop.rows(bo, "select 1")).hasSize(1);
            }
        }
    }

    @Test
    void statements_of_a_minute_are_counted() throws Exception {
        try (var stage = stage("{name: slow, statements_per_minute: 8}")) {
            try (var connection = stage.ana().jdbc();
                    var statement = connection.createStatement()) {
                // The minute may end in between.
                assertThatThrownBy(
                                () -> {
                                    for (int i = 0; i < 20; i++) {
                                        statement.execute("select " + i);
                                    }
                                })
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                refused -> {
                                    assertThat(refused.getErrorCode()).isEqualTo(LIMIT);
                                    assertThat(refused.getMessage())
                                            .containsPattern("Run it again in \\d+ s");
                                });
            }
        }
    }
}
