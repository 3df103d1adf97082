package dev.sfguard.gateway.approval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.store.Store;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebhooksTest {
    private static final Identity ANA = Samples.person("ana", "analysts");
    private static final Identity BO = Samples.person("bo", "dba");
    private static final Secret KEY = Secret.of("signing-canary");
    private static final ObjectMapper JSON = new ObjectMapper();

    // Never compared.
    @SuppressWarnings("ArrayRecordComponent")
    record Delivery(String key, String timestamp, String signature, byte[] body) {}

    @TempDir Path folder;
    private final SetClock clock = new SetClock(Instant.parse("2026-11-23T14:00:00Z"));
    private final LinkedBlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final CountDownLatch hang = new CountDownLatch(1);
    private HttpServer server;
    private Store store;
    private Approvals approvals;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/hook", this::take);
        server.createContext("/hang", this::hang);
        server.start();
        store = Store.open(folder.resolve("sfguard.db"));
        approvals = new Approvals(store.approvals(), clock);
    }

    @AfterEach
    void stop() throws IOException {
        hang.countDown();
        server.stop(0);
        store.close();
    }

    private void take(HttpExchange exchange) throws IOException {
        var headers = exchange.getRequestHeaders();
        var delivery =
                new Delivery(
                        headers.getFirst("X-Sfguard-Delivery"),
                        headers.getFirst("X-Sfguard-Timestamp"),
                        headers.getFirst("X-Sfguard-Signature"),
                        exchange.getRequestBody().readAllBytes());
        boolean fails = failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
        exchange.sendResponseHeaders(fails ? 503 : 204, -1);
        exchange.close();
        deliveries.add(delivery);
    }

    private void hang(HttpExchange exchange) throws IOException {
        try {
            hang.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        exchange.close();
    }

    private Webhook hook(String name, String path, Webhook.Format format) {
        var url = "http://127.0.0.1:" + server.getAddress().getPort() + path;
        return new Webhook(name, Secret.of(url), format, Optional.of(KEY));
    }

    private Webhooks telling(Webhook... hooks) {
        return Webhooks.start(approvals, store.approvals(), List.of(hooks), clock);
    }

    private Delivery next() throws InterruptedException {
        var delivery = deliveries.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return delivery;
    }

    @Test
    void a_request_and_its_answer_are_told_with_the_command_to_type() throws Exception {
        try (var _ = telling(hook("ops", "/hook", Webhook.Format.JSON))) {
            var held = approvals.hold(Samples.asked(ANA));
            var asked = JSON.readTree(next().body());
            approvals.answer(held.id(), BO, true, "ticket 812", Duration.ZERO);
            var answered = JSON.readTree(next().body());

            assertThat(asked.path("state").asText()).isEqualTo("pending");
            assertThat(asked.path("requester").asText()).isEqualTo("ana@acme.io");
            assertThat(asked.path("request").path("text").asText()).isEqualTo(Samples.SQL);
            assertThat(asked.path("approve").asText()).isEqualTo("sfguard approve " + held.id());
            assertThat(answered.path("state").asText()).isEqualTo("approved");
            assertThat(answered.path("answers").path(0).path("by").asText())
                    .isEqualTo("bo@acme.io");
            assertThat(answered.has("approve")).isFalse();
        }
    }

    @Test
    void a_delivery_is_signed_over_its_time_and_its_bytes() throws Exception {
        try (var _ = telling(hook("ops", "/hook", Webhook.Format.JSON))) {
            approvals.hold(Samples.asked(ANA));
            var delivery = next();

            assertThat(delivery.timestamp()).isEqualTo("1795442400");
            assertThat(delivery.signature())
                    .isEqualTo(
                            "v1=" + Webhooks.signature(KEY, delivery.timestamp(), delivery.body()));
            assertThat(new String(delivery.body(), StandardCharsets.UTF_8))
                    .doesNotContain(KEY.reveal());
        }
    }

    @Test
    void the_signature_is_the_hmac_that_anybody_else_computes() {
        // echo -n '1.{}' | openssl dgst -sha256 -hmac k
        assertThat(Webhooks.signature(Secret.of("k"), "1", "{}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(HMAC_OF_1_DOT_BRACES);
    }

    private static final String HMAC_OF_1_DOT_BRACES =
            "3dd49b2593d0f9a349e9e71c4bde3e2b862c2be4003fe9b4ba81332029310158";

    @Test
    void what_was_not_taken_is_told_again_under_the_same_key() throws Exception {
        failures.set(1);
        try (var _ = telling(hook("ops", "/hook", Webhook.Format.JSON))) {
            var held = approvals.hold(Samples.asked(ANA));

            var first = next();
            var second = next();
            assertThat(first.key()).isEqualTo(held.id() + ":pending").isEqualTo(second.key());
        }
    }

    @Test
    void what_happened_before_a_crash_is_told_after_it() throws Exception {
        var held = approvals.hold(Samples.asked(ANA));

        try (var _ = telling(hook("ops", "/hook", Webhook.Format.JSON))) {
            assertThat(next().key()).isEqualTo(held.id() + ":pending");
        }
    }

    @Test
    void a_place_that_hangs_delays_neither_decisions_nor_other_places() throws Exception {
        try (var _ =
                telling(
                        hook("stuck", "/hang", Webhook.Format.JSON),
                        hook("ops", "/hook", Webhook.Format.SLACK))) {
            var held = approvals.hold(Samples.asked(ANA));
            next();
            approvals.answer(held.id(), BO, true, "", Duration.ZERO);
            next();

            assertThat(approvals.use(held.id())).isTrue();
        }
    }

    @Test
    void a_chat_gets_a_text_in_which_nothing_of_the_statement_is_markup() throws Exception {
        try (var _ = telling(hook("chat", "/hook", Webhook.Format.SLACK))) {
            var held = approvals.hold(Samples.asked(ANA));

            assertThat(JSON.readTree(next().body()).path("text").asText())
                    .isEqualTo(
                            """
                            *ana@acme.io* asks to run a statement on *shop* (rule orders-writes, request `%1$s`)
                            ```delete from orders where id = 7```
                            Prompt: clean up the test order
                            Answer with `sfguard approve %1$s` or `sfguard deny %1$s --reason TEXT`"""
                                    .formatted(held.id()));
        }
    }

    @Test
    void no_address_of_a_webhook_is_printed() {
        assertThat(hook("chat", "/hook", Webhook.Format.SLACK).toString())
                .doesNotContain("127.0.0.1")
                .doesNotContain(KEY.reveal());
    }
}
