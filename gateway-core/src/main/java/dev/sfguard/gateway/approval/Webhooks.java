package dev.sfguard.gateway.approval;

import dev.sfguard.gateway.identity.Secret;
import dev.sfguard.gateway.store.ApprovalTable;
import dev.sfguard.gateway.store.StoreFailed;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tells the operator's webhooks of requests, at least once each, from the store: what a crash
/// kept from being told is told after it. Each place has a thread of its own, so that one that
/// hangs delays nobody: neither the other places nor any decision.
///
/// A delivery carries `X-Sfguard-Delivery` (the same for every try of one state of one request),
/// `X-Sfguard-Timestamp` (seconds) and, with a key, `X-Sfguard-Signature`: `v1=` and the
/// HMAC-SHA-256 of timestamp, a dot and the body, as hex.
public final class Webhooks implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Webhooks.class.getName());
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /// News that nobody took for a day are not news.
    private static final Duration GIVE_UP = Duration.ofDays(1);

    /// How long a place rests without being told of anything.
    private static final Duration REST = Duration.ofSeconds(30);

    private final ApprovalTable table;
    private final Clock clock;
    private final List<Place> places;
    private final HttpClient http =
            HttpClient.newBuilder()
                    .connectTimeout(TIMEOUT)
                    // A redirect would carry the request to where nobody configured it.
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    private Webhooks(ApprovalTable table, List<Webhook> webhooks, Clock clock) {
        this.table = table;
        this.clock = clock;
        this.places = webhooks.stream().map(Place::new).toList();
    }

    /// Starts telling.
    public static Webhooks start(
            Approvals approvals, ApprovalTable table, List<Webhook> webhooks, Clock clock) {
        var started = new Webhooks(table, webhooks, clock);
        approvals.listen(_ -> started.places.forEach(Place::wake));
        started.places.forEach(Place::start);
        return started;
    }

    @Override
    public void close() {
        places.forEach(Place::stop);
        http.shutdownNow();
    }

    /// One webhook and what it still has to hear.
    private final class Place {
        private final Webhook webhook;
        private final Semaphore news = new Semaphore(0);
        private final Map<String, Retry> retries = new HashMap<>();
        private final Thread thread;

        Place(Webhook webhook) {
            this.webhook = webhook;
            this.thread = Thread.ofVirtual().name("webhook-" + webhook.name()).unstarted(this::run);
        }

        void start() {
            thread.start();
        }

        void wake() {
            news.release();
        }

        void stop() {
            thread.interrupt();
        }

        private void run() {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    var pause = round();
                    if (news.tryAcquire(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                        news.drainPermits();
                    }
                }
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        /// Tells all that is due; returns how long to rest.
        private Duration round() throws InterruptedException {
            var rest = REST;
            try {
                for (var stored : table.untold(webhook.name(), clock.instant().minus(GIVE_UP))) {
                    var left = tell(Approval.of(stored));
                    rest = left.compareTo(rest) < 0 ? left : rest;
                }
            } catch (StoreFailed failed) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedException("closed");
                }
                LOG.log(Level.WARNING, "Cannot see what to tell " + webhook.name(), failed);
            }
            return rest;
        }

        private Duration tell(Approval approval) throws StoreFailed, InterruptedException {
            var key = NotificationBody.idempotencyKey(approval);
            var retry = retries.getOrDefault(key, Retry.NOW);
            var wait = Duration.ofNanos(retry.due() - System.nanoTime());
            if (retry.pause().isPositive() && wait.isPositive()) {
                return wait;
            }
            var trouble = send(approval, key);
            if (trouble.isEmpty()) {
                retries.remove(key);
                table.told(approval.id(), approval.state(), webhook.name());
                return REST;
            }
            var next = retry.later();
            retries.put(key, next);
            LOG.warning(
                    () ->
                            "Webhook %s did not take request %s (%s); it is told again in %d s"
                                    .formatted(
                                            webhook.name(),
                                            approval.id(),
                                            trouble,
                                            next.pause().toSeconds()));
            return next.pause();
        }

        /// @return what went wrong; empty when it was taken
        private String send(Approval approval, String key) throws InterruptedException {
            var body = NotificationBody.of(webhook.format(), approval);
            var timestamp = Long.toString(clock.instant().getEpochSecond());
            var request =
                    HttpRequest.newBuilder(URI.create(webhook.url().reveal()))
                            .timeout(TIMEOUT)
                            .header("Content-Type", "application/json")
                            .header("X-Sfguard-Delivery", key)
                            .header("X-Sfguard-Timestamp", timestamp)
                            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
            webhook.signing()
                    .ifPresent(
                            secret ->
                                    request.header(
                                            "X-Sfguard-Signature",
                                            "v1=" + signature(secret, timestamp, body)));
            try {
                var status =
                        http.send(request.build(), HttpResponse.BodyHandlers.discarding())
                                .statusCode();
                return status / 100 == 2 ? "" : "HTTP " + status;
            } catch (IOException unreachable) {
                // Not its message, which may hold the address.
                return unreachable.getClass().getSimpleName();
            }
        }
    }

    /// When to try once more.
    ///
    /// @param due by `System.nanoTime`
    private record Retry(Duration pause, long due) {
        private static final Retry NOW = new Retry(Duration.ZERO, 0);

        Retry later() {
            var next = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
            var bounded = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
            return new Retry(bounded, System.nanoTime() + bounded.toNanos());
        }
    }

    static String signature(Secret secret, String timestamp, byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(
                    new SecretKeySpec(
                            secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HmacSHA256", e);
        }
    }
}
