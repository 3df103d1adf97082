package dev.sfguard.sandbox.bench;

import static dev.sfguard.sandbox.bench.Report.rate;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// What many tunnels cost that nobody uses at the moment: how fast they are opened, what each holds
/// of the gateway's heap, and whether all outlive the gateway's probes.
record IdleTunnelsBench(Guard guard, Report report) {
    private static final int WANTED = 5_000;

    /// Fewer than the gateway allows one address before they have logged in.
    private static final int AT_ONCE = 16;

    /// What else the gateway and we hold open.
    private static final int OTHER_FILES = 500;

    private static final Duration OPENING = Duration.ofMinutes(3);

    /// More than the 15 seconds between two probes.
    private static final Duration HELD = Duration.ofSeconds(20);

    private static final Pattern OPEN = Pattern.compile("^open=(\\d+) seconds=([0-9.]+)$");
    private static final Pattern LOST = Pattern.compile("^lost=(\\d+)$");

    void run() throws IOException {
        int count = count(Machine.openFiles());
        if (count < WANTED) {
            report.note(
                    "only %,d idle tunnels were opened: ulimit -n is %,d"
                            .formatted(count, Machine.openFiles()));
        }
        long before = LiveHeap.of(guard.gatewayPid());
        try (var crowd = crowd(count)) {
            var opened = crowd.await(OPEN, OPENING);
            double seconds = Double.parseDouble(opened.group(2));
            report.add(
                    "new tunnels, all of one person",
                    rate(count / seconds),
                    "≥ 300/s",
                    "%,d in %.1f s, %d at once, client on the same cores"
                            .formatted(count, seconds, AT_ONCE));
            hold(crowd);
            long each = (LiveHeap.of(guard.gatewayPid()) - before) / count;
            refuseLoss(crowd);
            report.add(
                    "idle tunnel",
                    String.format(Locale.ROOT, "%.1f KB of heap", each / 1e3),
                    "≤ 100 KB; 5,000 at once",
                    "%,d open for %d s, none lost; gateway's live objects before and after"
                            .formatted(count, HELD.toSeconds()),
                    guard.footprint().peak());
        }
    }

    static int count(int openFiles) {
        return Math.clamp(openFiles - OTHER_FILES, 1, WANTED);
    }

    private Child crowd(int count) throws IOException {
        guard.footprint().reset();
        return OwnProcess.start(
                OwnProcess.CROWD,
                List.of("-Xmx3g"),
                guard.home().toString(),
                String.valueOf(count),
                String.valueOf(AT_ONCE));
    }

    /// @throws IOException when a tunnel is lost meanwhile
    private static void hold(Child crowd) throws IOException {
        if (crowd.awaitMatch(LOST, HELD).isPresent()) {
            refuseLoss(crowd);
        }
    }

    private static void refuseLoss(Child crowd) throws IOException {
        if (!crowd.isAlive()) {
            throw new IOException("the client of the idle tunnels ended: " + crowd.lines());
        }
        long lost = crowd.lines().stream().filter(line -> LOST.matcher(line).find()).count();
        if (lost > 0) {
            throw new IOException("idle tunnels were lost: at least " + lost);
        }
    }
}
