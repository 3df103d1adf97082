package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sessions with large recordings, after a restart of the gateway.
class MemoryIT {
    private static final int ROWS = 300_000;

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake);
        var large = new String[ROWS][];
        for (int i = 0; i < ROWS; i++) {
            large[i] =
                    new String[] {"row " + i + " of a result that fills the recording, " + i * 7};
        }
        var answer = ScriptedSnowflake.bytes(ScriptedSnowflake.ok(snowflake.rows(large)));
        snowflake.statements.put("large", (_, _) -> answer);
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private void restart() throws Exception {
        gateway.stop();
        gateway.start();
    }

    @Test
    void session_goes_on_from_its_memory_with_its_context_its_requests_and_its_numbers()
            throws Exception {
        var tokens = gateway.login();
        var requestId = UUID.randomUUID().toString();
        var insert = TestGateway.body("insert into t values (1)");
        gateway.query(tokens, "alter session set timezone = 'UTC'");
        gateway.query(tokens, "use schema other");
        var inserted = gateway.query(tokens, requestId, insert);
        var id = inserted.path("data").path("queryId").asText();
        snowflake.paths.put(
                "/queries/" + id + "/result",
                (_, _) -> {
                    ObjectNode data = snowflake.rows(new String[] {"1"});
                    return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data.put("queryId", id)));
                });
        gateway.query(tokens, "select 'large'");
        gateway.query(tokens, "alter session set timezone = 'Asia/Tokyo'");
        gateway.query(tokens, "select 'last'");

        restart();
        var before = snowflake.received().size();
        var repeat = gateway.query(tokens, requestId, insert);
        gateway.query(tokens, "select 'next'");

        assertThat(gateway.events(RecordingEvent.Remembered.class)).hasSize(1);
        assertThat(repeat.path("data").path("queryId").asText()).isEqualTo(id);
        assertThat(snowflake.received().subList(before, snowflake.received().size()))
                .containsExactly(
                        "use schema other",
                        "alter session set timezone = 'Asia/Tokyo'",
                        "select 'next'");
        assertThat(gateway.events(RecordingEvent.Asked.class).getLast().statement()).isEqualTo(7);
    }

    @Test
    void open_transaction_that_only_the_memory_knows_of_still_ends_the_session() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "begin");
        gateway.query(tokens, "select 'large'");
        gateway.query(tokens, "select 1");
        gateway.query(tokens, "select 2");

        restart();
        var answer = gateway.query(tokens, "insert into t values (1)");

        assertThat(answer.path("code").asText()).isEqualTo("390111");
        assertThat(answer.path("message").asText()).contains("a transaction was open");
    }

    @Test
    void statement_that_was_refused_for_good_stays_so_by_the_memory() throws Exception {
        var tokens = gateway.login();
        snowflake.statements.put(
                "lost",
                (_, exchange) -> {
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write('{');
                    return null;
                });
        var requestId = UUID.randomUUID().toString();
        var body = TestGateway.body("insert into lost values (1)");
        gateway.query(tokens, requestId, body);
        gateway.query(tokens, "select 'large'");
        gateway.query(tokens, "select 1");

        restart();
        var repeat = gateway.query(tokens, requestId, body);

        assertThat(repeat.path("code").asText()).isEqualTo("098019");
        assertThat(snowflake.received().stream().filter(sql -> sql.contains("lost"))).hasSize(1);
    }

    @Test
    void memory_that_is_not_where_the_store_says_is_not_missed() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "use schema other");
        gateway.query(tokens, "select 1");
        var session = gateway.events(RecordingEvent.Opened.class).getFirst().session();
        gateway.store().remembered(session, 4);

        restart();
        gateway.query(tokens, "select 2");

        assertThat(snowflake.received()).containsSubsequence("use schema other", "select 2");
        assertThat(snowflake.received().stream().filter("use schema other"::equals)).hasSize(2);
    }
}
