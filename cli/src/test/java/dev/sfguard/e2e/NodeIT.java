package dev.sfguard.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Snowflake's Node driver, unchanged, through agent and gateway. Its packages are installed
/// below
/// `target` once; without npm the class is skipped, which CI never is.
class NodeIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static NpmProject judges;

    @TempDir static Path folder;
    static Stage stage;

    @BeforeAll
    static void raise() throws Exception {
        judges = NpmProject.install("node", "the Node driver is not tested");
        stage = Stage.raise(folder);
    }

    @AfterAll
    static void strike() throws Exception {
        if (stage != null) {
            stage.close();
        }
    }

    @Test
    void rows_arrive() throws Exception {
        assertThat(judge("query", stage.ana()).at("/ok/rows").size()).isEqualTo(3);
    }

    @Test
    void every_type_arrives() throws Exception {
        JsonNode row = judge("types", stage.ana()).path("ok");
        assertThat(row.path("number").asLong()).isEqualTo(12_345_678_901L);
        assertThat(row.path("decimal").asDouble()).isEqualTo(123.45);
        assertThat(row.path("float").asDouble()).isEqualTo(1.5);
        assertThat(row.path("text").asText()).isEqualTo("héllo ☃");
        assertThat(row.path("truth").asBoolean()).isTrue();
        assertThat(row.path("date").asText()).startsWith("2024-01-02");
        assertThat(row.path("time").asText()).startsWith("03:04:05");
        assertThat(row.path("timestamp").asText()).startsWith("2024-01-02");
        assertThat(row.path("binary").asText()).isEqualTo("48454c4c4f");
        assertThat(row.at("/variant/a").asInt()).isEqualTo(1);
        assertThat(row.at("/object/k").asText()).isEqualTo("v");
        assertThat(row.path("array").size()).isEqualTo(2);
        assertThat(row.path("nothing").isNull()).isTrue();
    }

    @Test
    void binds_arrive() throws Exception {
        assertThat(judge("binds", stage.ana()).at("/ok/rows/0/ID").asInt()).isEqualTo(7);
    }

    @Test
    void a_batch_inserts_every_row() throws Exception {
        JsonNode outcome = judge("batch", stage.bo()).path("ok");
        assertThat(outcome.path("inserted").asInt()).isEqualTo(3);
        assertThat(outcome.path("rows").size()).isEqualTo(3);
    }

    @Test
    void a_transaction_keeps_what_was_committed() throws Exception {
        assertThat(judge("transaction", stage.bo()).at("/ok/rows").toString())
                .isEqualTo("[{\"A\":2}]");
    }

    @Test
    void a_cancel_ends_the_statement() throws Exception {
        JsonNode outcome = judge("cancel", stage.ana()).path("ok");
        assertThat(outcome.path("code").asText()).isEqualTo("000604");
        assertThat(outcome.path("sqlState").asText()).isEqualTo("57014");
    }

    @Test
    void an_asynchronous_statement_is_fetched_later() throws Exception {
        assertThat(judge("async", stage.ana()).at("/ok/rows/0/N").asInt()).isEqualTo(20_000);
    }

    /// The driver keeps the answer of an asynchronous POST to itself, so the program hears of a
    /// refusal when it asks for the result.
    @Test
    void a_blocked_asynchronous_statement_shows_the_rules_message_and_never_runs()
            throws Exception {
        JsonNode failure = judge("asyncBlocked", stage.ana()).path("ok");
        assertThat(failure.path("code").asText()).isEqualTo("098011");
        assertThat(failure.path("sqlState").asText()).isEqualTo("42501");
        assertThat(failure.path("message").asText())
                .startsWith("sfguard:")
                .contains("Objects are dropped by migrations only");
        assertThat(stage.reachedTheSandbox("drop table orders")).isFalse();
    }

    @Test
    void several_statements_give_several_results() throws Exception {
        assertThat(judge("multi", stage.ana()).at("/ok/results").toString()).isEqualTo("[1,2,3]");
    }

    @Test
    void a_second_statement_that_was_not_announced_is_refused() throws Exception {
        assertThat(judge("injected", stage.ana()).at("/ok/code").asText()).isEqualTo("000008");
    }

    @Test
    void two_hundred_thousand_rows_arrive_in_chunks() throws Exception {
        JsonNode outcome = judge("chunks", stage.ana()).path("ok");
        assertThat(outcome.path("count").asInt()).isEqualTo(200_000);
        assertThat(outcome.path("sum").asLong()).isEqualTo(199_999L * 200_000 / 2);
    }

    @Test
    void a_blocked_statement_shows_the_rules_message() throws Exception {
        JsonNode failure = judge("blocked", stage.ana()).path("ok");
        assertThat(failure.path("code").asText()).isEqualTo("098011");
        assertThat(failure.path("sqlState").asText()).isEqualTo("42501");
        assertThat(failure.path("message").asText())
                .startsWith("sfguard:")
                .contains("Objects are dropped by migrations only");
        assertThat(stage.reachedTheSandbox("drop database shop")).isFalse();
    }

    @Test
    void snowflakes_own_errors_arrive_unchanged() throws Exception {
        // Bo sees nothing masked: to ana a table that nobody knows is refused before.
        assertThat(judge("unknownTable", stage.bo()).at("/ok/code").asText()).isEqualTo("002003");
    }

    private static JsonNode judge(String scenario, Stage.Person person) throws Exception {
        var builder = judges.node("judge.mjs", scenario);
        builder.environment().put("SNOWFLAKE_URL", "http://127.0.0.1:" + person.port());
        builder.environment().put("SNOWFLAKE_PASSWORD", person.secret().reveal());
        var process = builder.start();
        JsonNode outcome = JSON.readTree(process.getInputStream());
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(outcome.has("failed")).as("%s: %s", scenario, outcome).isFalse();
        return outcome;
    }
}
