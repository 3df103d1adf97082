package dev.sfguard.cli.replay;

import java.time.Duration;

/// Where in a recording a player is. Pure: the caller says what time it is.
final class Playback {
    private static final double SLOWEST = 0.125;
    private static final double FASTEST = 64;

    private final Timeline timeline;
    private double speed;
    private boolean paused;
    private long position;
    private long lastNanos;

    /// @param nowNanos as {@link System#nanoTime} tells
    Playback(Timeline timeline, double speed, long nowNanos) {
        this.timeline = timeline;
        this.speed = speed;
        this.lastNanos = nowNanos;
    }

    void tick(long nowNanos) {
        long passed = Math.max(0, nowNanos - lastNanos);
        lastNanos = nowNanos;
        if (!paused) {
            move(position + (long) (passed / 1_000.0 * speed));
        }
    }

    private void move(long to) {
        position = Math.clamp(to, 0, timeline.end());
    }

    /// Microseconds of playing time.
    long position() {
        return position;
    }

    double speed() {
        return speed;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isAtEnd() {
        return position == timeline.end();
    }

    /// How many events have happened by now.
    int shown() {
        return timeline.shownAt(position);
    }

    void togglePause() {
        paused = !paused;
    }

    void seek(Duration by) {
        move(position + by.toNanos() / 1_000);
    }

    void faster() {
        speed = Math.min(FASTEST, speed * 2);
    }

    void slower() {
        speed = Math.max(SLOWEST, speed / 2);
    }

    boolean toNextStatement() {
        return to(timeline.next(shown(), Timeline.Kind.ASKED));
    }

    /// The one before that which is shown: at its very start, the one before.
    boolean toPreviousStatement() {
        int current = timeline.previous(shown(), Timeline.Kind.ASKED);
        return to(timeline.previous(current, Timeline.Kind.ASKED));
    }

    boolean toNextBlocked() {
        return to(timeline.next(shown(), Timeline.Kind.BLOCKED));
    }

    /// Events that happen in the same microsecond are shown together.
    ///
    /// @return whether there is such an event
    boolean to(int event) {
        if (event >= 0) {
            move(timeline.playAt(event));
        }
        return event >= 0;
    }

    /// How long until the next event happens; empty waiting when nothing moves.
    Duration untilNext() {
        int next = shown();
        if (paused || next >= timeline.size()) {
            return Duration.ofDays(1);
        }
        return Duration.ofNanos((long) ((timeline.playAt(next) - position) * 1_000 / speed));
    }
}
