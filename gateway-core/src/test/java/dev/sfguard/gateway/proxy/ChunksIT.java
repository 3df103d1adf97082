package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChunksIT {
    private static final int PER_PART = 5000;

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake);
        snowflake.statements.put("parts", (_, _) -> reply(3));
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

    private byte[] reply(int parts) throws Exception {
        var data = snowflake.rows(new String[] {"inline", "0"});
        var chunks = data.putArray("chunks");
        for (int i = 0; i < parts; i++) {
            chunks.addObject()
                    .put("url", snowflake.uri() + "/bucket/part-" + i + "?sig=canary%2B1")
                    .put("rowCount", PER_PART)
                    .put("uncompressedSize", 100_000)
                    .put("compressedSize", 10_000);
        }
        data.put("total", 1 + parts * PER_PART).put("returned", 1 + parts * PER_PART);
        data.putObject("chunkHeaders").put("x-storage-key", "canary-key");
        return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
    }

    private static String part(int number) {
        var text = new StringBuilder();
        for (int i = 0; i < PER_PART; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append("[\"p")
                    .append(number)
                    .append("\",\"")
                    .append(i)
                    .append(" ],[ \\\"\"]");
        }
        return text.toString();
    }

    private JsonNode ask(TestGateway.Tokens tokens) throws Exception {
        return gateway.query(tokens, "select 'parts'").path("data");
    }

    private HttpResponse<byte[]> fetch(JsonNode data, int part) {
        try {
            var uri = URI.create(data.path("chunks").path(part).path("url").asText());
            assertThat(uri.getAuthority()).isEqualTo("127.0.0.1:" + gateway.anaPort());
            return gateway.send(
                    uri.getPort(), "GET", uri.getPath(), null, null, Delivery.TICKET, ticket(data));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String ticket(JsonNode data) {
        return data.path("chunkHeaders").path(Delivery.TICKET).asText();
    }

    private static JsonNode rows(HttpResponse<byte[]> reply) throws Exception {
        return Json.mapper().readTree("[" + new String(reply.body(), StandardCharsets.UTF_8) + "]");
    }

    @Test
    void parts_come_from_the_gateway_and_are_recorded_in_their_order() throws Exception {
        var data = ask(gateway.login());
        assertThat(data.toString()).doesNotContain("canary", "bucket");

        // As JDBC does: several at once, in any order.
        var third = CompletableFuture.supplyAsync(() -> fetch(data, 2));
        var second = CompletableFuture.supplyAsync(() -> fetch(data, 1));
        var first = CompletableFuture.supplyAsync(() -> fetch(data, 0));

        assertThat(rows(first.get()).get(17).toString()).isEqualTo("[\"p0\",\"17 ],[ \\\"\"]");
        assertThat(rows(second.get())).hasSize(PER_PART);
        assertThat(rows(third.get())).hasSize(PER_PART);
        var recorded = new StringBuilder();
        long expected = 0;
        for (var rows : gateway.events(RecordingEvent.Rows.class)) {
            assertThat(rows.first()).isEqualTo(expected);
            expected += rows.count();
            var json = new String(rows.json(), StandardCharsets.UTF_8);
            recorded.append(recorded.isEmpty() ? "" : ",").append(json, 1, json.length() - 1);
        }
        assertThat(expected).isEqualTo(1 + 3 * PER_PART);
        var ended = gateway.events(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(expected);
        assertThat(ended.sha256()).isEqualTo(Tokens.hash(recorded.toString()));
        var upstream =
                snowflake.calls.stream()
                        .filter(call -> call.path().startsWith("/bucket"))
                        .findFirst()
                        .orElseThrow();
        assertThat(upstream.headers()).containsEntry("x-storage-key", "canary-key");
        assertThat(upstream.headers()).doesNotContainKey("authorization");
    }

    @Test
    void part_that_is_fetched_twice_is_recorded_once() throws Exception {
        var data = ask(gateway.login());
        for (int part : new int[] {0, 0, 1, 1, 2, 2}) {
            assertThat(rows(fetch(data, part))).hasSize(PER_PART);
        }

        assertThat(
                        gateway.events(RecordingEvent.Rows.class).stream()
                                .mapToInt(r -> r.count())
                                .sum())
                .isEqualTo(1 + 3 * PER_PART);
        assertThat(gateway.events(RecordingEvent.Ended.class)).hasSize(1);
        assertThat(gateway.events(RecordingEvent.Fetched.class)).hasSize(6);
    }

    @Test
    void part_alone_is_served_although_those_before_it_are_not_asked_for() throws Exception {
        var data = ask(gateway.login());

        assertThat(rows(fetch(data, 2))).hasSize(PER_PART);

        assertThat(gateway.events(RecordingEvent.Rows.class).getLast().first())
                .isGreaterThan(2 * PER_PART);
        assertThat(gateway.events(RecordingEvent.Ended.class)).isEmpty();
    }

    @Test
    void of_many_results_the_oldest_are_asked_for_again_and_recorded_once() throws Exception {
        var tokens = gateway.login();
        var data = ask(tokens);
        var queryId = data.path("queryId").asText();
        for (int part : new int[] {0, 1, 2}) {
            assertThat(rows(fetch(data, part))).hasSize(PER_PART);
        }
        var untouched = ask(tokens);
        var same = reply(3);
        snowflake.paths.put("/queries/.*/result", (_, _) -> same);
        for (int i = 0; i < 40; i++) {
            ask(tokens);
        }

        assertThat(rows(fetch(data, 1))).hasSize(PER_PART);
        assertThat(rows(fetch(untouched, 0))).hasSize(PER_PART);

        assertThat(snowflake.calls)
                .anyMatch(call -> call.path().equals("/queries/" + queryId + "/result"));
        assertThat(gateway.events(RecordingEvent.Ended.class)).hasSize(1);
        assertThat(recorded(1)).isEqualTo(1 + 3 * PER_PART);
        assertThat(recorded(2)).isEqualTo(1 + PER_PART);
    }

    private int recorded(long statement) throws Exception {
        return gateway.events(RecordingEvent.Rows.class).stream()
                .filter(rows -> rows.statement() == statement)
                .mapToInt(RecordingEvent.Rows::count)
                .sum();
    }

    @Test
    void wrong_expired_and_foreign_tickets_get_nothing() throws Exception {
        var data = ask(gateway.login());
        var uri = URI.create(data.path("chunks").path(0).path("url").asText());
        var forged =
                gateway.send(
                        uri.getPort(), "GET", uri.getPath(), null, null, Delivery.TICKET, "forged");
        var foreign = gateway.asBo("GET", uri.getPath(), null, null, Delivery.TICKET, ticket(data));
        var absent =
                gateway.send(
                        uri.getPort(),
                        "GET",
                        "/chunks/AAAAAAAAAAAAAAAAAAAAAA/0",
                        null,
                        null,
                        Delivery.TICKET,
                        ticket(data));
        gateway.time.advance(Duration.ofHours(7));
        var late = fetch(data, 0);

        for (var reply : new HttpResponse<?>[] {forged, foreign, absent, late}) {
            assertThat(reply.statusCode()).isEqualTo(403);
        }
        assertThat(snowflake.calls).noneMatch(call -> call.path().startsWith("/bucket"));
        assertThat(gateway.events(RecordingEvent.Refused.class)).hasSizeGreaterThanOrEqualTo(2);
    }

    private static byte[] gzipped(String rows) throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(rows.getBytes(StandardCharsets.UTF_8));
        }
        return packed.toByteArray();
    }

    /// Parts come gzipped from now on.
    private void answerGzipped(byte[] packed) {
        snowflake.paths.put(
                "/bucket/part-\\d",
                (_, exchange) -> {
                    exchange.getResponseHeaders().add("Content-Encoding", "gzip");
                    return packed;
                });
    }

    private HttpResponse<byte[]> fetch(JsonNode data, String encodings) throws Exception {
        var uri = URI.create(data.path("chunks").path(0).path("url").asText());
        return gateway.send(
                uri.getPort(),
                "GET",
                uri.getPath(),
                null,
                null,
                Delivery.TICKET,
                ticket(data),
                "Accept-Encoding",
                encodings);
    }

    @Test
    void gzipped_part_passes_as_it_came_and_is_recorded_row_by_row() throws Exception {
        byte[] packed = gzipped(part(0));
        answerGzipped(packed);
        snowflake.statements.put("parts", (_, _) -> reply(1));
        var data = ask(gateway.login());

        var reply = fetch(data, "deflate, gzip;q=0.8");

        assertThat(reply.body()).isEqualTo(packed);
        assertThat(reply.headers().firstValue("Content-Encoding")).hasValue("gzip");
        var recorded = new StringBuilder();
        for (var rows : gateway.events(RecordingEvent.Rows.class)) {
            var json = new String(rows.json(), StandardCharsets.UTF_8);
            recorded.append(recorded.isEmpty() ? "" : ",").append(json, 1, json.length() - 1);
        }
        var ended = gateway.events(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(1 + PER_PART);
        assertThat(ended.sha256()).isEqualTo(Tokens.hash(recorded.toString()));
        assertThat(recorded.indexOf("[\"p0\",\"0 ],[")).isPositive();
        assertThat(gateway.events(RecordingEvent.Fetched.class).getFirst().bytes())
                .isEqualTo(packed.length);
    }

    @Test
    void client_that_reads_no_gzip_gets_the_part_plain() throws Exception {
        answerGzipped(gzipped(part(0)));
        var data = ask(gateway.login());

        for (var encodings : new String[] {"identity", "gzip;q=0, br"}) {
            var reply = fetch(data, encodings);

            assertThat(reply.headers().firstValue("Content-Encoding")).isEmpty();
            assertThat(rows(reply)).hasSize(PER_PART);
        }
    }

    @Test
    void gzipped_part_is_unpacked_where_cells_have_to_be_looked_at() throws Exception {
        gateway.close();
        gateway =
                new TestGateway(
                        Files.createDirectory(folder.resolve("detecting")),
                        snowflake,
                        ProxySettings.standard(Set.of()),
                        TestGateway.POLICY + "detectors:\n  - find: [email]\n    with: redact\n");
        answerGzipped(gzipped(part(0).replace("[\"p0\",", "[\"ana@acme.example\",")));
        var data = ask(gateway.login());

        var reply = fetch(data, "gzip");

        assertThat(reply.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(rows(reply)).hasSize(PER_PART);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).doesNotContain("ana@acme");
    }

    @Test
    void gzipped_part_that_holds_more_or_less_than_it_should_does_not_arrive() throws Exception {
        byte[] packed = gzipped(part(0));
        var damaged = packed.clone();
        damaged[packed.length - 6] ^= 1;
        var longer = Arrays.copyOf(packed, packed.length + 1);
        byte[] lessRows = gzipped("[\"1\"]");
        var data = ask(gateway.login());

        for (byte[] wrong : new byte[][] {damaged, longer, lessRows}) {
            answerGzipped(wrong);
            // So little had not begun to leave: an error says so.
            assertThat(fetch(data, "gzip").statusCode()).isEqualTo(500);
        }
        assertThat(gateway.events(RecordingEvent.Fetched.class)).isEmpty();
    }
}
