package dev.sfguard.cli.approval;

import dev.sfguard.agent.ApiClient;
import dev.sfguard.cli.ApiOpener;
import dev.sfguard.cli.Streams;
import dev.sfguard.cli.TimeOption;
import dev.sfguard.cli.output.Printable;
import dev.sfguard.cli.query.Meanwhile;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Tells whoever runs a statement that it waits for people: on a terminal in one line that goes
/// with the time and is erased in the end, elsewhere in one line when the wait begins.
public final class HoldNotice implements Meanwhile {
    /// Most statements are done by then, and the gateway need not be asked about them.
    private static final Duration FIRST_LOOK = Duration.ofMillis(700);

    private static final Duration TICK = Duration.ofSeconds(1);

    /// A line that is longer than the screen could not be erased.
    private static final int WIDTH = 79;

    private static final String ERASED = "\r\u001b[K";

    private final ApiOpener opener;
    private final Streams streams;
    private final PrintStream to;
    private final boolean terminal;

    /// @param terminal whether what is printed can be erased
    public HoldNotice(ApiOpener opener, Streams streams, PrintStream to, boolean terminal) {
        this.opener = opener;
        this.streams = streams;
        this.to = to;
        this.terminal = terminal;
    }

    @Override
    public Watch watch(Optional<String> session) {
        var watch = new Look(session.orElse(""));
        if (session.isPresent()) {
            watch.start();
        }
        return watch;
    }

    /// Of one statement. Closing it erases the line.
    private final class Look implements Watch {
        private final ReentrantLock screen = new ReentrantLock();
        private final String path;
        private @Nullable Thread looking;
        private @Nullable HeldStatement held;
        private long since;
        private String told = "";
        private boolean shown;
        private boolean closed;

        private Look(String session) {
            path =
                    "/v1/requests?mine=true&limit=1&session="
                            + URLEncoder.encode(session, StandardCharsets.UTF_8);
        }

        private void start() {
            looking = Thread.ofVirtual().name("hold-notice").start(this::look);
        }

        private void look() {
            LockSupport.parkNanos(FIRST_LOOK.toNanos());
            if (isClosed()) {
                return;
            }
            try (var api = opener.open(streams)) {
                follow(api);
            } catch (IOException | RuntimeException away) {
                // The statement waits all the same; only nobody says so here.
                held(Optional.empty());
            }
        }

        private void follow(ApiClient api) throws IOException {
            String after = "";
            boolean ticking = false;
            while (!isClosed()) {
                var answer = api.get(after.isEmpty() ? path : path + "&after=" + after);
                after = answer.path("step").asText();
                held(HeldStatement.list(answer).stream().findFirst());
                if (terminal && !ticking && held != null) {
                    ticking = true;
                    var _ = Thread.ofVirtual().name("hold-clock").start(this::tick);
                }
            }
        }

        private void tick() {
            while (!isClosed()) {
                LockSupport.parkNanos(TICK.toNanos());
                draw();
            }
        }

        private void held(Optional<HeldStatement> now) {
            screen.lock();
            try {
                held = now.orElse(null);
                since = System.nanoTime();
                draw();
            } finally {
                screen.unlock();
            }
        }

        private void draw() {
            screen.lock();
            try {
                var request = held;
                if (closed) {
                    return;
                }
                if (request == null) {
                    erase();
                } else if (terminal) {
                    to.print(ERASED + line(request));
                    to.flush();
                    shown = true;
                } else if (!told.equals(request.id())) {
                    told = request.id();
                    to.println(sentence(request));
                }
            } finally {
                screen.unlock();
            }
        }

        private String line(HeldStatement request) {
            long left = request.left() - Duration.ofNanos(System.nanoTime() - since).toSeconds();
            String text =
                    "Waiting for approval: request %s, %s left, %s; Ctrl-C ends"
                            .formatted(
                                    request.id(),
                                    TimeOption.brief(Math.max(0, left)),
                                    request.missing());
            return WatchScreen.cut(Printable.line(text), WIDTH);
        }

        private static String sentence(HeldStatement request) {
            return Printable.line(
                    "sfguard: waiting for approval: request %s, rule %s, %s; sfguard approve %s"
                            .formatted(
                                    request.id(), request.rule(), request.missing(), request.id()));
        }

        private void erase() {
            if (shown) {
                to.print(ERASED);
                to.flush();
                shown = false;
            }
        }

        private boolean isClosed() {
            screen.lock();
            try {
                return closed;
            } finally {
                screen.unlock();
            }
        }

        /// Nothing is printed after this returns.
        @Override
        public void end() {
            screen.lock();
            try {
                closed = true;
                erase();
            } finally {
                screen.unlock();
            }
            var thread = looking;
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
