package dev.sfguard.gateway.proxy;

import dev.sfguard.gateway.identity.Identity;
import dev.sfguard.gateway.recording.Recording;
import dev.sfguard.gateway.recording.RecordingEvent;
import dev.sfguard.gateway.recording.RecordingFailed;
import dev.sfguard.gateway.recording.Recordings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Keeps what is turned away before there is a session: failed logins, forged hosts, unknown
/// endpoints. One recording per gateway process, begun with the first of them, and bounded, so
/// that a stranger cannot fill the disk.
final class Refusals implements AutoCloseable {

    private static final int MOST_PER_HOUR = 10_000;

    private final Recordings recordings;
    private final Clock clock;
    private @Nullable Recording recording;
    private Instant hour = Instant.MIN;
    private int inThisHour;

    Refusals(Recordings recordings, Clock clock) {
        this.recordings = recordings;
        this.clock = clock;
    }

    /// Records a refusal; that it cannot be recorded makes nothing worse: nothing is let through.
    synchronized void add(Optional<Identity> who, String method, String path, String why) {
        if (!counts()) {
            return;
        }
        try {
            var current = current();
            var by = who.map(identity -> " (" + identity.name() + ")").orElse("");
            current.append(new RecordingEvent.Refused(method, cut(path), cut(why) + by));
            current.commit();
        } catch (RecordingFailed _) {
            recording = null;
        }
    }

    private boolean counts() {
        var now = clock.instant();
        if (Duration.between(hour, now).compareTo(Duration.ofHours(1)) >= 0) {
            hour = now;
            inThisHour = 0;
        }
        return inThisHour++ < MOST_PER_HOUR;
    }

    private Recording current() throws RecordingFailed {
        if (recording == null) {
            var id = recordings.nextSessionId();
            recording =
                    recordings.start(
                            new RecordingEvent.Opened(
                                    id,
                                    "refused",
                                    "(turned away)",
                                    "",
                                    "",
                                    "human",
                                    Set.of(),
                                    "sfguard",
                                    "",
                                    "",
                                    "",
                                    "",
                                    ""));
        }
        return recording;
    }

    static String cut(String text) {
        return text.length() > 500 ? text.substring(0, 500) + "…" : text;
    }

    @Override
    public synchronized void close() throws RecordingFailed {
        if (recording != null) {
            recording.close("the gateway stopped");
        }
    }
}
