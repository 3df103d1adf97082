package dev.sfguard.gateway.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.snowflake.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The parts of a large result, some before and some after a restart of the gateway.
class ChunksAfterRestartIT {
    private static final int PER_PART = 5000;
    private static final String ID = "01b2c3d4-0000-0000-0000-000000000001";

    @TempDir Path folder;
    private ScriptedSnowflake snowflake;
    private TestGateway gateway;
    private volatile int parts = 3;
    private volatile String bucket = "first";

    @BeforeEach
    void start() throws Exception {
        snowflake = new ScriptedSnowflake();
        gateway = new TestGateway(folder, snowflake);
        snowflake.statements.put("parts", (_, _) -> reply());
        snowflake.paths.put("/queries/" + ID + "/result", (_, _) -> reply());
        snowflake.paths.put(
                "/bucket/.*",
                (call, exchange) -> {
                    if (!call.path().startsWith("/bucket/" + bucket)) {
                        // Addresses of a former answer have ended.
                        exchange.sendResponseHeaders(403, -1);
                        return null;
                    }
                    return part(call.path().charAt(call.path().length() - 1))
                            .getBytes(StandardCharsets.UTF_8);
                });
    }

    @AfterEach
    void stop() throws Exception {
        gateway.close();
        snowflake.close();
    }

    private byte[] reply() throws Exception {
        ObjectNode data = snowflake.rows(new String[] {"inline", "0"}).put("queryId", ID);
        var chunks = data.putArray("chunks");
        for (int i = 0; i < parts; i++) {
            chunks.addObject()
                    .put("url", snowflake.uri() + "/bucket/" + bucket + "/" + i + "?sig=canary-url")
                    .put("rowCount", PER_PART)
                    .put("uncompressedSize", 100_000)
                    .put("compressedSize", 10_000);
        }
        data.put("total", 1 + parts * PER_PART).put("returned", 1 + parts * PER_PART);
        data.putObject("chunkHeaders").put("x-storage-key", "canary-key");
        return ScriptedSnowflake.bytes(ScriptedSnowflake.ok(data));
    }

    private static String part(char number) {
        var text = new StringBuilder();
        for (int i = 0; i < PER_PART; i++) {
            text.append(i == 0 ? "" : ",").append("[\"" + number + "\",\"" + i + "\"]");
        }
        return text.toString();
    }

    private HttpResponse<byte[]> fetch(JsonNode data, int part) {
        try {
            var path = data.path("chunks").path(part).path("url").asText();
            return gateway.send(
                    gateway.anaPort(),
                    "GET",
                    path.substring(path.indexOf("/chunks/")),
                    null,
                    null,
                    Delivery.TICKET,
                    data.path("chunkHeaders").path(Delivery.TICKET).asText());
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode ask(TestGateway.Tokens tokens) throws Exception {
        return gateway.query(tokens, "select 'parts'").path("data");
    }

    private void restart() throws Exception {
        gateway.stop();
        bucket = "second";
        gateway.start();
    }

    /// Every row once, whatever their order.
    private void assertWholeRecording() throws Exception {
        var seen = new java.util.TreeSet<Long>();
        for (var rows : gateway.events(RecordingEvent.Rows.class)) {
            for (long row = rows.first(); row < rows.first() + rows.count(); row++) {
                assertThat(seen.add(row)).as("row %d is recorded once", row).isTrue();
            }
        }
        assertThat(seen).hasSize(1 + 3 * PER_PART);
        assertThat(seen.getLast()).isEqualTo(3L * PER_PART);
    }

    @Test
    void rest_of_the_parts_comes_after_a_restart_and_the_recording_is_whole() throws Exception {
        var data = ask(gateway.login());
        assertThat(fetch(data, 0).statusCode()).isEqualTo(200);

        restart();
        // The client asks for the parts, and for nothing else before.
        var second = CompletableFuture.supplyAsync(() -> fetch(data, 1));
        var third = CompletableFuture.supplyAsync(() -> fetch(data, 2));

        assertThat(new String(second.get().body(), StandardCharsets.UTF_8)).isEqualTo(part('1'));
        assertThat(new String(third.get().body(), StandardCharsets.UTF_8)).isEqualTo(part('2'));
        assertWholeRecording();
        assertThat(gateway.events())
                .extracting(event -> event.getClass().getSimpleName())
                .containsSubsequence("Rows", "Fetched", "Resumed", "Rows", "Fetched", "Ended");
        var ended = gateway.events(RecordingEvent.Ended.class);
        assertThat(ended).hasSize(1);
        assertThat(ended.getFirst().rows()).isEqualTo(1 + 3 * PER_PART);
        assertThat(ended.getFirst().recordedRows()).isEqualTo(1 + 3 * PER_PART);
        assertThat(ended.getFirst().sha256()).isEmpty();
        assertThat(gateway.events(RecordingEvent.Columns.class)).hasSize(1);
        assertThat(snowflake.received()).containsExactly("select 'parts'");
        assertThat(snowflake.logins).hasSize(2);
    }

    @Test
    void part_that_was_delivered_before_is_given_again_and_recorded_once() throws Exception {
        var data = ask(gateway.login());
        fetch(data, 0);
        fetch(data, 1);

        restart();
        for (int part : new int[] {0, 1, 2, 2}) {
            assertThat(fetch(data, part).statusCode()).isEqualTo(200);
        }

        assertWholeRecording();
        assertThat(gateway.events(RecordingEvent.Ended.class)).hasSize(1);
    }

    @Test
    void result_that_had_ended_is_served_again_and_not_recorded_again() throws Exception {
        var data = ask(gateway.login());
        for (int part = 0; part < 3; part++) {
            fetch(data, part);
        }

        restart();

        assertThat(fetch(data, 2).statusCode()).isEqualTo(200);
        assertWholeRecording();
        assertThat(gateway.events(RecordingEvent.Ended.class)).hasSize(1);
    }

    @Test
    void result_whose_client_does_not_come_back_ends_with_its_session() throws Exception {
        var tokens = gateway.login();
        var data = ask(tokens);
        fetch(data, 0);

        restart();
        gateway.post("/session?delete=true", Json.mapper().createObjectNode(), tokens.token());

        var ended = gateway.events(RecordingEvent.Ended.class).getFirst();
        assertThat(ended.rows()).isEqualTo(1 + PER_PART);
        assertThat(fetch(data, 1).statusCode()).isEqualTo(403);
    }

    @Test
    void result_that_is_not_the_same_any_more_is_a_clear_error() throws Exception {
        var data = ask(gateway.login());
        parts = 2;

        restart();
        var first = fetch(data, 0);
        var again = fetch(data, 0);

        assertThat(first.statusCode()).isEqualTo(410);
        assertThat(new String(first.body(), StandardCharsets.UTF_8))
                .startsWith("sfguard: the rest of this result cannot be had: Snowflake no longer")
                .contains(ID);
        assertThat(again.statusCode()).isEqualTo(403);
        assertThat(gateway.events(RecordingEvent.Failed.class).getFirst().message())
                .contains("the rest of the result cannot be had");
    }

    @Test
    void result_that_snowflake_has_forgotten_is_a_clear_error() throws Exception {
        var data = ask(gateway.login());
        snowflake.paths.put(
                "/queries/" + ID + "/result",
                (_, _) -> ScriptedSnowflake.error("000709", "not found", "02000"));

        restart();

        assertThat(fetch(data, 1).statusCode()).isEqualTo(410);
    }

    @Test
    void snowflake_out_of_reach_is_told_so_and_asked_again_later() throws Exception {
        var data = ask(gateway.login());
        restart();
        snowflake.stop();

        assertThat(fetch(data, 0).statusCode()).isEqualTo(503);
        snowflake.restart();
        assertThat(fetch(data, 0).statusCode()).isEqualTo(200);
    }

    @Test
    void session_that_cannot_be_replaced_loses_its_result_with_a_clear_error() throws Exception {
        var tokens = gateway.login();
        gateway.query(tokens, "begin");
        var data = ask(tokens);

        restart();

        var reply = fetch(data, 0);
        assertThat(reply.statusCode()).isEqualTo(410);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8))
                .contains("a transaction was open");
    }

    @Test
    void wrong_foreign_and_late_tickets_wake_nothing() throws Exception {
        var data = ask(gateway.login());
        restart();
        var url = data.path("chunks").path(0).path("url").asText();
        var path = url.substring(url.indexOf("/chunks/"));
        var ticket = data.path("chunkHeaders").path(Delivery.TICKET).asText();
        var replies = new ArrayList<HttpResponse<byte[]>>();

        replies.add(
                gateway.send(
                        gateway.anaPort(), "GET", path, null, null, Delivery.TICKET, "forged"));
        replies.add(gateway.send(gateway.anaPort(), "GET", path, null, null));
        replies.add(gateway.asBo("GET", path, null, null, Delivery.TICKET, ticket));
        gateway.time.advance(Duration.ofHours(7));
        replies.add(fetch(data, 0));

        assertThat(replies).allMatch(reply -> reply.statusCode() == 403);
        assertThat(snowflake.logins).hasSize(1);
    }

    @Test
    void a_part_beyond_the_last_is_refused() throws Exception {
        var data = ask(gateway.login());
        restart();
        var path = data.path("chunks").path(0).path("url").asText();
        var ticket = data.path("chunkHeaders").path(Delivery.TICKET).asText();

        var reply =
                gateway.send(
                        gateway.anaPort(),
                        "GET",
                        path.substring(path.indexOf("/chunks/"), path.length() - 1) + "99",
                        null,
                        null,
                        Delivery.TICKET,
                        ticket);

        assertThat(reply.statusCode()).isEqualTo(403);
    }

    @Test
    void neither_addresses_nor_keys_nor_tickets_are_stored() throws Exception {
        var data = ask(gateway.login());
        fetch(data, 0);
        gateway.stop();
        var ticket = data.path("chunkHeaders").path(Delivery.TICKET).asText();
        assertThat(ticket).isNotEmpty();
        try (var files = Files.walk(folder)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("canary-url", "canary-key", ticket);
            }
        }
        gateway.start();
    }
}
