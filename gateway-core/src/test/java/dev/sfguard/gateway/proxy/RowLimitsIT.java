package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One row stands in the reply, ten in each of three parts.
class RowLimitsIT {
    private static final int PER_PART = 10;
    private static final String LIMIT = "098017";

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;
    private final String queryId = ScriptedSnowflake.queryId();

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        snowflake.statements.put("parts", (_, _) -> reply(queryId));
        snowflake.paths.put("/queries/" + queryId + "/result", (_, _) -> reply(queryId));
        snowflake.paths.put(
                "/bucket/part-\\d",
                (call, _) ->
                        part(Integer.parseInt(call.path().substring(13)))
                                .getBytes(StandardCharsets.UTF_8));
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private void limits(String... limits) throws Exception {
        policy(TestGateway.POLICY + "limits:\n  - " + String.join("\n  - ", limits) + "\n");
    }

    private void policy(String text) throws Exception {
        gateway = new TestGateway(folder, snowflake, TestGateway.settings(), text);
    }

    private byte[] reply(String id) throws Exception {
        var data = snowflake.rows(new String[] {"inline", "0"});
        var chunks = data.putArray("chunks");
        for (int i = 0; i < 3; i++) {
            chunks.addObject()
                    .put("url", snowflake.uri() + "/bucket/part-" + i)
                    .put("rowCount", PER_PART)
                    .put("uncompressedSize", 100_000)
                    .put("compressedSize", 10_000);
        }
        data.put("queryId", id);
        data.put("total", 1 + 3 * PER_PART).put("returned", 1 + 3 * PER_PART);
        return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
    }

    private static String part(int number) {
        return String.join(
                ",",
                IntStream.range(0, PER_PART)
                        .mapToObj(i -> "[\"p" + number + "\",\"" + i + " ],[ \"]")
                        .toList());
    }

    private ObjectNode several(int rows) {
        return snowflake.rows(
                IntStream.range(0, rows)
                        .mapToObj(i -> new String[] {"row " + i})
                        .toArray(String[][]::new));
    }

    private void answers(String sql, int rows) {
        snowflake.statements.put(
                sql, (_, _) -> ScriptedSnowflake.bytes(ScriptedSnowflake.ok(several(rows))));
    }

    private void answerGzipped(String rows) throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(rows.getBytes(StandardCharsets.UTF_8));
        }
        snowflake.paths.put(
                "/bucket/part-\\d",
                (_, exchange) -> {
                    exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                    return packed.toByteArray();
                });
    }

    private HttpResponse<byte[]> fetch(JsonNode data, int part) {
        try {
            var url = data.path("chunks").path(part).path("url").asText();
            return gateway.send(
                    gateway.anaPort(),
                    "GET",
                    url.substring(url.indexOf("/chunks/")),
                    null,
                    null,
                    Delivery.TICKET,
                    data.path("chunkHeaders").path(Delivery.TICKET).asText(),
                    "Accept-Encoding",
                    "gzip");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode rows(HttpResponse<byte[]> reply) throws Exception {
        return Json.mapper().readTree("[" + new String(reply.body(), StandardCharsets.UTF_8) + "]");
    }

    private static String note(JsonNode reply) {
        for (var parameter : reply.path("data").path("parameters")) {
            if (parameter.path("name").asText().equals("SFGUARD_NOTE")) {
                return parameter.path("value").asText();
            }
        }
        return "";
    }

    private int recordedRows() throws Exception {
        return gateway.events(RecordingEvent.Rows.class).stream()
                .mapToInt(RecordingEvent.Rows::count)
                .sum();
    }

    private static void assertRefused(JsonNode reply) {
        assertThat(reply.path("success").asBoolean()).isFalse();
        assertThat(reply.path("code").asText()).isEqualTo(LIMIT);
        assertThat(reply.path("data").path("sqlState").asText()).isEqualTo("53400");
        assertThat(reply.path("data").has("rowset")).isFalse();
    }

    @Test
    void rows_in_the_reply_are_cut_and_the_recording_says_so() throws Exception {
        limits("{name: few, rows_per_statement: 3}");
        answers("many", 5);

        var reply = gateway.query(gateway.login(), "select 'many'");

        assertThat(reply.path("data").path("rowset").toString())
                .isEqualTo("[[\"row 0\"],[\"row 1\"],[\"row 2\"]]");
        assertThat(reply.path("data").path("total").asInt()).isEqualTo(3);
        assertThat(note(reply)).endsWith(" cut at 3 rows by limit \"few\"");
        var ended = gateway.events(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(3);
        assertThat(ended.cut()).isEqualTo(new RecordingEvent.Cut(3, "few"));
        assertThat(recordedRows()).isEqualTo(3);
    }

    @Test
    void result_within_the_limit_is_whole_and_has_no_note() throws Exception {
        limits("{name: few, rows_per_statement: 31}");
        var reply = gateway.query(gateway.login(), "select 'parts'");

        assertThat(reply.path("data").path("chunks")).hasSize(3);
        assertThat(rows(fetch(reply.path("data"), 2))).hasSize(PER_PART);
        assertThat(note(reply)).isEmpty();
    }

    @Test
    void parts_end_at_the_limit_in_whatever_order_and_however_often_they_are_fetched()
            throws Exception {
        limits("{name: few, rows_per_statement: 16}");
        var data = gateway.query(gateway.login(), "select 'parts'").path("data");
        assertThat(data.path("total").asInt()).isEqualTo(16);
        assertThat(data.path("chunks")).hasSize(2);
        assertThat(data.path("chunks").path(1).path("rowCount").asInt()).isEqualTo(5);

        var second = CompletableFuture.supplyAsync(() -> fetch(data, 1));
        var again = CompletableFuture.supplyAsync(() -> fetch(data, 1));
        var first = CompletableFuture.supplyAsync(() -> fetch(data, 0));

        assertThat(rows(first.get())).hasSize(PER_PART);
        assertThat(rows(second.get())).hasSize(5);
        assertThat(rows(again.get()).toString()).isEqualTo(rows(second.get()).toString());
        assertThat(rows(fetch(data, 1)).get(4).toString()).isEqualTo("[\"p1\",\"4 ],[ \"]");
        var url = data.path("chunks").path(1).path("url").asText();
        var beyond = (ObjectNode) data.deepCopy();
        ((ObjectNode) beyond.path("chunks").path(1))
                .put("url", url.substring(0, url.length() - 1) + "2");
        assertThat(fetch(beyond, 1).statusCode()).isEqualTo(403);
        var ended = gateway.events(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(16);
        assertThat(ended.cut()).isEqualTo(new RecordingEvent.Cut(16, "few"));
        assertThat(recordedRows()).isEqualTo(16);
    }

    @Test
    void gzipped_part_is_cut_as_well() throws Exception {
        limits("{name: few, rows_per_statement: 16}");
        answerGzipped(part(7));
        var data = gateway.query(gateway.login(), "select 'parts'").path("data");

        var whole = fetch(data, 0);
        var cut = fetch(data, 1);

        assertThat(whole.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(cut.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(rows(cut)).hasSize(5);
        assertThat(recordedRows()).isEqualTo(16);
    }

    @Test
    void part_with_more_rows_than_it_was_said_to_have_gives_none_of_them_away() throws Exception {
        limits("{name: few, rows_per_statement: 31}");
        var many = String.join(",", Collections.nCopies(5_000, part(7)));
        var data = gateway.query(gateway.login(), "select 'parts'").path("data");
        for (boolean packed : new boolean[] {true, false}) {
            if (packed) {
                answerGzipped(many);
            } else {
                snowflake.paths.put(
                        "/bucket/part-\\d", (_, _) -> many.getBytes(StandardCharsets.UTF_8));
            }
            var reply = fetch(data, 0);
            assertThat(reply.statusCode()).isEqualTo(500);
            assertThat(new String(reply.body(), StandardCharsets.UTF_8)).doesNotContain("p7");
        }

        // The one in the reply.
        assertThat(recordedRows()).isEqualTo(1);
    }

    /// Rows without brackets around them are no JSON, and Node's driver believes what it is told.
    @Test
    void small_part_is_not_called_json() throws Exception {
        limits("{name: few, rows_per_statement: 16}");
        var data = gateway.query(gateway.login(), "select 'parts'").path("data");

        assertThat(fetch(data, 1).headers().firstValue("Content-Type"))
                .contains("application/octet-stream");
    }

    @Test
    void parts_are_cut_at_the_same_row_after_a_restart() throws Exception {
        limits("{name: few, rows_per_statement: 16, rows_per_day: 20}");
        var tokens = gateway.login();
        var data = gateway.query(tokens, "select 'parts'").path("data");
        assertThat(rows(fetch(data, 0))).hasSize(PER_PART);

        gateway.stop();
        gateway.start();

        assertThat(rows(fetch(data, 1))).hasSize(5);
        assertThat(rows(fetch(data, 0))).hasSize(PER_PART);
        var ended = gateway.events(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(16);
        assertThat(ended.cut()).isEqualTo(new RecordingEvent.Cut(16, "few"));
        // The same result as a whole: the statement's limit holds, whatever the day still has.
        var whole = gateway.get("/queries/" + queryId + "/result", tokens.token());
        assertThat(whole.path("data").path("total").asInt()).isBetween(1, 16);
    }

    @Test
    void result_that_is_polled_for_is_cut() throws Exception {
        limits("{name: few, rows_per_statement: 2}");
        snowflake.statements.put("slow", (_, _) -> ScriptedSnowflake.running(queryId, "333334"));
        snowflake.paths.put(
                "/queries/" + queryId + "/result",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(several(4).put("queryId", queryId))));
        var tokens = gateway.login();
        gateway.query(
                tokens,
                UUID.randomUUID().toString(),
                TestGateway.body("select 'slow'").put("asyncExec", true));

        var first = gateway.get("/queries/" + queryId + "/result", tokens.token());
        var second = gateway.get("/queries/" + queryId + "/result", tokens.token());
        gateway.stop();
        gateway.start();
        var third = gateway.get("/queries/" + queryId + "/result", tokens.token());

        for (var reply : List.of(first, second, third)) {
            assertThat(reply.path("data").path("rowset")).hasSize(2);
            assertThat(note(reply)).isEqualTo(queryId + " cut at 2 rows by limit \"few\"");
        }
    }

    @Test
    void each_result_of_several_statements_is_cut() throws Exception {
        limits("{name: few, rows_per_statement: 2}");
        var ids = new String[] {ScriptedSnowflake.queryId(), ScriptedSnowflake.queryId()};
        snowflake.statements.put(
                "select 'a'",
                (_, _) ->
                        ScriptedSnowflake.bytes(
                                ScriptedSnowflake.ok(
                                        several(1).put("resultIds", ids[0] + "," + ids[1]))));
        for (var id : ids) {
            snowflake.paths.put(
                    "/queries/" + id + "/result",
                    (_, _) ->
                            ScriptedSnowflake.bytes(
                                    ScriptedSnowflake.ok(several(5).put("queryId", id))));
        }
        var tokens = gateway.login();
        var body = TestGateway.body("select 'a'; select 'b'");
        body.putObject("parameters").put("MULTI_STATEMENT_COUNT", 2);
        var parent = gateway.query(tokens, UUID.randomUUID().toString(), body);

        assertThat(parent.path("data").path("rowset")).hasSize(1);
        for (var id : ids) {
            var child = gateway.get("/queries/" + id + "/result", tokens.token());
            assertThat(child.path("data").path("rowset")).hasSize(2);
        }
    }

    @Test
    void result_with_more_rows_is_refused_whole_where_the_limit_blocks() throws Exception {
        limits("{name: few, rows_per_statement: 30, excess: block}");
        var tokens = gateway.login();

        var refused = gateway.query(tokens, "select 'parts'");

        assertRefused(refused);
        assertThat(refused.path("message").asText())
                .isEqualTo(
                        "sfguard: Denied by limit \"few\": its result has more than 30 rows. Ask for"
                                + " fewer, by WHERE or LIMIT. The statement ran, and none of its"
                                + " rows are delivered.");
        assertThat(refused.path("data").path("queryId").asText()).isEqualTo(queryId);
        assertThat(recordedRows()).isZero();
        assertThat(gateway.events(RecordingEvent.Ended.class)).isEmpty();
        assertThat(gateway.events(RecordingEvent.Failed.class).getFirst().code()).isEqualTo(LIMIT);
        assertRefused(gateway.get("/queries/" + queryId + "/result", tokens.token()));
        answers("thirty", 30);
        assertThat(gateway.query(tokens, "select 'thirty'").path("data").path("rowset"))
                .hasSize(30);
        assertThat(recordedRows()).isEqualTo(30);
    }

    @Test
    void day_is_shared_by_sessions_and_ends_in_the_middle_of_a_result() throws Exception {
        limits("{name: daily, rows_per_day: 8}");
        answers("five", 5);
        var one = gateway.login();
        var other = gateway.login();

        assertThat(gateway.query(one, "select 'five'").path("data").path("rowset")).hasSize(5);
        var cut = gateway.query(other, "select 'five'");
        var refused = gateway.query(one, "select 'five again'");

        assertThat(cut.path("data").path("rowset")).hasSize(3);
        assertThat(note(cut)).endsWith(" cut at 3 rows by limit \"daily\"");
        assertRefused(refused);
        assertThat(refused.path("message").asText())
                .contains("8 rows were delivered today", "midnight UTC");
        assertThat(snowflake.received()).doesNotContain("select 'five again'");
        gateway.stop();
        gateway.start();
        assertRefused(gateway.query(one, "select 'five'"));
        gateway.time.advance(Duration.ofDays(1));
        assertThat(gateway.query(gateway.login(), "select 'five'").path("data").path("rowset"))
                .hasSize(5);
    }

    @Test
    void day_that_blocks_gives_back_what_it_did_not_deliver() throws Exception {
        limits("{name: daily, rows_per_day: 8, excess: block}");
        answers("nine", 9);
        answers("eight", 8);
        var tokens = gateway.login();

        assertRefused(gateway.query(tokens, "select 'nine'"));
        assertThat(gateway.query(tokens, "select 'eight'").path("data").path("rowset")).hasSize(8);
    }

    @Test
    void sessions_that_race_get_no_more_than_the_day_has() throws Exception {
        limits("{name: daily, rows_per_day: 100}");
        answers("seven", 7);
        long delivered = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var replies = new ArrayList<Future<JsonNode>>();
            for (int i = 0; i < 5; i++) {
                var tokens = gateway.login();
                for (int k = 0; k < 6; k++) {
                    replies.add(threads.submit(() -> gateway.query(tokens, "select 'seven'")));
                }
            }
            for (var reply : replies) {
                delivered += reply.get().path("data").path("rowset").size();
            }
        }

        assertThat(delivered).isEqualTo(100);
    }

    @Test
    void parts_that_nobody_fetched_do_not_count_once_the_session_has_ended() throws Exception {
        limits("{name: daily, rows_per_day: 31}");
        var tokens = gateway.login();
        var data = gateway.query(tokens, "select 'parts'").path("data");
        fetch(data, 1);
        assertRefused(gateway.query(gateway.login(), "select 'parts'"));

        gateway.post("/session?delete=true", Json.mapper().createObjectNode(), tokens.token());

        assertThat(fetch(data, 0).statusCode()).isEqualTo(403);
        var next = gateway.query(gateway.login(), "select 'parts'");
        // The row in the reply and the ten of one part were delivered.
        assertThat(next.path("data").path("total").asInt()).isEqualTo(20);
    }

    @Test
    void changes_are_answered_whatever_is_left() throws Exception {
        limits("{name: few, rows_per_statement: 1, rows_per_day: 1}");
        var tokens = gateway.login();

        for (int i = 0; i < 3; i++) {
            var changed = gateway.query(tokens, "insert into t values (" + i + ")");
            assertThat(changed.path("data").path("rowset")).hasSize(1);
        }
        assertThat(gateway.query(tokens, "select 1").path("data").path("rowset")).hasSize(1);
        assertRefused(gateway.query(tokens, "insert into t values (4)"));
    }

    @Test
    void statements_of_a_minute_are_shared_by_sessions_and_descriptions_are_free()
            throws Exception {
        limits("{name: slow, statements_per_minute: 3}");
        gateway.time.advance(untilNextMinute());
        var one = gateway.login();
        var other = gateway.login();
        for (int i = 0; i < 3; i++) {
            var described =
                    gateway.query(
                            one,
                            UUID.randomUUID().toString(),
                            TestGateway.body("select 1").put("describeOnly", true));
            assertThat(described.path("success").asBoolean()).isTrue();
        }

        assertThat(gateway.query(one, "select 1").path("success").asBoolean()).isTrue();
        var two = TestGateway.body("select 2; select 3");
        two.putObject("parameters").put("MULTI_STATEMENT_COUNT", 2);
        assertThat(
                        gateway.query(other, UUID.randomUUID().toString(), two)
                                .path("success")
                                .asBoolean())
                .isTrue();
        var refused = gateway.query(one, "select 4");

        assertRefused(refused);
        assertThat(refused.path("message").asText())
                .containsPattern("more than 3 statements in one minute. Run it again in \\d+ s");
        assertThat(snowflake.received()).doesNotContain("select 4");
        gateway.stop();
        gateway.start();
        assertRefused(gateway.query(one, "select 4"));
        gateway.time.advance(Duration.ofMinutes(1));
        assertThat(gateway.query(other, "select 4").path("success").asBoolean()).isTrue();
    }

    private Duration untilNextMinute() {
        long second = Math.floorMod(gateway.time.instant().getEpochSecond(), 60L);
        return Duration.ofSeconds(60 - second);
    }

    @Test
    void conditions_see_what_was_used() throws Exception {
        policy(
                TestGateway.POLICY
                        + "  - {name: enough, when: usage.rows_today >= 5, match: {statement: [SELECT]},"
                        + " effect: block}\n");
        answers("five", 5);
        var one = gateway.login();
        var other = gateway.login();

        assertThat(gateway.query(one, "select 'five'").path("data").path("rowset")).hasSize(5);
        assertThat(gateway.query(other, "select 1").path("message").asText()).contains("enough");
    }

    @Test
    void repeat_of_a_request_counts_once() throws Exception {
        limits("{name: slow, statements_per_minute: 2, rows_per_day: 6}");
        gateway.time.advance(untilNextMinute());
        answers("three", 3);
        var tokens = gateway.login();
        var request = UUID.randomUUID().toString();
        for (int i = 0; i < 4; i++) {
            var again = gateway.query(tokens, request, TestGateway.body("select 'three'"));
            assertThat(again.path("data").path("rowset")).hasSize(3);
        }

        assertThat(gateway.query(tokens, "select 'three'").path("data").path("rowset")).hasSize(3);
        assertRefused(gateway.query(tokens, "select 'three'"));
    }

    @Test
    void store_that_cannot_count_lets_nothing_run() throws Exception {
        limits("{name: slow, statements_per_minute: 100}");
        var tokens = gateway.login();
        full("CREATE TRIGGER full BEFORE INSERT ON usage BEGIN SELECT RAISE(ABORT, 'full'); END");

        var refused = gateway.query(tokens, "select 'never'");

        assertThat(refused.path("code").asText()).isEqualTo("098016");
        assertThat(refused.path("message").asText()).contains("cannot be counted");
        assertThat(snowflake.received()).doesNotContain("select 'never'");
        full("DROP TRIGGER full");
        assertThat(gateway.query(tokens, "select 1").path("success").asBoolean()).isTrue();
    }

    @Test
    void rows_that_cannot_be_counted_stay_here() throws Exception {
        limits("{name: daily, rows_per_day: 100}");
        var tokens = gateway.login();
        full("CREATE TRIGGER full BEFORE INSERT ON usage BEGIN SELECT RAISE(ABORT, 'full'); END");

        var refused = gateway.query(tokens, "select 'parts'");

        assertThat(refused.path("code").asText()).isEqualTo("098016");
        assertThat(refused.path("data").has("rowset")).isFalse();
    }

    @Test
    void nothing_is_counted_for_those_without_a_limit() throws Exception {
        limits("{name: agents, who: {agents: true}, rows_per_day: 1, statements_per_minute: 1}");
        var tokens = gateway.login();
        gateway.query(tokens, "select 'parts'");
        gateway.query(tokens, "select 1");

        assertThat(gateway.store().usage().of(TestGateway.ANA.issuer(), TestGateway.ANA.subject()))
                .isEmpty();
    }

    private void full(String sql) throws Exception {
        try (var connection =
                        DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("sfguard.db"));
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
