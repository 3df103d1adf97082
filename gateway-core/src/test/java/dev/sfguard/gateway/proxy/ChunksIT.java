package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
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
}
