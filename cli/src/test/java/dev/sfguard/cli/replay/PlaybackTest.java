package dev.sfguard.cli.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PlaybackTest {
    private static final long SECOND = 1_000_000;

    /// Statement 1 asked at 0 s and ended at 1 s, 2 asked at 10 s and blocked, 3 asked at 12 s.
    private static Timeline timeline(Duration idleLimit) {
        var timeline = new Timeline(idleLimit);
        timeline.add(0, 1, Timeline.Kind.ASKED);
        timeline.add(SECOND, 1, Timeline.Kind.OTHER);
        timeline.add(10 * SECOND, 2, Timeline.Kind.ASKED);
        timeline.add(10 * SECOND, 2, Timeline.Kind.BLOCKED);
        timeline.add(12 * SECOND, 3, Timeline.Kind.ASKED);
        return timeline;
    }

    private static Playback playing(double speed) {
        return new Playback(timeline(Duration.ofDays(1)), speed, 0);
    }

    private static long seconds(long seconds) {
        return Duration.ofSeconds(seconds).toNanos();
    }

    @Test
    void events_show_when_their_time_has_come() {
        var playback = playing(1);
        assertThat(playback.shown()).isEqualTo(1);
        assertThat(playback.untilNext()).isEqualTo(Duration.ofSeconds(1));
        playback.tick(seconds(1));
        assertThat(playback.shown()).isEqualTo(2);
        playback.tick(seconds(10));
        assertThat(playback.shown()).isEqualTo(4);
        playback.tick(seconds(100));
        assertThat(playback.isAtEnd()).isTrue();
    }

    @Test
    void twice_the_speed_takes_half_the_time() {
        var playback = playing(2);
        playback.tick(seconds(5));
        assertThat(playback.shown()).isEqualTo(4);
        assertThat(playback.untilNext()).isEqualTo(Duration.ofSeconds(1));
        playback.faster();
        playback.tick(seconds(5) + 500_000_000);
        assertThat(playback.isAtEnd()).isTrue();
    }

    @Test
    void nothing_moves_while_paused() {
        var playback = playing(1);
        playback.tick(seconds(2));
        playback.togglePause();
        playback.tick(seconds(60));
        assertThat(playback.position()).isEqualTo(2 * SECOND);
        playback.togglePause();
        playback.tick(seconds(61));
        assertThat(playback.position()).isEqualTo(3 * SECOND);
    }

    @Test
    void seeking_stays_within_the_recording() {
        var playback = playing(1);
        playback.seek(Duration.ofSeconds(11));
        assertThat(playback.shown()).isEqualTo(4);
        playback.seek(Duration.ofHours(1));
        assertThat(playback.isAtEnd()).isTrue();
        playback.seek(Duration.ofHours(-1));
        assertThat(playback.position()).isZero();
    }

    @Test
    void jumps_go_to_statements_and_to_what_was_blocked() {
        var playback = playing(1);
        assertThat(playback.toNextBlocked()).isTrue();
        assertThat(playback.position()).isEqualTo(10 * SECOND);
        assertThat(playback.toNextBlocked()).isFalse();
        assertThat(playback.toNextStatement()).isTrue();
        assertThat(playback.position()).isEqualTo(12 * SECOND);
        assertThat(playback.toNextStatement()).isFalse();
        assertThat(playback.toPreviousStatement()).isTrue();
        assertThat(playback.position()).isEqualTo(10 * SECOND);
        assertThat(playback.toPreviousStatement()).isTrue();
        assertThat(playback.toPreviousStatement()).isFalse();
        assertThat(playback.position()).isZero();
    }

    @Test
    void long_pauses_are_cut_to_the_idle_limit() {
        var timeline = timeline(Duration.ofSeconds(2));
        assertThat(timeline.end()).isEqualTo(5 * SECOND);
        assertThat(timeline.asked(3)).isEqualTo(4);
        assertThat(timeline.asked(4)).isEqualTo(-1);
    }

    @Test
    void speed_has_bounds() {
        var playback = playing(1);
        for (int i = 0; i < 20; i++) {
            playback.faster();
        }
        assertThat(playback.speed()).isEqualTo(64);
        for (int i = 0; i < 20; i++) {
            playback.slower();
        }
        assertThat(playback.speed()).isEqualTo(0.125);
    }
}
