package dev.sfguard.gateway;

import dev.sfguard.gateway.policy.Policy;
import dev.sfguard.gateway.policy.PolicyFile;
import dev.sfguard.gateway.yaml.YamlDocument;
import dev.sfguard.gateway.yaml.YamlProblems;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// The policy that holds now. Looks at its file again and again; a changed file is taken whole,
/// or refused whole while the old one stays.
final class LivePolicy implements Supplier<Policy>, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LivePolicy.class.getName());
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    private final GatewayConfig config;
    private final Clock clock;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile Policy current;

    /// The content that was decided on last, taken or refused; null while it could not be read.
    private byte @Nullable [] decided;

    /// A content that was seen once.
    private byte @Nullable [] seen;

    /// What the log says last, so that it is said once.
    private String told = "";

    private volatile PolicyState state;

    private LivePolicy(GatewayConfig config, Clock clock) throws YamlProblems, IOException {
        this.config = config;
        this.clock = clock;
        var content = YamlDocument.bytes(config.policy());
        this.decided = content;
        this.current = parse(config, content);
        this.state = new PolicyState(current.version(), seconds(), Optional.empty());
        tell(state);
    }

    /// Reads the policy, and goes on looking until it is closed.
    ///
    /// @throws YamlProblems what is wrong with the file
    /// @throws IOException when the policy does not fit the configuration; the message says why
    static LivePolicy start(GatewayConfig config, Clock clock) throws YamlProblems, IOException {
        return start(config, clock, LOOK_EVERY);
    }

    static LivePolicy start(GatewayConfig config, Clock clock, Duration every)
            throws YamlProblems, IOException {
        var live = new LivePolicy(config, clock);
        Thread.ofVirtual().name("policy").start(() -> live.watch(every));
        return live;
    }

    /// The policy of the configuration, read now.
    static Policy read(GatewayConfig config) throws YamlProblems, IOException {
        return parse(config, YamlDocument.bytes(config.policy()));
    }

    private static Policy parse(GatewayConfig config, byte[] content)
            throws YamlProblems, IOException {
        var name = String.valueOf(config.policy().getFileName());
        var policy = PolicyFile.parse(name, content, config.unsafeAllow());
        Gateway.refuseStrangers(config, policy);
        Gateway.refuseUnhashed(config, policy);
        return policy;
    }

    @Override
    public Policy get() {
        return current;
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        try {
            Files.deleteIfExists(PolicyState.file(config));
        } catch (IOException stays) {
            LOG.warning(() -> PolicyState.file(config) + " cannot be removed: " + stays);
        }
    }

    /// People read it.
    private Instant seconds() {
        return clock.instant().truncatedTo(ChronoUnit.SECONDS);
    }

    private void tell(PolicyState now) {
        state = now;
        try {
            now.write(PolicyState.file(config));
        } catch (IOException unwritable) {
            LOG.warning(() -> "`gateway check` will not know the policy: " + unwritable);
        }
    }

    private void watch(Duration every) {
        try {
            while (!closed.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /// Looks once. A content counts when two looks find it: the first half of a file that is
    /// being written may be a policy too, one with fewer rules.
    synchronized void look() {
        if (closed.getCount() == 0) {
            return;
        }
        byte[] content;
        try {
            content = YamlDocument.bytes(config.policy());
        } catch (YamlProblems unreadable) {
            decided = null;
            seen = null;
            refused(unreadable);
            return;
        }
        if (Arrays.equals(content, decided)) {
            seen = null;
        } else if (!Arrays.equals(content, seen)) {
            seen = content;
        } else {
            decided = content;
            seen = null;
            take(content);
        }
    }

    private void take(byte[] content) {
        try {
            var policy = parse(config, content);
            boolean other = !policy.version().equals(current.version());
            current = policy;
            told = "";
            tell(new PolicyState(policy.version(), seconds(), Optional.empty()));
            LOG.info(
                    () ->
                            "%s %s: version %s"
                                    .formatted(
                                            config.policy(),
                                            other ? "is taken" : "is as it was",
                                            policy.version()));
        } catch (YamlProblems | IOException | RuntimeException wrong) {
            refused(wrong);
        }
    }

    private void refused(Exception wrong) {
        String why = String.valueOf(wrong.getMessage());
        if (!why.equals(told)) {
            told = why;
            tell(state.refusing(seconds(), why));
            LOG.warning(
                    () ->
                            "%s is refused, and version %s stays: %s"
                                    .formatted(config.policy(), current.version(), why));
        }
    }
}
