package dev.sfguard.gateway.recording;

import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;

/// Moves lines from the journal into sealed parts, one recording at a time: those that ask for it,
/// those that are old, and those that keep the journal large.
final class Sealer implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Sealer.class.getName());
    private static final long LOOK_AROUND_SECONDS = 5;

    private final PartsFolder parts;
    private final SessionIndex index;
    private final Journal journal;
    private final Map<String, Recording> open;
    private final RecordingSettings settings;
    private final Clock clock;
    private final BlockingQueue<Optional<Recording>> asked;
    private final Pace pace;
    private final Thread thread;
    private volatile boolean closing;

    /// @param open the recordings to look after; those that are finished are taken out
    /// @param asked recordings that want to be sealed now; empty wakes the sealer
    Sealer(
            PartsFolder parts,
            SessionIndex index,
            Journal journal,
            Map<String, Recording> open,
            RecordingSettings settings,
            Clock clock,
            BlockingQueue<Optional<Recording>> asked) {
        this.parts = parts;
        this.index = index;
        this.journal = journal;
        this.open = open;
        this.settings = settings;
        this.clock = clock;
        this.asked = asked;
        this.pace = new Pace(journal::appended, this::mayWait);
        this.thread = Thread.ofPlatform().name("sealer").daemon().start(this::run);
    }

    static BlockingQueue<Optional<Recording>> queue() {
        return new LinkedBlockingQueue<>();
    }

    private void run() {
        while (!closing) {
            try {
                var next = asked.poll(LOOK_AROUND_SECONDS, TimeUnit.SECONDS);
                if (next != null) {
                    next.ifPresent(this::seal);
                }
                if (asked.isEmpty()) {
                    lookAround();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void lookAround() {
        var old = clock.instant().minus(settings.partAge());
        long pinned = journal.size() > settings.journalBytes() ? journal.endOfOldest() : 0;
        for (Recording recording : open.values()) {
            if (recording.isOlderThan(old)
                    || recording.hasLinesBefore(pinned)
                    || recording.lacksLines()
                    || (!recording.isLive() && !recording.isFinished())) {
                recording.wantSealing();
            }
        }
    }

    private boolean mayWait() {
        return !closing && journal.size() < settings.journalBytes() / 2;
    }

    private void seal(Recording recording) {
        try {
            var sealed = recording.seal(parts.of(recording.id()), pace);
            if (sealed.isPresent()) {
                index.put(recording.sealedParts(), sealed.get());
                index.flush();
            }
            open.computeIfPresent(
                    recording.id(), (_, it) -> it == recording && it.isFinished() ? null : it);
        } catch (IOException | RuntimeException e) {
            // The lines stay in the journal, durable; the next look around tries again.
            LOG.log(Level.WARNING, "cannot seal recording " + recording.id() + " yet: " + e);
        }
    }

    /// Stops after the part at hand; what is not sealed stays in the journal.
    @Override
    public void close() {
        closing = true;
        asked.add(Optional.empty());
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
